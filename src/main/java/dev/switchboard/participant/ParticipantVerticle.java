package dev.switchboard.participant;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Announce;
import dev.switchboard.protocol.ParticipantOperations.Notify;
import dev.switchboard.protocol.ParticipantOperations.Online;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.UUID;

/** One shard of the users of whom this node keeps count: where they have sockets, and whether they are online. */
public final class ParticipantVerticle extends VerticleBase {
    private static final long TICK_MS = 250;
    private static final long SETTLE_MS = 200;

    private final int shardIndex;
    private final Bus bus;
    private final Database database;
    private final HazelcastInstance hazelcast;
    private final PresenceOptions options;
    private final Presence presence;

    private OnlineMap online;
    private PresenceNews news;
    private boolean settling;

    @SuppressWarnings("NullAway.Init") // set in start(), before anything can be asked
    public ParticipantVerticle(
            int shardIndex, Bus bus, Database database, HazelcastInstance hazelcast, PresenceOptions options) {
        this.shardIndex = shardIndex;
        this.bus = bus;
        this.database = database;
        this.hazelcast = hazelcast;
        this.options = options;
        this.presence = new Presence(options.grace().toMillis());
    }

    @Override
    public Future<?> start() {
        online = new OnlineMap(vertx, bus.ownership(), hazelcast);
        news = new PresenceNews(bus, new PgPeerStore(database));
        bus.ownership().onNodeLost(node -> context.runOnContext(v -> presence.nodeLost(node, now())));
        bus.ownership().onChange(() -> context.runOnContext(v -> settle()));
        vertx.setPeriodic(TICK_MS, t -> expire());
        vertx.setPeriodic(options.gather().toMillis(), t -> news.tell());
        settle();
        return bus.serve(
                Part.PARTICIPANT,
                shardIndex,
                new Handlers()
                        .on(ParticipantOperations.ANNOUNCE, (caller, q) -> announce(q))
                        .on(ParticipantOperations.NOTIFY, (caller, q) -> notify(q))
                        .on(
                                ParticipantOperations.QUERY,
                                (caller, q) -> Future.succeededFuture(new Online(q.userIds().stream()
                                        .filter(presence::isOnline)
                                        .toList()))));
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    private boolean owns(UUID user) {
        return bus.ownership().owns(user.toString());
    }

    private Future<Nothing> announce(Announce q) {
        boolean all = true;
        for (UUID user : q.online()) {
            if (!owns(user)) {
                all = false;
            } else if (presence.connected(user, q.nodeId())) {
                online.put(user);
                news.changed(user, true);
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

    private Future<Nothing> notify(Notify q) {
        byte[] event = Json.bytes(q.event());
        for (UUID user : q.userIds()) {
            Delivery delivery = new Delivery(Delivery.USER + user, 0, List.of(event));
            presence.nodesOf(user).forEach(node -> bus.deliver(node, delivery));
        }
        return Future.succeededFuture(Nothing.NOTHING);
    }

    private void expire() {
        List<UUID> gone = presence.expire(now());
        online.remove(gone);
        gone.forEach(user -> news.changed(user, false));
    }

    /** Partitions moved: forget who is another's now, take over who is ours now. */
    private void settle() {
        if (settling) {
            return;
        }
        settling = true;
        vertx.setTimer(SETTLE_MS, t -> {
            settling = false;
            presence.users().stream().filter(user -> !owns(user)).forEach(presence::forget);
            online.owned(shardIndex).onSuccess(mine -> mine.forEach(user -> presence.inherit(user, now())));
        });
    }
}
