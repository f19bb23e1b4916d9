package dev.switchboard.signaling;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.switchboard.bus.ClusterFuture;
import dev.switchboard.bus.CompareAndSet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.UUID;

/** A Hazelcast map with a backup. */
final class HazelcastCallClaims implements CallClaims {
    private static final String USERS = "user-calls";

    private final Vertx vertx;
    private final IMap<String, String> users;

    HazelcastCallClaims(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.users = hazelcast.getMap(USERS);
    }

    @Override
    public Future<UUID> claim(UUID user, UUID call) {
        return CompareAndSet.in(vertx, users, user.toString(), null, call.toString())
                .map(other -> other == null ? call : UUID.fromString(other));
    }

    @Override
    public Future<Void> release(UUID user, UUID call) {
        return CompareAndSet.in(vertx, users, user.toString(), call.toString(), null)
                .mapEmpty();
    }

    @Override
    public Future<Optional<UUID>> callOf(UUID user) {
        return ClusterFuture.of(vertx, () -> users.getAsync(user.toString()))
                .map(text -> Optional.ofNullable(text).map(UUID::fromString));
    }
}
