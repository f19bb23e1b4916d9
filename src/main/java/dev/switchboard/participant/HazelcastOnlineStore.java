package dev.switchboard.participant;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.switchboard.bus.ClusterFuture;
import dev.switchboard.bus.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A Hazelcast map with a backup: a user whose node and whose owner die together is still told offline by the next owner.
 * The keys are partitioned as ownership is: an owner's entries are local to it.
 */
final class HazelcastOnlineStore implements OnlineStore {
    private static final String MAP = "online-users";

    private final Vertx vertx;
    private final Ownership ownership;
    private final IMap<String, Boolean> map;

    HazelcastOnlineStore(Vertx vertx, Ownership ownership, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.ownership = ownership;
        this.map = hazelcast.getMap(MAP);
    }

    @Override
    public Future<Boolean> put(UUID user) {
        return ClusterFuture.of(vertx, () -> map.putAsync(user.toString(), Boolean.TRUE))
                .map(before -> before != null);
    }

    @Override
    public void remove(Collection<UUID> users) {
        users.forEach(user -> ClusterFuture.of(vertx, () -> map.removeAsync(user.toString())));
    }

    @Override
    public Future<Set<UUID>> known(Collection<UUID> users) {
        Set<UUID> known = new HashSet<>();
        List<Future<?>> looks = new ArrayList<>();
        for (UUID user : users) {
            looks.add(
                    ClusterFuture.of(vertx, () -> map.getAsync(user.toString())).onSuccess(there -> {
                        if (there != null) {
                            known.add(user);
                        }
                    }));
        }
        return looks.isEmpty()
                ? Future.succeededFuture(known)
                : Future.all(looks).map(known);
    }

    @Override
    public Future<List<UUID>> owned(int shard) {
        return vertx.executeBlocking(() -> {
            List<UUID> mine = new ArrayList<>();
            for (String key : map.localKeySet()) {
                Ownership.Owner owner = ownership.ownerOf(key);
                if (owner.nodeId().equals(ownership.nodeId()) && owner.shard() == shard) {
                    mine.add(UUID.fromString(key));
                }
            }
            return mine;
        });
    }
}
