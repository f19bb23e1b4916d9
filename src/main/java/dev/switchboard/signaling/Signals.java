package dev.switchboard.signaling;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.Mailboxes;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.MeetingInternals;
import dev.switchboard.protocol.MeetingInternals.Relay;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.SignalOperations;
import dev.switchboard.protocol.SignalOperations.Candidate;
import dev.switchboard.protocol.SignalOperations.Description;
import dev.switchboard.protocol.SignalOperations.IceCandidate;
import dev.switchboard.protocol.SignalOperations.RelayedCandidate;
import dev.switchboard.protocol.SignalOperations.RelayedDescription;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Relays session descriptions and candidates between the two sockets of an accepted call, and to nobody else. What is for
 * a side that is away waits until it is back. Those of a meeting go to the meeting.
 */
final class Signals {
    private final Bus bus;
    private final Calls calls;
    private final Mailboxes mail;

    /** The last signal of each call that waits until the call is looked up: others must not overtake it. */
    private final Map<UUID, Future<?>> asked = new HashMap<>();

    Signals(Bus bus, Calls calls) {
        this.bus = bus;
        this.calls = calls;
        this.mail = new Mailboxes(bus);
    }

    void register(Handlers handlers) {
        handlers.on(SignalOperations.OFFER, (caller, q) -> describe(Event.OFFER, caller, q))
                .on(SignalOperations.ANSWER, (caller, q) -> describe(Event.ANSWER, caller, q))
                .on(SignalOperations.ICE_CANDIDATE, this::candidate);
    }

    Future<Nothing> describe(String type, Caller caller, Description q) {
        String from = from(caller);
        UUID call = q.callId();
        if (call == null) {
            return meeting(caller, q.meetingId(), q.to(), type, q.sdp(), null);
        }
        return relay(
                caller,
                from,
                call,
                q.to(),
                Event.personal(type, new RelayedDescription(call, null, from, caller.user(), q.sdp())));
    }

    private Future<Nothing> candidate(Caller caller, Candidate q) {
        String from = from(caller);
        UUID call = q.callId();
        if (call == null) {
            return meeting(caller, q.meetingId(), q.to(), Event.ICE_CANDIDATE, null, q.candidate());
        }
        return relay(
                caller,
                from,
                call,
                q.to(),
                Event.personal(
                        Event.ICE_CANDIDATE, new RelayedCandidate(call, null, from, caller.user(), q.candidate())));
    }

    /** Who is in a meeting the meeting knows. */
    private Future<Nothing> meeting(
            Caller caller,
            @Nullable UUID meeting,
            @Nullable String to,
            String type,
            @Nullable String sdp,
            @Nullable IceCandidate candidate) {
        if (meeting == null) {
            throw FaultException.invalid("callId", "is required, or else meetingId");
        }
        if (to == null) {
            throw FaultException.invalid("to", "is required in a meeting");
        }
        return bus.call(MeetingInternals.RELAY, caller, new Relay(meeting, to, type, sdp, candidate));
    }

    private static String from(Caller caller) {
        String socket = caller.socketId();
        if (socket == null) {
            throw Fault.FORBIDDEN.because("Signals need a socket: ask by the event bus.");
        }
        return socket;
    }

    private Future<Nothing> relay(Caller caller, String from, UUID id, @Nullable String to, Event<?> event) {
        Future<?> before = asked.get(id);
        CallRecord known = before == null ? calls.known(id) : null;
        if (known != null) {
            try {
                pass(known, caller, from, to, event);
                return Future.succeededFuture(Nothing.NOTHING);
            } catch (FaultException mayHaveChanged) {
                // Nobody is refused for what was true a moment ago.
            }
        }
        Future<Optional<CallRecord>> now = before == null ? calls.find(id) : before.transform(done -> calls.find(id));
        Future<Nothing> relayed = now.map(found -> {
            CallRecord call = found.orElseThrow(() -> Fault.NOT_FOUND.because("There is no such call."));
            pass(call, caller, from, to, event);
            return Nothing.NOTHING;
        });
        asked.put(id, relayed);
        return relayed.onComplete(done -> asked.remove(id, relayed));
    }

    /** Delivers a signal to the other side, if this call allows it. */
    private void pass(CallRecord call, Caller caller, String from, @Nullable String to, Event<?> event) {
        Leg own = call.leg(from);
        if (own == null || !own.userId().equals(caller.user())) {
            throw Fault.FORBIDDEN.because("This socket is not in the call.");
        }
        Leg peer = call.peer(from);
        if (peer == null) {
            throw call.isOver()
                    ? Fault.NOT_FOUND.because("The call is over.")
                    : Fault.CONFLICT.because("Nobody has answered yet.");
        }
        if (to != null && !peer.on(to)) {
            throw Fault.FORBIDDEN.because("That socket is not in the call.");
        }
        if (event.type().equals(Event.OFFER) && !call.mayOffer(from)) {
            throw Fault.CONFLICT.because("The first offer is the caller's.");
        }
        mail.deliver(call.id(), peer.userId(), event, user -> whereabouts(call, user));
    }

    private static Mailboxes.@Nullable Address whereabouts(CallRecord call, UUID user) {
        Leg leg = call.caller().userId().equals(user) ? call.caller() : call.callee();
        return call.isOver() ? null : new Mailboxes.Address(leg.nodeId(), leg.socketId(), leg.lost());
    }

    /** Delivers what waited, as far as its receivers are there; forgets what is for a call that is over. */
    void flush(CallRecord call) {
        mail.flush(call.id(), user -> whereabouts(call, user));
    }

    /** Calls that are not this shard's any more, or not there. */
    void retain(List<UUID> owned) {
        mail.retain(owned);
    }
}
