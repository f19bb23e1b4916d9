package dev.switchboard.participant;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.switchboard.bus.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Who is online, in a Hazelcast map with a backup: so that a user whose node and whose owner die together is still told
 * offline by the next owner. The keys are partitioned as ownership is: an owner's entries are local to it.
 */
final class OnlineMap {
    private static final String MAP = "online-users";

    private final Vertx vertx;
    private final Ownership ownership;
    private final IMap<String, Boolean> map;

    OnlineMap(Vertx vertx, Ownership ownership, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.ownership = ownership;
        this.map = hazelcast.getMap(MAP);
    }

    void put(UUID user) {
        map.setAsync(user.toString(), Boolean.TRUE);
    }

    void remove(Collection<UUID> users) {
        users.forEach(user -> map.removeAsync(user.toString()));
    }

    /** Those of the map whom this node owns in one shard. */
    Future<List<UUID>> owned(int shard) {
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
