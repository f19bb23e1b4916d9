package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.signaling.CallChange.Effect;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Changes calls: reads, asks the rule, saves by compare-and-set, then does what follows. Works on any node; the owner of a
 * call's key is asked only so that two seldom try at once.
 */
final class Calls {
    /** Lost races are tried again so often; each means that somebody else made progress. */
    private static final int TRIES = 20;

    /** A call that is over is remembered so long: late requests of its people hear how it ended. */
    private static final Duration MEMORY = Duration.ofSeconds(60);

    /** Effects that are not marked as done after this time are done again. */
    private static final Duration REDO = Duration.ofSeconds(2);

    private final CallStore store;
    private final CallLog log;
    private final CallNews news;
    private final CallTimes times;
    private final Clock clock;

    Calls(CallStore store, CallLog log, CallNews news, CallTimes times, Clock clock) {
        this.store = store;
        this.log = log;
        this.news = news;
        this.times = times;
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    CallTimes times() {
        return times;
    }

    /** A live call, or one that ended a moment ago. */
    Future<Optional<CallRecord>> find(UUID call) {
        return store.find(call).map(found -> found.map(CallEntry::call));
    }

    /** Begins a call for which both users were claimed. */
    Future<CallRecord> begin(CallEntry entry) {
        return store.put(entry).compose(done -> perform(entry)).map(entry.call());
    }

    /**
     * Changes a call by a rule.
     *
     * @return the call afterwards; fails with {@code not_found}, or with what the rule throws
     */
    Future<CallRecord> change(UUID call, Function<CallRecord, CallChange> rule) {
        return change(call, rule, TRIES);
    }

    private Future<CallRecord> change(UUID call, Function<CallRecord, CallChange> rule, int tries) {
        return store.find(call).compose(found -> {
            CallEntry before = found.orElseThrow(Calls::unknown);
            CallChange change = rule.apply(before.call());
            if (change.call().equals(before.call())) {
                return Future.succeededFuture(before.call());
            }
            // What an earlier change asked for and nobody did yet must not be forgotten over this one.
            Future<?> first = before.pending().isEmpty() ? Future.succeededFuture() : tell(before);
            CallEntry after = before.after(change);
            return first.compose(told -> store.replace(before, after)).compose(saved -> {
                if (saved) {
                    return perform(after).map(after.call());
                }
                return tries > 1
                        ? change(call, rule, tries - 1)
                        : Future.failedFuture(Fault.UNAVAILABLE.because("The call changes too fast; ask again."));
            });
        });
    }

    /** Does what the last change asked for, and notes that it is done. */
    private Future<Void> perform(CallEntry entry) {
        return tell(entry)
                .compose(told ->
                        entry.pending().isEmpty() ? Future.succeededFuture(true) : store.replace(entry, entry.done()))
                .mapEmpty();
    }

    private Future<Void> tell(CallEntry entry) {
        CallRecord call = entry.call();
        Future<Void> kept = Future.succeededFuture();
        if (call.isOver()) {
            kept = Future.join(
                            log.save(call.view()),
                            store.release(call.caller().userId(), call.id()),
                            store.release(call.callee().userId(), call.id()))
                    .mapEmpty();
        }
        List<Effect> effects = entry.pending();
        return kept.compose(done -> news.tell(entry, effects));
    }

    /**
     * Does what is due for one call.
     *
     * @param nodes those that live: sockets on others are gone
     * @return the call afterwards; fails with {@code not_found} when it is forgotten
     */
    Future<CallRecord> sweep(UUID id, Set<String> nodes) {
        Instant now = now();
        return store.find(id).compose(found -> {
            CallEntry entry = found.orElseThrow(Calls::unknown);
            CallRecord call = entry.call();
            if (call.isOver() && !now.isBefore(ended(call).plus(MEMORY))) {
                return perform(entry).compose(done -> store.remove(id)).map(call);
            }
            if (!entry.pending().isEmpty() && !now.isBefore(changed(call).plus(REDO))) {
                return perform(entry).map(call);
            }
            return change(id, c -> c.nodesLost(nodes, now, times).call().tick(now, times));
        });
    }

    private static FaultException unknown() {
        return Fault.NOT_FOUND.because("There is no such call.");
    }

    private static Instant ended(CallRecord call) {
        Instant at = call.endedAt();
        return at == null ? call.createdAt() : at;
    }

    /** When its last change with effects was. */
    private static Instant changed(CallRecord call) {
        Instant answered = call.answeredAt();
        return call.isOver() ? ended(call) : answered != null ? answered : call.createdAt();
    }

    /** Keeps a call that never rang. */
    Future<Call> keep(Call call, Caller caller) {
        return log.save(call).compose(done -> news.refused(call, caller)).map(call);
    }

    /** A call that ended before it rang. */
    static Call refused(UUID id, UUID caller, UUID callee, Call.Media media, EndReason why, Instant now) {
        return new Call(id, caller, callee, media, State.ENDED, why, now, null, now);
    }
}
