package dev.switchboard.signaling;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * How long things may take in a call.
 *
 * @param ring until nobody answered
 * @param connect from the answer until both sides said that media flows
 * @param callerGrace how long a caller whose socket went away may stay away while it rings
 * @param legGrace how long a side may stay away during the call
 * @param perMinute calls that one user may begin, a minute
 * @param perMinuteAndPair calls that one user may begin to the same other, a minute
 */
public record CallOptions(
        Duration ring, Duration connect, Duration callerGrace, Duration legGrace, int perMinute, int perMinuteAndPair) {
    private static final Duration LONGEST = Duration.ofMinutes(10);

    CallTimes times() {
        return new CallTimes(ring, connect, callerGrace, legGrace);
    }

    public static CallOptions from(Section section) {
        return new CallOptions(
                section.duration("ring", Duration.ofSeconds(1), LONGEST),
                section.duration("connect", Duration.ofSeconds(1), LONGEST),
                section.duration("callerGrace", Duration.ofSeconds(1), LONGEST),
                section.duration("legGrace", Duration.ofSeconds(1), LONGEST),
                section.integer("perMinute", 1, 10_000),
                section.integer("perMinuteAndPair", 1, 10_000));
    }
}
