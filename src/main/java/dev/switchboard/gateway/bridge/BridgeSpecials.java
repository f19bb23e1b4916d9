package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.gateway.bridge.BridgeMeters.Resumable;
import dev.switchboard.gateway.bridge.Places.Kind;
import dev.switchboard.gateway.bridge.Places.Place;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.CallOperations;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.RoomOperations;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the bridge does differently for a few operations: rooms are entered at the hub, a socket's part in calls and
 * meetings is remembered, what makes sending again safe is filled in. Everything else goes to its owner.
 */
final class BridgeSpecials {
    /** So many calls and meetings may one socket take part in. */
    private static final int MAX_PLACES = 16;

    private interface Special<Q, R> {
        Future<R> handle(BridgeSession socket, Caller caller, Q request);
    }

    private final Hub hub;
    private final Places places;
    private final Bus bus;
    private final Supplier<BridgeServices> services;
    private final BridgeMeters meters;
    private final Map<Operation<?, ?>, Special<?, ?>> all = new HashMap<>();

    BridgeSpecials(Hub hub, Places places, Supplier<BridgeServices> services) {
        this.hub = hub;
        this.places = places;
        this.bus = services.get().bus();
        this.services = services;
        this.meters = services.get().meters();
        on(RoomOperations.JOIN, this::join);
        on(RoomOperations.LEAVE, (socket, caller, q) -> hub.leave(socket.carrier(), caller, q.conversationId()));
        on(RoomOperations.SEND, (socket, caller, q) -> bus.call(RoomOperations.SEND, caller, withClientId(q)));
        on(
                ConversationOperations.CREATE,
                (socket, caller, q) -> bus.call(ConversationOperations.CREATE, caller, withClientId(q)));
        on(CallOperations.INITIATE, this::initiate);
        on(CallOperations.ANSWER, (socket, caller, q) -> bus.call(CallOperations.ANSWER, caller, q.from(nodeId()))
                .onSuccess(taken -> joined(socket, taken.call())));
        on(
                MeetingOperations.CREATE,
                (socket, caller, q) ->
                        bus.call(MeetingOperations.CREATE, caller, q.clientId() != null ? q : q.withClientId(fresh())));
        on(
                MeetingOperations.SAY,
                (socket, caller, q) ->
                        bus.call(MeetingOperations.SAY, caller, q.clientId() != null ? q : q.withClientId(fresh())));
        on(MeetingOperations.JOIN, this::joinMeeting);
        on(MeetingOperations.LEAVE, this::leaveMeeting);
    }

    private <Q extends Record, R extends Record> void on(Operation<Q, R> operation, Special<Q, R> special) {
        all.put(operation, special);
    }

    /** Carries out a request. */
    @SuppressWarnings("unchecked") // put there with the types of the operation
    <Q extends Record, R extends Record> Future<R> handle(
            Operation<Q, R> operation, BridgeSession socket, Caller caller, Q request) {
        var special = (Special<Q, R>) all.get(operation);
        return special == null ? bus.call(operation, caller, request) : special.handle(socket, caller, request);
    }

    /** The caller's owner begins the call; where the call is its own, nobody else has to be asked. */
    private Future<CallOperations.Initiated> initiate(BridgeSession socket, Caller caller, CallOperations.Initiate q) {
        UUID call = bus.ownership().idBeside(String.valueOf(caller.user()));
        return bus.call(CallOperations.INITIATE, caller, q.from(nodeId(), call))
                .onSuccess(begun -> joined(socket, begun.call()));
    }

    private String nodeId() {
        return bus.ownership().nodeId();
    }

    private static String fresh() {
        return Ids.next().toString();
    }

    private static ConversationOperations.Create withClientId(ConversationOperations.Create q) {
        return q.clientId() != null ? q : q.withClientId(fresh());
    }

    private static RoomOperations.Send withClientId(RoomOperations.Send q) {
        return q.clientId() != null ? q : q.withClientId(fresh());
    }

    /** A socket takes part in a call, unless it is over. */
    void joined(BridgeSession socket, Call call) {
        if (call.state() != Call.State.ENDED) {
            taken(socket, new Place(Kind.CALL, call.id()));
        }
    }

    /** The socket may have gone while the request was under way. */
    private void taken(BridgeSession socket, Place place) {
        Identity who = socket.identity();
        if (who == null) {
            throw new IllegalStateException("only who is signed in takes part");
        }
        places.taken(socket.carrier(), socket.caller(who), place);
        if (socket.closed()) {
            places.gone(socket.carrier().socketId());
        }
    }

    private Future<RoomOperations.Joined> join(BridgeSession socket, Caller caller, RoomOperations.Join q) {
        return hub.join(socket.carrier(), caller, new RoomOperations.Join(q.conversationId(), q.afterSeq(), null))
                .onSuccess(joined -> resumed(Resumable.CONVERSATION, q.afterSeq(), joined.recovered()));
    }

    private void resumed(Resumable what, @Nullable Long afterSeq, boolean recovered) {
        if (afterSeq != null) {
            meters.resumed(what, recovered);
        }
    }

    private Future<MeetingOperations.Joined> joinMeeting(
            BridgeSession socket, Caller caller, MeetingOperations.Join q) {
        if (places.count(socket.carrier().socketId()) >= MAX_PLACES) {
            return Future.failedFuture(Fault.TOO_MANY_REQUESTS.because("This socket is in too many meetings."));
        }
        @Nullable String resume = q.resume();
        @Nullable
        String old = resume == null ? null : services.get().resumeTokens().socketId(resume);
        return hub.joinMeeting(socket.carrier(), caller, q.from(nodeId(), old)).onSuccess(joined -> {
            boolean inside = joined.entry() == MeetingOperations.Entry.JOINED;
            taken(socket, new Place(inside ? Kind.SEAT : Kind.LOBBY, q.meetingId()));
            resumed(Resumable.MEETING, q.afterSeq(), joined.recovered());
        });
    }

    /** From here on nobody speaks for the seat: else it could come back after it was given up. */
    private Future<Nothing> leaveMeeting(BridgeSession socket, Caller caller, MeetingOperations.Leave q) {
        @Nullable Place place = places.left(socket.carrier().socketId(), q.meetingId());
        return bus.call(MeetingOperations.LEAVE, caller, q)
                .onFailure(e -> {
                    if (place != null) {
                        taken(socket, place);
                    }
                })
                .compose(left -> hub.leave(socket.carrier(), caller, q.meetingId()));
    }
}
