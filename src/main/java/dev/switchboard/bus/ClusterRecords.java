package dev.switchboard.bus;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records of one kind in a Hazelcast map with a backup. Values are JSON, so that equal records are equal bytes, which is
 * what is compared when one is replaced. The keys are partitioned as ownership is.
 */
public final class ClusterRecords<E> implements RecordStore<E> {
    private final Vertx vertx;
    private final Ownership ownership;
    private final Class<E> type;
    private final IMap<String, String> map;

    /** @param name of the map, the same on every node */
    public ClusterRecords(Vertx vertx, Ownership ownership, HazelcastInstance hazelcast, String name, Class<E> type) {
        this.vertx = vertx;
        this.ownership = ownership;
        this.type = type;
        this.map = hazelcast.getMap(name);
    }

    private <T> Future<T> future(Supplier<CompletionStage<T>> operation) {
        return ClusterFuture.of(vertx, operation);
    }

    @Override
    public Future<Optional<E>> find(UUID key) {
        return future(() -> map.getAsync(key.toString()))
                .map(text -> Optional.ofNullable(text).map(t -> Json.parse(t, type)));
    }

    @Override
    public Future<Map<UUID, E>> findAll(Collection<UUID> keys) {
        Set<String> names = keys.stream().map(UUID::toString).collect(Collectors.toSet());
        return vertx.executeBlocking(
                () -> {
                    Map<UUID, E> found = new HashMap<>();
                    map.getAll(names).forEach((key, text) -> found.put(UUID.fromString(key), Json.parse(text, type)));
                    return found;
                },
                false);
    }

    @Override
    public Future<Void> put(UUID key, E record) {
        return future(() -> map.setAsync(key.toString(), Json.text(record)));
    }

    @Override
    public Future<Boolean> putIfAbsent(UUID key, E record) {
        return replace(key, null, Json.text(record));
    }

    @Override
    public Future<Boolean> replace(UUID key, E before, E after) {
        return replace(key, Json.text(before), Json.text(after));
    }

    @Override
    public Future<Boolean> remove(UUID key, E record) {
        return replace(key, Json.text(record), null);
    }

    private Future<Boolean> replace(UUID key, @Nullable String before, @Nullable String after) {
        return CompareAndSet.in(vertx, map, key.toString(), before, after).map(inTheWay -> inTheWay == null);
    }

    @Override
    public Future<Void> remove(UUID key) {
        return future(() -> map.removeAsync(key.toString())).mapEmpty();
    }

    @Override
    public Future<List<UUID>> owned(int shard) {
        return vertx.executeBlocking(
                () -> {
                    List<UUID> mine = new ArrayList<>();
                    for (String key : map.localKeySet()) {
                        Ownership.Owner owner = ownership.ownerOf(key);
                        if (owner.nodeId().equals(ownership.nodeId()) && owner.shard() == shard) {
                            mine.add(UUID.fromString(key));
                        }
                    }
                    return mine;
                },
                false);
    }
}
