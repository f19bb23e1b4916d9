package dev.switchboard.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Makes the meters of a node, which each part keeps in a class of its own: so a figure is declared once, and counting it looks
 * nothing up. The same name with the same labels is the same meter. Names are as Prometheus shows them, {@code
 * switchboard_…} in base units; labels come in pairs, and their values are few whatever clients do: no ids, no paths.
 */
public final class Meters {
    /** From half a millisecond to what nobody waits for any more. */
    private static final Duration[] BOUNDS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    /** How long the largest value of a duration is shown: longer than Prometheus waits between two scrapes. */
    private static final Duration MAX_SHOWN = Duration.ofMinutes(1);

    private final MeterRegistry registry;

    /** What the registry itself would let go. */
    private final Map<Meter, LongSupplier> kept = new ConcurrentHashMap<>();

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** For parts whose figures nobody reads. */
    public static Meters unread() {
        return new Meters(new SimpleMeterRegistry());
    }

    /** Something that happens; {@code name} ends with {@code _total}. */
    public Counter counter(String name, String meaning, String... labels) {
        return Counter.builder(name).description(meaning).tags(labels).register(registry);
    }

    /** The same for what is counted elsewhere, by a sum that never falls. */
    public Meter counter(String name, String meaning, LongSupplier sum, String... labels) {
        Meter meter = FunctionCounter.builder(name, sum, LongSupplier::getAsLong)
                .description(meaning)
                .tags(labels)
                .register(registry);
        kept.put(meter, sum);
        return meter;
    }

    /** A counter for each constant of an enum. */
    public <E extends Enum<E>> EnumCounters<E> counters(
            String name, String meaning, Class<E> type, String label, String... labels) {
        return new EnumCounters<>(this, name, meaning, type, label, labels);
    }

    /** An enum's constant as a label. */
    public static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** How something is at the moment. Asked by whoever scrapes, on any thread. */
    public Meter gauge(String name, String meaning, DoubleSupplier value, String... labels) {
        return Gauge.builder(name, value::getAsDouble)
                .description(meaning)
                .tags(labels)
                .register(registry);
    }

    /** How long something takes, with buckets that are the same everywhere; {@code name} ends with {@code _seconds}. */
    public Timer duration(String name, String meaning, String... labels) {
        return Timer.builder(name)
                .description(meaning)
                .tags(labels)
                .serviceLevelObjectives(BOUNDS)
                .distributionStatisticExpiry(MAX_SHOWN)
                .register(registry);
    }

    /** How many of something there are at a time; {@code bounds} of the buckets. */
    public DistributionSummary sizes(String name, String meaning, double... bounds) {
        return DistributionSummary.builder(name)
                .description(meaning)
                .serviceLevelObjectives(bounds)
                .distributionStatisticExpiry(MAX_SHOWN)
                .register(registry);
    }

    /** Forgets a meter of something that is no more. */
    public void remove(Meter meter) {
        registry.remove(meter);
        kept.remove(meter);
    }
}
