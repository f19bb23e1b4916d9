package dev.switchboard.meeting;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * Bounds of meetings.
 *
 * @param maxParticipants so many may be in one meeting; also where its owner says nothing
 * @param grace how long a seat is kept for a socket that went away
 * @param admission how long whoever was admitted may take to enter
 * @param empty how long a meeting that everybody left keeps its chat
 */
public record MeetingOptions(int maxParticipants, Duration grace, Duration admission, Duration empty) {
    public static MeetingOptions from(Section section) {
        Duration second = Duration.ofSeconds(1);
        return new MeetingOptions(
                section.integer("maxParticipants", 1, 1_000),
                section.duration("grace", second, Duration.ofMinutes(10)),
                section.duration("admission", second, Duration.ofMinutes(10)),
                section.duration("empty", second, Duration.ofDays(1)));
    }

    MeetingTimes times() {
        return new MeetingTimes(grace, admission, empty);
    }
}
