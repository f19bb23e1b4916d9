package dev.switchboard.identity;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryMergedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revoked sessions in a Hazelcast map, with a copy on every node, so that asking costs nothing. An entry lives as long as
 * a token of its session could. Each node hears of new entries at once. Every {@value #SYNC_MS} ms it compares its copy
 * with the map: it takes what it missed, and puts back what the map lost, as when two nodes died together.
 */
public final class ClusterRevocations implements Revocations {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterRevocations.class);
    private static final String MAP = "revoked-sessions";
    private static final long SYNC_MS = 5_000;

    /** Entries outlive the tokens by so much, for clocks that differ. */
    private static final Duration MARGIN = Duration.ofMinutes(5);

    private final Vertx vertx;
    private final IMap<UUID, Long> shared;
    private volatile Duration keep;
    private final Map<UUID, Long> revoked = new ConcurrentHashMap<>();
    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();

    private ClusterRevocations(Vertx vertx, IMap<UUID, Long> shared, Duration keep) {
        this.vertx = vertx;
        this.shared = shared;
        this.keep = keep;
    }

    /**
     * Reads what is revoked so far, and goes on listening until the node stops.
     *
     * @param accessTokenTtl how long a token of a session that was just revoked can live on
     */
    public static Future<ClusterRevocations> open(Vertx vertx, HazelcastInstance hazelcast, Duration accessTokenTtl) {
        return vertx.executeBlocking(() -> {
                    IMap<UUID, Long> map = hazelcast.getMap(MAP);
                    ClusterRevocations revocations = new ClusterRevocations(vertx, map, accessTokenTtl.plus(MARGIN));
                    // The listener first: what comes while the map is read is heard of twice rather than never.
                    map.addEntryListener(revocations.new Arrivals(), true);
                    revocations.sync();
                    return revocations;
                })
                .onSuccess(ClusterRevocations::syncLater);
    }

    /** Tokens may live for so long from now on; those that were made before live as long as they were to. */
    public void keep(Duration accessTokenTtl) {
        Duration longer = accessTokenTtl.plus(MARGIN);
        keep = longer.compareTo(keep) > 0 ? longer : keep;
    }

    private final class Arrivals
            implements EntryAddedListener<UUID, Long>,
                    EntryUpdatedListener<UUID, Long>,
                    EntryMergedListener<UUID, Long> {
        @Override
        public void entryAdded(EntryEvent<UUID, Long> event) {
            add(event.getKey(), event.getValue());
        }

        @Override
        public void entryUpdated(EntryEvent<UUID, Long> event) {
            add(event.getKey(), event.getValue());
        }

        @Override
        public void entryMerged(EntryEvent<UUID, Long> event) {
            add(event.getKey(), event.getValue());
        }
    }

    /** One at a time: a cluster that is slow to answer must not gather a queue of these. */
    private void syncLater() {
        vertx.setTimer(SYNC_MS, t -> vertx.executeBlocking(() -> {
                    sync();
                    return null;
                })
                .onFailure(e -> {
                    // A node that stops has left the cluster a moment before this ends.
                    if (!(e instanceof HazelcastInstanceNotActiveException)) {
                        LOG.warn("Revoked sessions could not be read again: {}", e.toString());
                    }
                })
                .onComplete(done -> syncLater()));
    }

    /** Blocks while the cluster answers. */
    void sync() {
        long now = System.currentTimeMillis();
        revoked.values().removeIf(until -> until <= now);
        // Taken before the map is read: an entry that arrives in between is not mistaken for a lost one.
        Map<UUID, Long> before = Map.copyOf(revoked);
        Set<UUID> there = new HashSet<>();
        for (Map.Entry<UUID, Long> entry : shared.entrySet()) {
            there.add(entry.getKey());
            add(entry.getKey(), entry.getValue());
        }
        before.forEach((session, until) -> {
            if (!there.contains(session)) {
                shared.setAsync(session, until, Math.max(1, until - now), TimeUnit.MILLISECONDS);
            }
        });
    }

    private void add(UUID sessionId, long until) {
        if (until > System.currentTimeMillis() && revoked.put(sessionId, until) == null) {
            for (Consumer<UUID> listener : listeners) {
                try {
                    listener.accept(sessionId);
                } catch (RuntimeException e) {
                    LOG.error("A listener failed; the others still hear that a session ended", e);
                }
            }
        }
    }

    @Override
    public boolean isRevoked(UUID sessionId) {
        return revoked.containsKey(sessionId);
    }

    /** Completes, on the caller's context, when the cluster has it; this node refuses the session by then. */
    @Override
    public Future<Void> revoke(UUID sessionId) {
        long until = System.currentTimeMillis() + keep.toMillis();
        Context context = vertx.getOrCreateContext();
        Promise<Void> done = Promise.promise();
        shared.setAsync(sessionId, until, keep.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((v, failure) -> context.runOnContext(x -> {
                    if (failure == null) {
                        add(sessionId, until);
                        done.complete();
                    } else {
                        done.fail(failure);
                    }
                }));
        return done.future();
    }

    @Override
    public Runnable onRevoked(Consumer<UUID> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
