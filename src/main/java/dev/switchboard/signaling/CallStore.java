package dev.switchboard.signaling;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The calls of the cluster, and which one each user is in. Every change is a compare-and-set: of two nodes that act at
 * once, one succeeds.
 */
interface CallStore {
    Future<Optional<CallEntry>> find(UUID call);

    /** Saves a new call. */
    Future<Void> put(CallEntry entry);

    /** @return whether the call was {@code before} until now */
    Future<Boolean> replace(CallEntry before, CallEntry after);

    /** Forgets a call. */
    Future<Void> remove(UUID call);

    /** The calls whose keys this shard of this node owns. */
    Future<List<UUID>> owned(int shard);

    /**
     * Puts a user into a call, unless there is another.
     *
     * @return the call that the user is in: {@code call} when it succeeded
     */
    Future<UUID> claim(UUID user, UUID call);

    /** @return whether the user was in {@code before} until now */
    Future<Boolean> reclaim(UUID user, UUID before, UUID call);

    /** Takes a user out of a call, if that is still the one. */
    Future<Void> release(UUID user, UUID call);

    /** The call that a user is in. */
    Future<Optional<UUID>> callOf(UUID user);
}
