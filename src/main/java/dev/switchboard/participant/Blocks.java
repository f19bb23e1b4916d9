package dev.switchboard.participant;

import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.AccountOperations.Users;
import dev.switchboard.protocol.BlockOperations;
import dev.switchboard.protocol.BlockOperations.Block;
import dev.switchboard.protocol.BlockOperations.Blocked;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Blocking. Who is blocked sees the blocker go offline as anybody does who goes offline, and only if the two hear of each
 * other's presence at all: nothing else tells of a block.
 */
final class Blocks {
    private static final int PAGE = 50;

    private final BlockStore store;
    private final PeerStore peers;
    private final PresenceShard presence;

    Blocks(BlockStore store, PeerStore peers, PresenceShard presence) {
        this.store = store;
        this.peers = peers;
        this.presence = presence;
    }

    void register(Handlers handlers) {
        handlers.on(BlockOperations.BLOCK, this::block)
                .on(BlockOperations.UNBLOCK, this::unblock)
                .on(BlockOperations.BLOCKED, this::list);
    }

    private Future<Nothing> block(Caller caller, Block q) {
        UUID user = caller.user();
        if (user.equals(q.id())) {
            throw Fault.CONFLICT.because("You cannot block yourself.");
        }
        // Asked before: afterwards the two are no peers any more.
        return arePeers(user, q.id()).compose(peers -> store.block(user, q.id()).map(outcome -> {
            if (outcome == BlockStore.Outcome.UNKNOWN_USER) {
                throw Fault.NOT_FOUND.because("No such user.");
            }
            if (outcome == BlockStore.Outcome.NEW && peers && presence.isOnline(user)) {
                presence.tell(q.id(), user, false);
            }
            return Nothing.NOTHING;
        }));
    }

    private Future<Nothing> unblock(Caller caller, Block q) {
        UUID user = caller.user();
        return store.unblock(user, q.id())
                .compose(was -> was && presence.isOnline(user)
                        ? arePeers(user, q.id()).map(peers -> {
                            if (peers) {
                                presence.tell(q.id(), user, true);
                            }
                            return Nothing.NOTHING;
                        })
                        : Future.succeededFuture(Nothing.NOTHING));
    }

    private Future<Boolean> arePeers(UUID user, UUID other) {
        return peers.peers(Set.of(user))
                .map(found -> found.getOrDefault(user, List.of()).contains(other));
    }

    private Future<Users> list(Caller caller, Blocked q) {
        int limit = q.limit() == null ? PAGE : q.limit();
        return store.list(caller.user(), q.cursor(), limit + 1).map(found -> {
            boolean more = found.size() > limit;
            List<User> items = more ? found.subList(0, limit) : found;
            return new Users(
                    List.copyOf(items), more ? items.get(limit - 1).id().toString() : null);
        });
    }
}
