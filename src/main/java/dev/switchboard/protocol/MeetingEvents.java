package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Data of what meetings tell, other than {@link Meeting} and {@link Participant}. */
public final class MeetingEvents {
    private MeetingEvents() {}

    /** Data of {@code participant:left}, of a meeting. {@code reason}: {@code left}, {@code lost} or {@code removed}. */
    public record Gone(UUID meetingId, UUID userId, String username, String socketId, String reason, long version) {}

    /** Data of {@code meeting:ended}. */
    public record Over(UUID meetingId, String reason) {}

    /** What {@code meeting:request} says to one socket. */
    public enum Word {
        /** Please mute. */
        @JsonProperty("mute")
        MUTE,
        /** Your screen is not shared any more. */
        @JsonProperty("unshare")
        UNSHARE,
        /** You may join now. */
        @JsonProperty("admitted")
        ADMITTED,
        @JsonProperty("denied")
        DENIED,
        /** You are out, and not let in again. */
        @JsonProperty("removed")
        REMOVED,
        /** Another socket of yours is in the meeting now. */
        @JsonProperty("replaced")
        REPLACED,
        /** You were away for the others, and now there is no room for you. */
        @JsonProperty("lost")
        LOST,
        /** To the host: somebody wants in. */
        @JsonProperty("knock")
        KNOCK,
        /** To the host: somebody does not wait any more. */
        @JsonProperty("withdrawn")
        WITHDRAWN
    }

    /** Data of {@code meeting:request}. {@code userId}: who asks, or who waits. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Request(
            UUID meetingId,
            Word kind,
            @Nullable UUID userId,
            @Nullable String username,
            @Nullable String displayName) {}
}
