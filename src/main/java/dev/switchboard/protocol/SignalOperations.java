package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.StandardCharsets;
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
     * A session description.
     *
     * @param to the socket that it is for: the other leg's; may be left out in a call
     * @param sdp at most 32 KiB
     */
    public record Description(UUID callId, @Nullable String to, String sdp) {
        public Description {
            new Checks()
                    .required("callId", callId)
                    .optionalText("to", to, 1, MAX_SHORT)
                    .required("sdp", sdp)
                    .that(sdp == null || bytes(sdp) <= MAX_SDP_BYTES, "sdp", "must have at most 32 KiB")
                    .done();
        }
    }

    /**
     * An ICE candidate, or, with empty text, the end of them.
     *
     * @param candidate as {@code RTCIceCandidate.toJSON()} has it; at most 1 KiB
     */
    public record Candidate(UUID callId, @Nullable String to, IceCandidate candidate) {
        public Candidate {
            new Checks()
                    .required("callId", callId)
                    .optionalText("to", to, 1, MAX_SHORT)
                    .required("candidate", candidate)
                    .done();
        }
    }

    /** The fields of {@code RTCIceCandidateInit}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record IceCandidate(
            String candidate,
            @Nullable String sdpMid,
            @Nullable Integer sdpMLineIndex,
            @Nullable String usernameFragment) {
        public IceCandidate {
            new Checks()
                    .required("candidate.candidate", candidate)
                    .that(
                            candidate == null || bytes(candidate) <= MAX_CANDIDATE_BYTES,
                            "candidate.candidate",
                            "must have at most 1 KiB")
                    .optionalText("candidate.sdpMid", sdpMid, 0, MAX_SHORT)
                    .optionalText("candidate.usernameFragment", usernameFragment, 0, MAX_SHORT)
                    .done();
        }
    }

    /** Data of {@code offer} and {@code answer}: {@code from} is stamped by the server. */
    public record RelayedDescription(UUID callId, String from, UUID fromUserId, String sdp) {}

    /** Data of {@code ice-candidate}. */
    public record RelayedCandidate(UUID callId, String from, UUID fromUserId, IceCandidate candidate) {}

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    public static final Operation<Description, Nothing> OFFER =
            Operation.of("offer", Part.SIGNALING, Description.class, Nothing.class, (c, q) -> q.callId());

    public static final Operation<Description, Nothing> ANSWER =
            Operation.of("answer", Part.SIGNALING, Description.class, Nothing.class, (c, q) -> q.callId());

    public static final Operation<Candidate, Nothing> ICE_CANDIDATE =
            Operation.of("ice-candidate", Part.SIGNALING, Candidate.class, Nothing.class, (c, q) -> q.callId());

    public static final List<Operation<?, ?>> ALL = List.of(OFFER, ANSWER, ICE_CANDIDATE);
}
