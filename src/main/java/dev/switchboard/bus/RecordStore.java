package dev.switchboard.bus;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Records of one kind that every node sees and changes by compare-and-set: of two that act at once, one succeeds. */
public interface RecordStore<E> {
    Future<Optional<E>> find(UUID key);

    /** Those of these records that are there. */
    Future<Map<UUID, E>> findAll(Collection<UUID> keys);

    Future<Void> put(UUID key, E record);

    /** @return whether there was none */
    Future<Boolean> putIfAbsent(UUID key, E record);

    /** @return whether the record was {@code before} until now */
    Future<Boolean> replace(UUID key, E before, E after);

    /** @return whether the record was this one until now */
    Future<Boolean> remove(UUID key, E record);

    Future<Void> remove(UUID key);

    /** The records whose keys this shard of this node owns. */
    Future<List<UUID>> owned(int shard);
}
