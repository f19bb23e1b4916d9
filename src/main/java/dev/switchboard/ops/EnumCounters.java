package dev.switchboard.ops;

import io.micrometer.core.instrument.Counter;
import java.util.Arrays;
import java.util.List;

/** A counter for each constant of an enum, which is a label in lower case. */
public final class EnumCounters<E extends Enum<E>> {
    private final List<Counter> counters;

    EnumCounters(Meters meters, String name, String meaning, Class<E> type, String label, String... labels) {
        this.counters = Arrays.stream(type.getEnumConstants())
                .map(constant -> meters.counter(name, meaning, with(labels, label, Meters.label(constant))))
                .toList();
    }

    private static String[] with(String[] labels, String label, String value) {
        String[] all = Arrays.copyOf(labels, labels.length + 2);
        all[labels.length] = label;
        all[labels.length + 1] = value;
        return all;
    }

    public void increment(E which) {
        counters.get(which.ordinal()).increment();
    }
}
