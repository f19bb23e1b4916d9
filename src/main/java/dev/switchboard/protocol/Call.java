package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call, as its two people see it.
 *
 * @param reason why it ended; null while it lasts
 * @param answeredAt when somebody took it; null when nobody did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Call(
        UUID id,
        UUID callerId,
        UUID calleeId,
        Media media,
        State state,
        @Nullable EndReason reason,
        Instant createdAt,
        @Nullable Instant answeredAt,
        @Nullable Instant endedAt) {

    /** What is sent: sound, or sound and pictures. */
    public enum Media {
        @JsonProperty("audio")
        AUDIO,
        @JsonProperty("video")
        VIDEO
    }

    public enum State {
        RINGING,
        /** Accepted; the two browsers look for a way to each other. */
        CONNECTING,
        /** Both said that media flows. */
        ACTIVE,
        ENDED
    }

    /** Why a call ended; every ended call has exactly one. */
    public enum EndReason {
        @JsonProperty("hangup")
        HANGUP,
        /** By the caller, before anybody took it. */
        @JsonProperty("cancelled")
        CANCELLED,
        @JsonProperty("rejected")
        REJECTED,
        /** The callee is in another call. */
        @JsonProperty("busy")
        BUSY,
        @JsonProperty("no_answer")
        NO_ANSWER,
        /** The callee has no socket, or cannot be called by this caller: the two look the same. */
        @JsonProperty("unavailable")
        UNAVAILABLE,
        @JsonProperty("ice_failed")
        ICE_FAILED,
        @JsonProperty("ice_timeout")
        ICE_TIMEOUT,
        @JsonProperty("media_failed")
        MEDIA_FAILED,
        /** A leg's socket went away and did not come back in time. */
        @JsonProperty("disconnected")
        DISCONNECTED,
        /** Its caller called the same person anew. */
        @JsonProperty("replaced")
        REPLACED
    }
}
