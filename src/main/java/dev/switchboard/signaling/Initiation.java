package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Begins calls. A user is in one call at a time: both are claimed for the new call, the one with the smaller id first, so
 * that of two who call each other at once one finds the other's call and takes it.
 */
final class Initiation {
    private static final int TRIES = 12;

    /** A claim for a call that is not there is a dead node's, once the call is older than this. */
    private static final Duration ORPHANED = Duration.ofSeconds(5);

    private final Supplier<Future<Void>> pause;
    private final Calls calls;
    private final CallClaims claims;
    private final CallOwners owners;

    /**
     * Who wants to call whom.
     *
     * @param id the new call's
     * @param online whether the callee has a socket, as far as this caller may know
     */
    record Request(UUID id, Caller caller, String socket, String node, UUID callee, Call.Media media, boolean online) {
        UUID callerId() {
            return caller.user();
        }
    }

    /** @param pause waits a little, for somebody else to finish what was begun */
    Initiation(Supplier<Future<Void>> pause, Calls calls, CallClaims claims, CallOwners owners) {
        this.pause = pause;
        this.calls = calls;
        this.claims = claims;
        this.owners = owners;
    }

    /**
     * The new call, or the other's call that this one became, or a call that is over: busy or unavailable.
     *
     * @return fails with {@code conflict} when the caller is in another call
     */
    Future<Call> begin(Request request) {
        return begin(request, request.id(), TRIES);
    }

    private Future<Call> begin(Request request, UUID id, int tries) {
        if (tries == 0) {
            return Future.failedFuture(Fault.UNAVAILABLE.because("Another call is just beginning or ending."));
        }
        UUID caller = request.callerId();
        if (!request.online()) {
            // Nothing of the callee is looked at: whether it is in a call shows to those alone who may reach it.
            return claims.claim(caller, id)
                    .compose(holder -> holder.equals(id)
                            ? unavailable(request, id)
                            : occupied(request, id, caller, holder, tries));
        }
        boolean callerFirst = caller.compareTo(request.callee()) < 0;
        UUID first = callerFirst ? caller : request.callee();
        UUID second = callerFirst ? request.callee() : caller;
        return claims.claim(first, id)
                .compose(holder -> holder.equals(id)
                        ? claims.claim(second, id)
                                .compose(other -> other.equals(id)
                                        ? ring(request, id)
                                        : claims.release(first, id)
                                                .compose(done -> occupied(request, id, second, other, tries)))
                        : occupied(request, id, first, holder, tries));
    }

    private Future<Call> ring(Request request, UUID id) {
        Instant now = calls.now();
        CallRecord call = CallRecord.ring(
                id,
                Leg.of(request.callerId(), request.socket(), request.node(), now),
                request.callee(),
                request.media(),
                now,
                calls.times());
        return calls.begin(new CallEntry(
                        call,
                        request.caller().username(),
                        request.caller().name(),
                        List.of(Effect.of(Kind.INCOMING, request.callee()))))
                .map(CallRecord::view);
    }

    private Future<Call> unavailable(Request request, UUID id) {
        Call over = Calls.refused(
                id, request.callerId(), request.callee(), request.media(), EndReason.UNAVAILABLE, calls.now());
        return claims.release(request.callerId(), id).compose(done -> calls.keep(over, request.caller()));
    }

    /** {@code user}, one of the two, is in {@code other} already. */
    private Future<Call> occupied(Request request, UUID id, UUID user, UUID other, int tries) {
        return calls.find(other).compose(found -> {
            if (found.isEmpty() || found.get().isOver()) {
                return vacate(user, other, found).compose(done -> begin(request, id, tries - 1));
            }
            return meet(request, id, found.get(), tries);
        });
    }

    /** The claim is for a call that is over, or not there (yet). */
    private Future<Void> vacate(UUID user, UUID other, Optional<CallRecord> found) {
        boolean over = found.isPresent() || age(other).compareTo(ORPHANED) > 0;
        return over ? claims.release(user, other) : pause.get();
    }

    private Duration age(UUID call) {
        // The first 48 bits of a UUIDv7 are the milliseconds of its birth (RFC 9562 §5.7).
        return Duration.between(Instant.ofEpochMilli(call.getMostSignificantBits() >>> 16), calls.now());
    }

    private Future<Call> meet(Request request, UUID id, CallRecord other, int tries) {
        UUID caller = request.callerId();
        UUID callee = request.callee();
        boolean theirs = other.caller().userId().equals(callee)
                && other.callee().userId().equals(caller);
        boolean ours = other.caller().userId().equals(caller)
                && other.callee().userId().equals(callee);
        if (theirs && other.state() == State.RINGING) {
            return owners.answer(other.id(), request.caller(), request.node());
        }
        boolean involved = other.caller().userId().equals(caller)
                || other.callee().userId().equals(caller);
        if (!involved) {
            Call over = Calls.refused(id, caller, callee, request.media(), EndReason.BUSY, calls.now());
            return calls.keep(over, request.caller());
        }
        Leg own = other.caller().userId().equals(caller) ? other.caller() : other.callee();
        boolean abandoned = own.lost() || (own.on(request.socket()) && (ours || theirs));
        if (!abandoned) {
            return Future.failedFuture(Fault.CONFLICT.because("You are in a call already."));
        }
        return owners.replace(other.id()).compose(done -> begin(request, id, tries - 1));
    }
}
