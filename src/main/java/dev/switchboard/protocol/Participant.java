package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is in a meeting.
 *
 * @param socketId where signals for this participant go; another one after coming back
 * @param joinedAt stays the same for whoever comes back in time
 * @param hand whether the hand is raised
 * @param handNo the smaller, the earlier it was raised; null while it is not
 * @param muted as the participant's browser says
 * @param cameraOff as the participant's browser says
 * @param sharing whether it is this participant's screen that is shared
 * @param away whether the socket is gone and the seat is kept for a while
 * @param version of the meeting when this became true
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Participant(
        String socketId,
        UUID userId,
        String username,
        String displayName,
        Instant joinedAt,
        boolean hand,
        @Nullable Long handNo,
        boolean muted,
        boolean cameraOff,
        boolean sharing,
        boolean away,
        Role role,
        long version) {

    public enum Role {
        @JsonProperty("host")
        HOST,
        @JsonProperty("participant")
        PARTICIPANT
    }
}
