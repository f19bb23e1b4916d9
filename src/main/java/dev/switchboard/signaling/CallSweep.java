package dev.switchboard.signaling;

import dev.switchboard.bus.RecordStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Carries out what is due for the calls of one shard. Those that were begun here are known; which others are the shard's is
 * looked up now and then, and whenever keys moved. Those that are over for good are not looked at any more until they are
 * forgotten. Used on one context.
 */
final class CallSweep {
    /** A call that is over is remembered so long: late requests of its people hear how it ended. */
    private static final Duration MEMORY = Duration.ofSeconds(20);

    /** Effects that are not marked as done after this time are done again. */
    private static final Duration REDO = Duration.ofSeconds(2);

    private final RecordStore<CallEntry> store;
    private final Calls calls;
    private final Set<UUID> live = new HashSet<>();

    /** Calls that are over, with nothing left to do, and when they ended. */
    private final Map<UUID, Instant> over = new HashMap<>();

    /** Calls that something is being done for: it may take as long as the database or somebody's owner is silent. */
    private final Set<UUID> underWay = new HashSet<>();

    CallSweep(RecordStore<CallEntry> store, Calls calls) {
        this.store = store;
        this.calls = calls;
    }

    /** @param all calls of the shard, as they are in the cluster */
    void owned(List<UUID> all) {
        live.clear();
        live.addAll(all);
        over.keySet().retainAll(live);
        live.removeAll(over.keySet());
    }

    /**
     * Begins what is due.
     *
     * @param nodes those that live: sockets on others are gone
     * @param there is told of every call that is there, as it is now
     * @return when it is begun: no call waits for another
     */
    Future<Void> sweep(Set<String> nodes, Consumer<CallRecord> there) {
        Instant now = calls.now();
        live.addAll(calls.begun());
        List<Future<?>> work = new ArrayList<>();
        over.entrySet().removeIf(call -> {
            boolean forgotten = !now.isBefore(call.getValue().plus(MEMORY));
            if (forgotten) {
                work.add(store.remove(call.getKey()));
            }
            return forgotten;
        });
        work.add(store.findAll(Set.copyOf(live))
                .onSuccess(found -> found.forEach((id, entry) -> {
                    there.accept(entry.call());
                    if (underWay.add(id)) {
                        sweep(entry, nodes, now).onComplete(done -> underWay.remove(id));
                    }
                })));
        return Future.join(work).mapEmpty();
    }

    private Future<?> sweep(CallEntry entry, Set<String> nodes, Instant now) {
        CallRecord call = entry.call();
        boolean done = entry.pending().isEmpty();
        if (call.isOver() && done) {
            live.remove(call.id());
            calls.forget(call.id());
            over.put(call.id(), ended(call));
        } else if (!due(call, nodes, now).call().equals(call)) {
            // Does what is still to do as well.
            return calls.change(call.id(), c -> due(c, nodes, now));
        } else if (!done && !now.isBefore(changed(call).plus(REDO))) {
            return calls.finish(call.id());
        }
        return Future.succeededFuture();
    }

    private CallChange due(CallRecord call, Set<String> nodes, Instant now) {
        return call.nodesLost(nodes, now, calls.times()).call().tick(now, calls.times());
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
}
