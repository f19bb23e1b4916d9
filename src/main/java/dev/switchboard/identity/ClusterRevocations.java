package dev.switchboard.identity;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revoked sessions in a Hazelcast map, with a copy on every node, so that asking costs nothing. An entry lives as long as
 * a token of its session could. Each node hears of new entries at once, and reads the whole map now and then in case it
 * missed one.
 */
public final class ClusterRevocations implements Revocations {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterRevocations.class);
    private static final String MAP = "revoked-sessions";
    private static final long REREAD_MS = 5_000;

    private final Vertx vertx;
    private final IMap<UUID, Long> shared;
    private final Duration keep;
    private final Map<UUID, Long> revoked = new ConcurrentHashMap<>();
    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();

    private ClusterRevocations(Vertx vertx, IMap<UUID, Long> shared, Duration keep) {
        this.vertx = vertx;
        this.shared = shared;
        this.keep = keep;
    }

    /** @param accessTokenTtl how long a token of a session that was just revoked can live on */
    public static Future<ClusterRevocations> open(Vertx vertx, HazelcastInstance hazelcast, Duration accessTokenTtl) {
        return vertx.executeBlocking(() -> {
            IMap<UUID, Long> map = hazelcast.getMap(MAP);
            ClusterRevocations revocations = new ClusterRevocations(vertx, map, accessTokenTtl.plusMinutes(5));
            map.addEntryListener(revocations.new Arrivals(), true);
            revocations.reread();
            vertx.setPeriodic(REREAD_MS, t -> vertx.executeBlocking(() -> {
                        revocations.reread();
                        return null;
                    })
                    .onFailure(e -> LOG.warn("Revoked sessions could not be read again: {}", e.toString())));
            return revocations;
        });
    }

    private final class Arrivals implements EntryAddedListener<UUID, Long>, EntryUpdatedListener<UUID, Long> {
        @Override
        public void entryAdded(EntryEvent<UUID, Long> event) {
            add(event.getKey(), event.getValue());
        }

        @Override
        public void entryUpdated(EntryEvent<UUID, Long> event) {
            add(event.getKey(), event.getValue());
        }
    }

    private void reread() {
        shared.entrySet().forEach(e -> add(e.getKey(), e.getValue()));
        long now = System.currentTimeMillis();
        revoked.values().removeIf(until -> until < now);
    }

    private void add(UUID sessionId, long until) {
        if (revoked.put(sessionId, until) == null) {
            listeners.forEach(l -> l.accept(sessionId));
        }
    }

    @Override
    public boolean isRevoked(UUID sessionId) {
        return revoked.containsKey(sessionId);
    }

    @Override
    public Future<Void> revoke(UUID sessionId) {
        long until = System.currentTimeMillis() + keep.toMillis();
        Context context = vertx.getOrCreateContext();
        Promise<Void> done = Promise.promise();
        shared.setAsync(sessionId, until, keep.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((v, failure) -> context.runOnContext(x -> {
                    if (failure == null) {
                        done.complete();
                    } else {
                        done.fail(failure);
                    }
                }));
        return done.future();
    }

    @Override
    public void onRevoked(Consumer<UUID> listener) {
        listeners.add(listener);
    }
}
