package dev.switchboard.ops;

import io.micrometer.core.instrument.Counter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** A counter for each constant of an enum, which is a label in lower case. */
public final class EnumCounters<E extends Enum<E>> {
    private final Map<E, Counter> counters;

    EnumCounters(Meters meters, String name, String meaning, Class<E> type, String label, String... labels) {
        counters = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            counters.put(constant, meters.counter(name, meaning, with(labels, label, Meters.label(constant))));
        }
    }

    private static String[] with(String[] labels, String label, String value) {
        String[] all = Arrays.copyOf(labels, labels.length + 2);
        all[labels.length] = label;
        all[labels.length + 1] = value;
        return all;
    }

    public void increment(E which) {
        Objects.requireNonNull(counters.get(which)).increment();
    }
}
