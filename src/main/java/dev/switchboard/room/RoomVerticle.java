package dev.switchboard.room;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Part;
import dev.switchboard.storage.Database;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One shard of the rooms of this node. */
public final class RoomVerticle extends VerticleBase {
    /** How often typing and lost users are looked at. */
    private static final long TICK_MS = 500;

    /** How often large rooms are told how many people there are, and rooms that moved are forgotten. */
    private static final long COUNT_MS = 1_500;

    /** How soon after partitions moved rooms are looked through. */
    private static final long SETTLE_MS = 100;

    /** How often the heads of rooms are compared with the database all the same. */
    private static final long COMPARE_MS = 30_000;

    private final int shardIndex;
    private final Bus bus;
    private final Database database;
    private final Supplier<RoomOptions> options;
    private final Supplier<Duration> grace;
    private final RoomMeters meters;
    private final List<Runnable> listening = new ArrayList<>();
    private boolean settling;

    /**
     * The options are asked for each time: they may change.
     *
     * @param grace how long the users of a lost node have to come back unnoticed
     */
    public RoomVerticle(
            int shardIndex,
            Bus bus,
            Database database,
            Supplier<RoomOptions> options,
            Supplier<Duration> grace,
            RoomMeters meters) {
        this.shardIndex = shardIndex;
        this.bus = bus;
        this.database = database;
        this.options = options;
        this.grace = grace;
        this.meters = meters;
    }

    @Override
    public Future<?> start() {
        RoomShard shard = new RoomShard(bus, new PgRoomStore(database), options, meters);
        UserNotices notices = new UserNotices(bus);
        ConversationStore conversations = new PgConversationStore(database);
        ConversationViews views = new PgConversationViews(database);
        Membership membership = new Membership(shard, conversations, views, notices);
        Blockers blockers = new PgBlockers(database);
        Following following = new Following(shard, membership, notices, blockers, grace);

        Handlers handlers = new Handlers();
        new Messages(shard, notices).register(handlers);
        following.register(handlers);
        new Conversations(shard, conversations, views, membership, notices, blockers).register(handlers);
        new PgChannels(database).register(handlers);

        Context own = context;
        listening.add(bus.ownership().onNodeLost(node -> own.runOnContext(v -> following.nodeLost(node))));
        listening.add(bus.ownership().onChange(() -> own.runOnContext(v -> settle(shard))));
        vertx.setPeriodic(COMPARE_MS, t -> shard.compareHeads());
        vertx.setPeriodic(TICK_MS, t -> {
            shard.loaded().forEach(following::expire);
            meters.shard(shardIndex, shard.size(), shard.committer().queued());
        });
        vertx.setPeriodic(COUNT_MS, t -> shard.sweep(following::tellCount));
        return bus.serve(Part.ROOM, shardIndex, handlers);
    }

    @Override
    public Future<?> stop() {
        listening.forEach(Runnable::run);
        meters.shard(shardIndex, 0, 0);
        return Future.succeededFuture();
    }

    /** Partitions moved: forget what is another's now, and see whether what is ours still was another's meanwhile. */
    private void settle(RoomShard shard) {
        if (settling) {
            return;
        }
        settling = true;
        vertx.setTimer(SETTLE_MS, t -> {
            settling = false;
            shard.sweep(live -> {});
            shard.compareHeads();
        });
    }
}
