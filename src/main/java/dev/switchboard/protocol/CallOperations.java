package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Rules.FromDoor;
import dev.switchboard.protocol.Rules.Range;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls between two people. */
public final class CallOperations {
    private CallOperations() {}

    /**
     * @param media {@code video} where it is left out
     * @param node the node that holds the caller's socket; set by the door
     * @param id the call's; set by the door, so that the request can be repeated inside the cluster and stays one call
     */
    public record Initiate(
            UUID calleeId, @Nullable Media media, @Nullable @FromDoor String node, @Nullable @FromDoor UUID id) {
        public Initiate {
            Checks.of(Initiate.class, calleeId, media, node, id).done();
        }

        public Initiate from(String nodeId, UUID callId) {
            return new Initiate(calleeId, media, nodeId, callId);
        }
    }

    /** @param call as it stands: it may be over already, or accepted, when both called each other at once */
    public record Initiated(UUID callId, Call call) {}

    /** @param node the node that holds the socket; set by the door */
    public record Answer(UUID callId, @Nullable @FromDoor String node) {
        public Answer {
            Checks.of(Answer.class, callId, node).done();
        }

        public Answer from(String nodeId) {
            return new Answer(callId, nodeId);
        }
    }

    /** @param reason why; what a client may not say counts as the ordinary reason */
    public record Finish(UUID callId, @Nullable EndReason reason) {
        public Finish {
            Checks.of(Finish.class, callId, reason).done();
        }
    }

    /** The socket says that media flows. */
    public record Connected(UUID callId) {
        public Connected {
            Checks.of(Connected.class, callId).done();
        }
    }

    /** A call after what was asked for. */
    public record Changed(Call call) {}

    public record Get(UUID callId) {
        public Get {
            Checks.of(Get.class, callId).done();
        }
    }

    /** @param before the {@code next} of the page before */
    public record History(@Nullable UUID before, @Nullable @Range(min = 1, max = 100) Integer limit) {
        public History {
            Checks.of(History.class, before, limit).done();
        }
    }

    /** The caller's own calls that are over, the latest first. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Calls(List<Call> items, @Nullable UUID next) {}

    public record CurrentQuery() {}

    /** @param call the live call that the user is in, or that rings for the user; null when there is none */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Current(@Nullable Call call) {}

    /** What a node has to say of a socket that takes part in a call. */
    public enum LegNews {
        /** It is still there. */
        ALIVE,
        LOST
    }

    /** A node tells of a socket of a call. */
    public record Leg(UUID callId, String socketId, LegNews news) {}

    /**
     * A client came back: its new socket takes the place of the old one in whatever call that was in.
     *
     * @param nodeId where the new one is
     */
    public record Resume(UUID userId, String oldSocketId, String socketId, String nodeId) {}

    /** @param call the call that goes on; null when there is none */
    public record Resumed(@Nullable Call call) {}

    /** What {@link Resume} comes to for the call that the user is in. */
    public record TakeOver(UUID callId, Resume by) {}

    /** The caller of a call calls the same person anew. */
    public record Replace(UUID callId) {}

    /** Data of {@code call:incoming}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Incoming(
            UUID id, UUID callerId, UUID calleeId, Media media, Call.State state, Instant createdAt, Person caller) {}

    /** Who calls. */
    public record Person(UUID id, String username, String displayName) {}

    /** Data of {@code call:end}: {@code reason} is one of the call, {@code answered_elsewhere} or {@code rejected_elsewhere}. */
    public record Ended(UUID callId, String reason) {}

    public static final Operation<Initiate, Initiated> INITIATE = Operation.of(
                    "call:initiate", Part.SIGNALING, Initiate.class, Initiated.class, (c, q) -> c.user())
            .summary("Calls somebody", Fault.NOT_FOUND);

    public static final Operation<Answer, Changed> ANSWER = Operation.of(
                    "call:answer", Part.SIGNALING, Answer.class, Changed.class, (c, q) -> q.callId())
            .summary("Takes a call", Fault.NOT_FOUND, Fault.CONFLICT);

    public static final Operation<Finish, Changed> REJECT = Operation.of(
                    "call:reject", Part.SIGNALING, Finish.class, Changed.class, (c, q) -> q.callId())
            .summary("Does not take a call", Fault.NOT_FOUND);

    public static final Operation<Finish, Changed> END = Operation.of(
                    "call:end", Part.SIGNALING, Finish.class, Changed.class, (c, q) -> q.callId())
            .summary("Ends a call", Fault.NOT_FOUND);

    public static final Operation<Connected, Changed> CONNECTED = Operation.of(
                    "call:connected", Part.SIGNALING, Connected.class, Changed.class, (c, q) -> q.callId())
            .summary("Says that media flows", Fault.NOT_FOUND);

    /** For whoever comes back: the call to go on with, or to answer. */
    public static final Operation<CurrentQuery, Current> CURRENT = Operation.of(
                    "call:current", Part.SIGNALING, CurrentQuery.class, Current.class, (c, q) -> c.user())
            .summary("Shows the call that you are in");

    public static final Operation<Get, Call> GET = Operation.of(
                    "call:get", Part.SIGNALING, Get.class, Call.class, (c, q) -> q.callId())
            .http("GET", "/calls/{callId}")
            .summary("Shows a call", Fault.NOT_FOUND);

    public static final Operation<History, Calls> HISTORY = Operation.of(
                    "call:history", Part.SIGNALING, History.class, Calls.class, (c, q) -> c.user())
            .http("GET", "/calls")
            .summary("Lists your calls, the latest first");

    public static final Operation<Leg, Nothing> LEG = Operation.of(
                    "call:leg", Part.SIGNALING, Leg.class, Nothing.class, (c, q) -> q.callId())
            .access(Operation.Access.INTERNAL);

    public static final Operation<Resume, Resumed> RESUME = Operation.of(
                    "call:resume", Part.SIGNALING, Resume.class, Resumed.class, (c, q) -> q.userId())
            .access(Operation.Access.INTERNAL);

    public static final Operation<TakeOver, Resumed> TAKE_OVER = Operation.of(
                    "call:take-over", Part.SIGNALING, TakeOver.class, Resumed.class, (c, q) -> q.callId())
            .access(Operation.Access.INTERNAL);

    public static final Operation<Replace, Changed> REPLACE = Operation.of(
                    "call:replace", Part.SIGNALING, Replace.class, Changed.class, (c, q) -> q.callId())
            .access(Operation.Access.INTERNAL);

    public static final List<Operation<?, ?>> ALL =
            List.of(INITIATE, ANSWER, REJECT, END, CONNECTED, CURRENT, GET, HISTORY, LEG, RESUME, TAKE_OVER, REPLACE);
}
