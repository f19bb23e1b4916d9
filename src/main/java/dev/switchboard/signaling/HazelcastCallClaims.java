package dev.switchboard.signaling;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.switchboard.bus.ClusterFuture;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
        return vertx.executeBlocking(
                () -> {
                    @Nullable String other = users.putIfAbsent(user.toString(), call.toString());
                    return other == null ? call : UUID.fromString(other);
                },
                false);
    }

    @Override
    public Future<Void> release(UUID user, UUID call) {
        return vertx.executeBlocking(() -> users.remove(user.toString(), call.toString()), false)
                .mapEmpty();
    }

    @Override
    public Future<Optional<UUID>> callOf(UUID user) {
        return ClusterFuture.of(vertx, () -> users.getAsync(user.toString()))
                .map(text -> Optional.ofNullable(text).map(UUID::fromString));
    }
}
