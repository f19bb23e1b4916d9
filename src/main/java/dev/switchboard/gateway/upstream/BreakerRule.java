package dev.switchboard.gateway.upstream;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * When a whole service is left alone.
 *
 * @param failures of the last ten seconds without which the circuit stays closed; 0 for a circuit that never opens
 * @param percent failures to attempts of the last ten seconds, in hundredths, from which on it opens
 * @param time that it stays open the first time; each opening in a row doubles it
 * @param maxTime that it stays open at most
 * @param probes that must succeed to close it; so many may be under way
 */
public record BreakerRule(int failures, int percent, Duration time, Duration maxTime, int probes) {
    static final BreakerRule DEFAULT = new BreakerRule(20, 50, Duration.ofSeconds(5), Duration.ofSeconds(60), 3);

    private static final int MOST = 1_000_000;
    private static final int MOST_PROBES = 100;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    static BreakerRule from(Section section) {
        Duration time = Given.duration(section, "time", DEFAULT.time(), SHORTEST, LONGEST);
        return new BreakerRule(
                Given.integer(section, "failures", DEFAULT.failures(), 0, MOST),
                Given.percent(section, "share", DEFAULT.percent()),
                time,
                Given.noShorter(section, "maxTime", DEFAULT.maxTime(), time, LONGEST),
                Given.integer(section, "probes", DEFAULT.probes(), 1, MOST_PROBES));
    }
}
