package dev.switchboard.signaling;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.switchboard.bus.Json;
import dev.switchboard.bus.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Two Hazelcast maps with a backup. Values are JSON, so that equal records are equal bytes, which is what the map's own
 * compare-and-set compares. The keys are partitioned as ownership is.
 */
final class HazelcastCallStore implements CallStore {
    private static final String CALLS = "calls";
    private static final String USERS = "user-calls";

    private final Vertx vertx;
    private final Ownership ownership;
    private final IMap<String, String> calls;
    private final IMap<String, String> users;

    HazelcastCallStore(Vertx vertx, Ownership ownership, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.ownership = ownership;
        this.calls = hazelcast.getMap(CALLS);
        this.users = hazelcast.getMap(USERS);
    }

    private <T> Future<T> future(CompletionStage<T> stage) {
        return Future.fromCompletionStage(stage, vertx.getOrCreateContext());
    }

    @Override
    public Future<Optional<CallEntry>> find(UUID call) {
        return future(calls.getAsync(call.toString()))
                .map(text -> Optional.ofNullable(text).map(t -> Json.parse(t, CallEntry.class)));
    }

    @Override
    public Future<Void> put(CallEntry entry) {
        return future(calls.setAsync(entry.call().id().toString(), Json.text(entry)));
    }

    @Override
    public Future<Boolean> replace(CallEntry before, CallEntry after) {
        String key = after.call().id().toString();
        return vertx.executeBlocking(() -> calls.replace(key, Json.text(before), Json.text(after)), false);
    }

    @Override
    public Future<Void> remove(UUID call) {
        return future(calls.removeAsync(call.toString())).mapEmpty();
    }

    @Override
    public Future<List<UUID>> owned(int shard) {
        return vertx.executeBlocking(
                () -> {
                    List<UUID> mine = new ArrayList<>();
                    for (String key : calls.localKeySet()) {
                        Ownership.Owner owner = ownership.ownerOf(key);
                        if (owner.nodeId().equals(ownership.nodeId()) && owner.shard() == shard) {
                            mine.add(UUID.fromString(key));
                        }
                    }
                    return mine;
                },
                false);
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
    public Future<Boolean> reclaim(UUID user, UUID before, UUID call) {
        return vertx.executeBlocking(() -> users.replace(user.toString(), before.toString(), call.toString()), false);
    }

    @Override
    public Future<Void> release(UUID user, UUID call) {
        return vertx.executeBlocking(() -> users.remove(user.toString(), call.toString()), false)
                .mapEmpty();
    }

    @Override
    public Future<Optional<UUID>> callOf(UUID user) {
        return future(users.getAsync(user.toString()))
                .map(text -> Optional.ofNullable(text).map(UUID::fromString));
    }
}
