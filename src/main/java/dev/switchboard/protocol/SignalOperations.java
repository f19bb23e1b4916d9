package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.Rules.Example;
import dev.switchboard.protocol.Rules.Length;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What two browsers that make a connection tell each other through us (W3C WebRTC; RFC 8829, RFC 8838). */
public final class SignalOperations {
    private static final int MAX_SDP_BYTES = 32 * 1024;
    private static final int MAX_CANDIDATE_BYTES = 1024;
    private static final int MAX_SHORT = 256;

    private SignalOperations() {}

    /**
     * A session description, in a call or in a meeting.
     *
     * @param to the socket that it is for: the other leg's, where it may be left out; in a meeting a participant's
     * @param sdp at most 32 KiB
     */
    public record Description(
            @Nullable UUID callId,
            @Nullable UUID meetingId,
            @Nullable @Length(max = MAX_SHORT) String to,
            @Length(min = 0, max = MAX_SDP_BYTES, maxBytes = MAX_SDP_BYTES) @Example("v=0\r\n") String sdp) {
        public Description {
            Checks.of(Description.class, callId, meetingId, to, sdp).done();
        }
    }

    /**
     * An ICE candidate, or, with empty text, the end of them.
     *
     * @param candidate as {@code RTCIceCandidate.toJSON()} has it; at most 1 KiB
     */
    public record Candidate(
            @Nullable UUID callId,
            @Nullable UUID meetingId,
            @Nullable @Length(max = MAX_SHORT) String to,
            IceCandidate candidate) {
        public Candidate {
            Checks.of(Candidate.class, callId, meetingId, to, candidate).done();
        }
    }

    /** The fields of {@code RTCIceCandidateInit}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record IceCandidate(
            @Length(min = 0, max = MAX_CANDIDATE_BYTES, maxBytes = MAX_CANDIDATE_BYTES) String candidate,
            @Nullable @Length(min = 0, max = MAX_SHORT) String sdpMid,
            @Nullable Integer sdpMLineIndex,
            @Nullable @Length(min = 0, max = MAX_SHORT) String usernameFragment) {
        public IceCandidate {
            Checks.of(IceCandidate.class, candidate, sdpMid, sdpMLineIndex, usernameFragment)
                    .done();
        }
    }

    /** Data of {@code offer} and {@code answer}: {@code from} is stamped by the server. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RelayedDescription(
            @Nullable UUID callId, @Nullable UUID meetingId, String from, UUID fromUserId, String sdp) {}

    /** Data of {@code ice-candidate}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RelayedCandidate(
            @Nullable UUID callId, @Nullable UUID meetingId, String from, UUID fromUserId, IceCandidate candidate) {}

    private static Object place(@Nullable UUID callId, @Nullable UUID meetingId) {
        return String.valueOf(callId != null ? callId : meetingId);
    }

    public static final Operation<Description, Nothing> OFFER = Operation.of(
            "offer", Part.SIGNALING, Description.class, Nothing.class, (c, q) -> place(q.callId(), q.meetingId()));

    public static final Operation<Description, Nothing> ANSWER = Operation.of(
            "answer", Part.SIGNALING, Description.class, Nothing.class, (c, q) -> place(q.callId(), q.meetingId()));

    public static final Operation<Candidate, Nothing> ICE_CANDIDATE = Operation.of(
            "ice-candidate",
            Part.SIGNALING,
            Candidate.class,
            Nothing.class,
            (c, q) -> place(q.callId(), q.meetingId()));

    public static final List<Operation<?, ?>> ALL = List.of(OFFER, ANSWER, ICE_CANDIDATE);
}
