package dev.switchboard.participant;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Json;
import dev.switchboard.bus.Ownership;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.ParticipantOperations.Announce;
import dev.switchboard.protocol.ParticipantOperations.Notice;
import dev.switchboard.protocol.ParticipantOperations.Notify;
import dev.switchboard.protocol.ParticipantOperations.Online;
import dev.switchboard.protocol.ParticipantOperations.Query;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers for the users of one shard. Used on one context only. */
final class PresenceShard {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceShard.class);

    /** One change of the cluster is many moves of partitions: they are looked at together. */
    private static final long SETTLE_MS = 200;

    private final Vertx vertx;
    private final int index;
    private final Bus bus;
    private final OnlineStore store;
    private final PresenceNews news;
    private final Presence presence;
    private final Set<UUID> goneWhileSettling = new HashSet<>();

    /** Partitions whose users the store has named since they are ours; of the others the store may know more than we. */
    private Set<Integer> takenOver = Set.of();

    private boolean settling;
    private boolean again;

    PresenceShard(Vertx vertx, int index, Bus bus, OnlineStore store, PresenceNews news, Supplier<Duration> grace) {
        this.vertx = vertx;
        this.index = index;
        this.bus = bus;
        this.store = store;
        this.news = news;
        this.presence = new Presence(() -> grace.get().toMillis());
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    private boolean owns(UUID user) {
        Ownership.Owner owner = bus.ownership().ownerOf(user.toString());
        return owner.shard() == index && owner.nodeId().equals(bus.ownership().nodeId());
    }

    private void checkOwned(Collection<UUID> users) {
        if (!users.stream().allMatch(this::owns)) {
            throw Fault.MOVED.because("Some of these users have another owner.");
        }
    }

    Future<Nothing> announce(Announce q) {
        if (!bus.ownership().nodes().contains(q.nodeId())) {
            // It died (this came late), or it is so new that we have not met: nobody would tell us that it is gone.
            throw Fault.MOVED.because("This node is not in the cluster.");
        }
        boolean all = true;
        for (UUID user : q.online()) {
            if (!owns(user)) {
                all = false;
            } else if (presence.connected(user, q.nodeId())) {
                appeared(user);
            }
        }
        q.offline().forEach(user -> presence.disconnected(user, q.nodeId(), now()));
        if (q.whole()) {
            presence.only(q.online(), q.nodeId(), now());
        }
        return all
                ? Future.succeededFuture(Nothing.NOTHING)
                : Future.failedFuture(Fault.MOVED.because("Some of these users have another owner."));
    }

    /** New to this owner; but a former one may have told it already, then it is no news. */
    private void appeared(UUID user) {
        store.put(user).onComplete(known -> {
            if (!Boolean.TRUE.equals(known.result()) && presence.isOnline(user)) {
                news.changed(user, true);
            }
        });
    }

    Future<Nothing> notify(Notify q) {
        q.notices().forEach(notice -> checkOwned(notice.userIds()));
        Map<UUID, List<byte[]>> byUser = new LinkedHashMap<>();
        for (Notice notice : q.notices()) {
            byte[] event = Json.bytes(notice.event());
            if (notice.except() != null) {
                notice.userIds().forEach(user -> {
                    deliver(user, null, byUser.remove(user));
                    deliver(user, notice.except(), List.of(event));
                });
                continue;
            }
            notice.userIds().forEach(user -> byUser.computeIfAbsent(user, u -> new ArrayList<>(1))
                    .add(event));
        }
        byUser.forEach((user, events) -> deliver(user, null, events));
        return Future.succeededFuture(Nothing.NOTHING);
    }

    private void deliver(UUID user, @Nullable String except, @Nullable List<byte[]> events) {
        if (events != null) {
            Delivery delivery = Delivery.toUser(user, except, List.copyOf(events));
            whereabouts(user).forEach(node -> bus.deliver(node, delivery));
        }
    }

    /** Where somebody in the grace time, or whose owner we just became, is: that node's announcement may be under way. */
    private Set<String> whereabouts(UUID user) {
        return presence.isInGrace(user) || isNew(user) ? bus.ownership().nodes() : presence.nodesOf(user);
    }

    private boolean isNew(UUID user) {
        return !takenOver.contains(bus.ownership().partitionOf(user.toString()));
    }

    Future<Online> query(Query q) {
        checkOwned(q.userIds());
        List<UUID> unsure = q.userIds().stream()
                .filter(user -> !presence.isOnline(user) && isNew(user))
                .toList();
        return store.known(unsure)
                .map(stored -> new Online(q.userIds().stream()
                        .filter(user -> presence.isOnline(user) || stored.contains(user))
                        .toList()));
    }

    boolean isOnline(UUID user) {
        return presence.isOnline(user);
    }

    /** Tells one person of one other, at most once. */
    void tell(UUID whom, UUID about, boolean online) {
        news.tell(whom, about, online);
    }

    void nodeLost(String node) {
        presence.nodeLost(node, now());
    }

    void expire() {
        List<UUID> gone = presence.expire(now());
        store.remove(gone);
        goneWhileSettling.addAll(settling ? gone : List.of());
        gone.forEach(user -> news.changed(user, false));
    }

    void tellNews() {
        news.tell();
    }

    /** Partitions may have moved: forgets who is another's now, takes over who is ours now. */
    void settle() {
        if (settling) {
            again = true;
            return;
        }
        settling = true;
        Set<Integer> ours = new HashSet<>();
        vertx.timer(SETTLE_MS)
                .compose(t -> {
                    again = false;
                    ours.addAll(bus.ownership().partitions());
                    takenOver = takenOver.stream().filter(ours::contains).collect(Collectors.toSet());
                    goneWhileSettling.clear();
                    presence.users().stream().filter(user -> !owns(user)).forEach(presence::forget);
                    return store.owned(index);
                })
                .onComplete(mine -> {
                    settling = false;
                    if (mine.succeeded()) {
                        reconcile(new HashSet<>(mine.result()));
                        takenOver = ours;
                    } else {
                        // Partitions without an owner, or a node that stops: the next change comes soon.
                        LOG.debug(
                                "Could not look through who is online: {}",
                                mine.cause().toString());
                    }
                    if (again) {
                        settle();
                    }
                });
    }

    private void reconcile(Set<UUID> stored) {
        // Lost with two nodes at once.
        presence.users().stream().filter(user -> !stored.contains(user)).forEach(store::put);
        stored.removeAll(goneWhileSettling);
        stored.forEach(user -> presence.inherit(user, now()));
    }
}
