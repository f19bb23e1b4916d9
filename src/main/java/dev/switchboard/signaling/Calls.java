package dev.switchboard.signaling;

import dev.switchboard.bus.RecordChanges;
import dev.switchboard.bus.RecordStore;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The calls that live, and those that ended a moment ago: changes them by rules, keeps them when they are over. */
final class Calls implements RecordChanges.Work<CallEntry> {
    private final CallClaims claims;
    private final RecordChanges<CallEntry> changes;
    private final CallLog log;
    private final CallNews news;
    private final Supplier<Future<Void>> patience;
    private final Supplier<CallTimes> times;
    private final Clock clock;
    private List<UUID> begun = new ArrayList<>();

    /** Calls whose end was told and is not saved yet. */
    private final Set<UUID> told = new HashSet<>();

    /** @param patience how long people may wait to hear of an end for the sake of its being saved first */
    Calls(
            RecordStore<CallEntry> store,
            CallClaims claims,
            CallLog log,
            CallNews news,
            Supplier<Future<Void>> patience,
            Supplier<CallTimes> times,
            Clock clock) {
        this.claims = claims;
        this.changes = new RecordChanges<>(store, this);
        this.log = log;
        this.news = news;
        this.patience = patience;
        this.times = times;
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    CallTimes times() {
        return times.get();
    }

    /** Those that were begun here since this was asked last. */
    List<UUID> begun() {
        List<UUID> since = begun;
        begun = new ArrayList<>();
        return since;
    }

    /** One that is over for good. */
    void forget(UUID call) {
        changes.forget(call);
    }

    /** Keys moved: calls may have been changed elsewhere. */
    void forgetAll() {
        changes.forgetAll();
        told.clear();
    }

    /** A live call, or one that ended a moment ago. */
    Future<Optional<CallRecord>> find(UUID call) {
        return changes.find(call).map(found -> found.map(CallEntry::call));
    }

    /** A call as its owner knows it; null when it must be looked up. */
    @Nullable
    CallRecord known(UUID call) {
        CallEntry entry = changes.known(call);
        return entry == null ? null : entry.call();
    }

    /** Begins a call for which both users were claimed; or finds it, when the same request has begun it before. */
    Future<CallRecord> begin(CallEntry entry) {
        UUID id = entry.call().id();
        begun.add(id);
        return changes.create(id, entry)
                .compose(fresh -> fresh
                        ? Future.succeededFuture(entry.call())
                        : find(id).map(found -> found.orElseThrow(Calls::unknown)));
    }

    /**
     * Changes a call by a rule.
     *
     * @return the call afterwards; fails with {@code not_found}, or with what the rule throws
     */
    Future<CallRecord> change(UUID call, Function<CallRecord, CallChange> rule) {
        return changes.changeExisting(call, entry -> {
                    CallChange change = rule.apply(entry.call());
                    return change.call().equals(entry.call()) ? entry : entry.after(change);
                })
                .map(CallEntry::call);
    }

    @Override
    public Future<CallEntry> load(UUID call) {
        return Future.failedFuture(unknown());
    }

    @Override
    public CallEntry done(CallEntry entry) {
        return entry.done();
    }

    @Override
    public Future<Void> perform(CallEntry entry) {
        CallRecord call = entry.call();
        if (!call.isOver()) {
            return news.tell(entry, entry.pending());
        }
        Map<Boolean, List<Effect>> effects =
                entry.pending().stream().collect(Collectors.partitioningBy(effect -> effect.kind() == Kind.MISSED));
        List<Effect> missed = effects.getOrDefault(true, List.of());
        List<Effect> heard = effects.getOrDefault(false, List.of());
        Future<Void> saved = log.save(call.view());
        return Future.join(
                        saved,
                        claims.release(call.caller().userId(), call.id()),
                        claims.release(call.callee().userId(), call.id()),
                        tellEnd(entry, heard, saved))
                .compose(done -> missed.isEmpty() ? Future.<Void>succeededFuture() : news.tell(entry, missed))
                .onSuccess(done -> told.remove(call.id()));
    }

    /** That it is over is heard after a while also when it cannot be saved; once, however often that is tried. */
    private Future<Void> tellEnd(CallEntry entry, List<Effect> effects, Future<Void> saved) {
        UUID id = entry.call().id();
        return told.contains(id)
                ? Future.succeededFuture()
                : Future.any(saved, patience.get())
                        .compose(done -> news.tell(entry, effects))
                        .onSuccess(done -> told.add(id));
    }

    /** Does again what the last change of a call asked for and nobody has finished. */
    Future<Void> finish(UUID call) {
        return changes.finish(call);
    }

    private static FaultException unknown() {
        return Fault.NOT_FOUND.because("There is no such call.");
    }

    /** Keeps a call that never rang. */
    Future<Call> keep(Call call, Caller caller) {
        // Beside each other, so that the time does not show whether there was anything to note for the callee.
        return Future.all(log.save(call), news.refused(call, caller)).map(call);
    }

    /** A call that ended before it rang. */
    static Call refused(UUID id, UUID caller, UUID callee, Call.Media media, EndReason why, Instant now) {
        return new Call(id, caller, callee, media, State.ENDED, why, now, null, now);
    }
}
