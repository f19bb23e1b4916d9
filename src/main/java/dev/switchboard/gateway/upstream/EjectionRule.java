package dev.switchboard.gateway.upstream;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * When an address is left out, and for how long.
 *
 * @param failures in a row after which it is ejected; 0 for never
 * @param time of the first ejection; the n-th lasts n times as long. For each {@code time} that passes without one, n
 *     shrinks by one
 * @param maxTime of any ejection
 */
public record EjectionRule(int failures, Duration time, Duration maxTime) {
    static final EjectionRule DEFAULT = new EjectionRule(5, Duration.ofSeconds(30), Duration.ofSeconds(300));

    private static final int MOST = 1_000;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);

    static EjectionRule from(Section section) {
        Duration time = Given.duration(section, "time", DEFAULT.time(), SHORTEST, LONGEST);
        return new EjectionRule(
                Given.integer(section, "failures", DEFAULT.failures(), 0, MOST),
                time,
                Given.noShorter(section, "maxTime", DEFAULT.maxTime(), time, LONGEST));
    }
}
