package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole of a call: what it is now, and what follows from what happens. Each method is a rule of the state machine
 * {@code RINGING → CONNECTING → ACTIVE → ENDED}; none changes anything but by what it returns. The rules are those of
 * Matrix's and Signal's calls, SIP's reasons behind them (RFC 3261).
 *
 * @param callee without a socket until somebody answers
 * @param deadline when ringing, or connecting, has lasted too long; null afterwards
 */
record CallRecord(
        UUID id,
        Leg caller,
        Leg callee,
        Media media,
        State state,
        @Nullable EndReason reason,
        Instant createdAt,
        @Nullable Instant answeredAt,
        @Nullable Instant endedAt,
        @Nullable Instant deadline) {

    /** What a client may say why it hangs up. */
    private static final Set<EndReason> SAYABLE =
            Set.of(EndReason.HANGUP, EndReason.ICE_FAILED, EndReason.ICE_TIMEOUT, EndReason.MEDIA_FAILED);

    /** A call that begins to ring. */
    static CallRecord ring(UUID id, Leg caller, UUID callee, Media media, Instant now, CallTimes times) {
        return new CallRecord(
                id, caller, Leg.absent(callee), media, State.RINGING, null, now, null, null, now.plus(times.ring()));
    }

    /** As its people see it. */
    Call view() {
        return new Call(id, caller.userId(), callee.userId(), media, state, reason, createdAt, answeredAt, endedAt);
    }

    boolean isOver() {
        return state == State.ENDED;
    }

    /** The side that has this socket; null when neither has. */
    @Nullable
    Leg leg(String socket) {
        return caller.on(socket) ? caller : callee.on(socket) ? callee : null;
    }

    /** The side opposite to a socket's, once the call is accepted: the only one that it may signal to. */
    @Nullable
    Leg peer(String socket) {
        if (state != State.CONNECTING && state != State.ACTIVE) {
            return null;
        }
        return caller.on(socket) ? callee : callee.on(socket) ? caller : null;
    }

    /**
     * Whether a socket may offer now. The first offer is the caller's; either side may offer anew once media has flowed to
     * it, also while the other one has not said so yet: a callee whose way is lost then looks for another one.
     */
    boolean mayOffer(String socket) {
        return state == State.ACTIVE || caller.on(socket) || (callee.on(socket) && callee.connected());
    }

    /**
     * A socket of the callee takes the call. The first wins; asking again from the same socket changes nothing.
     *
     * @throws FaultException {@code forbidden}, {@code not_ringing}
     */
    CallChange answer(UUID user, String socket, String node, Instant now, CallTimes times) {
        require(user.equals(callee.userId()));
        if (state != State.RINGING) {
            if (!isOver() && callee.on(socket)) {
                return CallChange.none(this);
            }
            throw notRinging();
        }
        CallRecord taken = new CallRecord(
                id,
                caller,
                Leg.of(user, socket, node, now),
                media,
                State.CONNECTING,
                null,
                createdAt,
                now,
                null,
                now.plus(times.connect()));
        // Whoever lost its socket while ringing has the longer grace of a call from now on.
        Leg waiting = caller.lost() ? caller.patient(now, times.legGrace()) : caller;
        return new CallChange(
                taken.withCaller(waiting),
                List.of(
                        Effect.of(Kind.ACCEPTED, caller.userId()),
                        Effect.end(user, socket, CallChange.ANSWERED_ELSEWHERE)));
    }

    /**
     * The callee does not want it; stops the ringing at all of its sockets.
     *
     * @throws FaultException {@code forbidden}, {@code not_ringing}
     */
    CallChange reject(UUID user, @Nullable String socket, Instant now) {
        require(user.equals(callee.userId()));
        if (state != State.RINGING) {
            if (reason == EndReason.REJECTED) {
                return CallChange.none(this);
            }
            throw notRinging();
        }
        return new CallChange(
                over(EndReason.REJECTED, now),
                List.of(
                        Effect.of(Kind.REJECTED, caller.userId()),
                        Effect.end(user, socket, CallChange.REJECTED_ELSEWHERE)));
    }

    /**
     * One of the two ends it, from whichever socket. Ending it again changes nothing.
     *
     * @param said why, or null for an ordinary end
     * @throws FaultException {@code forbidden}
     */
    CallChange end(UUID user, @Nullable String socket, @Nullable EndReason said, Instant now) {
        require(user.equals(caller.userId()) || user.equals(callee.userId()));
        if (isOver()) {
            return CallChange.none(this);
        }
        if (state == State.RINGING) {
            return user.equals(callee.userId())
                    ? reject(user, socket, now)
                    : unanswered(EndReason.CANCELLED, socket, now);
        }
        EndReason why = said != null && SAYABLE.contains(said) ? said : EndReason.HANGUP;
        return over(why, socket, now);
    }

    /** Its caller called the same person anew. */
    CallChange replace(Instant now) {
        if (isOver()) {
            return CallChange.none(this);
        }
        return state == State.RINGING ? unanswered(EndReason.REPLACED, null, now) : over(EndReason.REPLACED, null, now);
    }

    /** A side says that media flows; when both have, the call is active. Others' words change nothing. */
    CallChange connected(String socket) {
        if (peer(socket) == null) {
            return CallChange.none(this);
        }
        CallRecord next = withLeg(socket, Leg::connect);
        boolean both = next.caller.connected() && next.callee.connected();
        return CallChange.none(both ? next.active() : next);
    }

    /** A socket went away. */
    CallChange socketLost(String socket, Instant now, CallTimes times) {
        return CallChange.none(isOver() ? this : withLeg(socket, leg -> leg.lose(now, grace(times))));
    }

    /** Nodes that are not among these died, and every socket on them. That ends no call. */
    CallChange nodesLost(Set<String> living, Instant now, CallTimes times) {
        if (isOver()) {
            return CallChange.none(this);
        }
        UnaryOperator<Leg> lose =
                leg -> leg.nodeId() == null || living.contains(leg.nodeId()) ? leg : leg.lose(now, grace(times));
        return CallChange.none(withCaller(lose.apply(caller)).withCallee(lose.apply(callee)));
    }

    /** A client came back with another socket, which takes the place of its old one. */
    CallChange resume(UUID user, String old, String socket, String node, Instant now) {
        Leg leg = leg(old);
        if (isOver() || leg == null || !leg.userId().equals(user)) {
            return CallChange.none(this);
        }
        return CallChange.none(withLeg(old, l -> l.resume(socket, node, now)));
    }

    /** A node says that it still holds this socket. */
    CallChange renew(String socket, Instant now) {
        return CallChange.none(isOver() ? this : withLeg(socket, leg -> leg.renew(now)));
    }

    /** Does what is due. */
    CallChange tick(Instant now, CallTimes times) {
        if (isOver()) {
            return CallChange.none(this);
        }
        if (deadline != null && !now.isBefore(deadline)) {
            return state == State.RINGING
                    ? unanswered(EndReason.NO_ANSWER, null, now)
                    : over(EndReason.ICE_TIMEOUT, null, now);
        }
        if (Stream.of(caller, callee).anyMatch(leg -> leg.lost() && leg.isDue(now))) {
            return state == State.RINGING
                    ? unanswered(EndReason.CANCELLED, null, now)
                    : over(EndReason.DISCONNECTED, null, now);
        }
        UnaryOperator<Leg> expire = leg -> leg.isDue(now) ? leg.lose(now, grace(times)) : leg;
        return CallChange.none(withCaller(expire.apply(caller)).withCallee(expire.apply(callee)));
    }

    private Duration grace(CallTimes times) {
        return state == State.RINGING ? times.callerGrace() : times.legGrace();
    }

    /** Over before anybody took it: the callee missed it, and both stop ringing. */
    private CallChange unanswered(EndReason why, @Nullable String socket, Instant now) {
        CallChange over = over(why, socket, now);
        List<Effect> effects = new ArrayList<>(over.effects());
        effects.add(Effect.of(Kind.MISSED, callee.userId()));
        return new CallChange(over.call(), List.copyOf(effects));
    }

    private CallChange over(EndReason why, @Nullable String socket, Instant now) {
        String text = CallChange.text(why);
        return new CallChange(
                over(why, now),
                List.of(Effect.end(caller.userId(), socket, text), Effect.end(callee.userId(), socket, text)));
    }

    private CallRecord over(EndReason why, Instant now) {
        return new CallRecord(id, caller, callee, media, State.ENDED, why, createdAt, answeredAt, now, null);
    }

    private CallRecord active() {
        return new CallRecord(id, caller, callee, media, State.ACTIVE, null, createdAt, answeredAt, null, null);
    }

    private CallRecord withLeg(String socket, UnaryOperator<Leg> change) {
        if (caller.on(socket)) {
            return withCaller(change.apply(caller));
        }
        return callee.on(socket) ? withCallee(change.apply(callee)) : this;
    }

    private CallRecord withCaller(Leg leg) {
        return new CallRecord(id, leg, callee, media, state, reason, createdAt, answeredAt, endedAt, deadline);
    }

    private CallRecord withCallee(Leg leg) {
        return new CallRecord(id, caller, leg, media, state, reason, createdAt, answeredAt, endedAt, deadline);
    }

    private static void require(boolean allowed) {
        if (!allowed) {
            throw Fault.FORBIDDEN.because("This is not your call.");
        }
    }

    private static FaultException notRinging() {
        return Fault.NOT_RINGING.because("The call does not ring any more.");
    }
}
