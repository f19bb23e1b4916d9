package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Ownership.Owner;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Announce;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Tells the owners of this node's users that they have sockets here. Changes are gathered for a moment and said once for
 * each owner; who could not be told is told everything that concerns it, later. Used on the node hub's context.
 */
final class UserAnnouncer {
    private static final long GATHER_MS = 20;
    private static final long RETRY_MS = 500;

    private final Bus bus;
    private final Map<UUID, Integer> sockets = new HashMap<>();
    private final Set<UUID> changed = new HashSet<>();
    /** Of users whom their owner has not acknowledged yet. */
    private final Map<UUID, Promise<Void>> unknown = new HashMap<>();

    private Map<UUID, Owner> announcedTo = new HashMap<>();
    private final Set<Owner> told = new HashSet<>();
    private final Set<Owner> unheard = new HashSet<>();
    private boolean again;

    UserAnnouncer(Bus bus) {
        this.bus = bus;
    }

    void start(Vertx vertx) {
        vertx.setPeriodic(GATHER_MS, t -> announceChanges());
        vertx.setPeriodic(RETRY_MS, t -> retry());
    }

    void connected(UUID userId) {
        if (sockets.merge(userId, 1, Integer::sum) == 1) {
            changed.add(userId);
            unknown.computeIfAbsent(userId, u -> Promise.promise());
        }
    }

    /**
     * Completes once the user's owner has heard that the user is here: from then on it is found online. At once for
     * those whose owner has heard it of another socket; does not complete while the owner cannot be told.
     */
    Future<Void> known(UUID userId) {
        Promise<Void> awaited = unknown.get(userId);
        return awaited == null ? Future.succeededFuture() : awaited.future();
    }

    private void acknowledged(UUID userId) {
        Promise<Void> awaited = unknown.remove(userId);
        if (awaited != null) {
            awaited.complete();
        }
    }

    void disconnected(UUID userId) {
        if (sockets.computeIfPresent(userId, (u, n) -> n == 1 ? null : n - 1) == null) {
            changed.add(userId);
            acknowledged(userId);
        }
    }

    private void announceChanges() {
        if (changed.isEmpty()) {
            return;
        }
        List<UUID> users = List.copyOf(changed);
        changed.clear();
        byOwner(users).forEach((owner, ids) -> {
            List<UUID> online = new ArrayList<>();
            List<UUID> offline = new ArrayList<>();
            ids.forEach(id -> (sockets.containsKey(id) ? online : offline).add(id));
            online.forEach(id -> announcedTo.put(id, owner));
            offline.forEach(announcedTo::remove);
            announce(owner, new Announce(bus.ownership().nodeId(), online, offline, false));
        });
    }

    private void retry() {
        if (again) {
            announceAll();
        } else if (!unheard.isEmpty()) {
            announceWhole(Set.copyOf(unheard), byOwner(sockets.keySet()));
        }
    }

    /** Says everything anew: to owners who may have missed something. */
    void announceAll() {
        again = false;
        announcedTo = new HashMap<>();
        Map<Owner, List<UUID>> users = byOwner(sockets.keySet());
        Set<Owner> owners = new HashSet<>(told);
        owners.addAll(users.keySet());
        announceWhole(owners, users);
    }

    /** @param owners also those whose users are all gone since: they may not have heard of the end of the last one */
    private void announceWhole(Set<Owner> owners, Map<Owner, List<UUID>> users) {
        unheard.removeAll(owners);
        told.removeIf(owner -> !bus.ownership().nodes().contains(owner.nodeId()));
        for (Owner owner : owners) {
            List<UUID> ids = users.getOrDefault(owner, List.of());
            if (ids.isEmpty() && !told.contains(owner)) {
                continue;
            }
            ids.forEach(id -> announcedTo.put(id, owner));
            announce(owner, new Announce(bus.ownership().nodeId(), ids, List.of(), true))
                    .onSuccess(done -> {
                        if (ids.isEmpty()) {
                            told.remove(owner);
                        }
                    });
        }
    }

    /** Says to new owners what the old ones knew. */
    void announceMoved() {
        byOwner(sockets.keySet()).forEach((owner, ids) -> {
            List<UUID> moved = ids.stream()
                    .filter(id -> !owner.equals(announcedTo.get(id)))
                    .toList();
            if (!moved.isEmpty()) {
                moved.forEach(id -> announcedTo.put(id, owner));
                announce(owner, new Announce(bus.ownership().nodeId(), moved, List.of(), false));
            }
        });
    }

    private Map<Owner, List<UUID>> byOwner(Collection<UUID> users) {
        try {
            return bus.ownership().byOwner(users);
        } catch (FaultException e) {
            again = true;
            return Map.of();
        }
    }

    private Future<?> announce(Owner owner, Announce announcement) {
        told.add(owner);
        return bus.callShard(ParticipantOperations.ANNOUNCE, Caller.system(), announcement, owner)
                .onSuccess(heard -> announcement.online().forEach(this::acknowledged))
                .onFailure(e -> unheard.add(owner));
    }
}
