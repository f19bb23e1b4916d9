package dev.switchboard.participant;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Who was told to be online, kept so that it outlives the owner of those users. */
interface OnlineStore {
    /** @return whether the user was there already */
    Future<Boolean> put(UUID user);

    void remove(Collection<UUID> users);

    /** Those of {@code users} who are in the store. */
    Future<Set<UUID>> known(Collection<UUID> users);

    /** Those of the store whom this node owns in one shard. */
    Future<List<UUID>> owned(int shard);
}
