package dev.switchboard.participant;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * How patient presence is.
 *
 * @param grace after the last socket of a user went, until the user is offline
 * @param gather over which the counts of large rooms are gathered
 */
public record PresenceOptions(Duration grace, Duration gather) {
    public static PresenceOptions from(Section section) {
        return new PresenceOptions(
                section.duration("grace", Duration.ZERO, Duration.ofMinutes(10)),
                section.duration("gather", Duration.ofMillis(10), Duration.ofMinutes(1)));
    }
}
