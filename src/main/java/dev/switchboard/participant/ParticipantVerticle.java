package dev.switchboard.participant;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.storage.Database;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** One shard of the users of whom this node keeps count: where they have sockets, and whether they are online. */
public final class ParticipantVerticle extends VerticleBase {
    private static final long TICK_MS = 250;

    /** A safety net under changes that were missed, or that came while partitions were on their way. */
    private static final long CHECK_MS = 20_000;

    private final int shardIndex;
    private final Bus bus;
    private final PeerStore peers;
    private final BlockStore blocks;
    private final Function<Vertx, OnlineStore> stores;
    private final Supplier<PresenceOptions> options;
    private final List<Runnable> listening = new ArrayList<>();

    /** @param options asked for each time: they may change */
    public ParticipantVerticle(
            int shardIndex,
            Bus bus,
            Database database,
            HazelcastInstance hazelcast,
            Supplier<PresenceOptions> options) {
        this(
                shardIndex,
                bus,
                new PgPeerStore(database),
                new PgBlockStore(database),
                vertx -> new HazelcastOnlineStore(vertx, bus.ownership(), hazelcast),
                options);
    }

    ParticipantVerticle(
            int shardIndex,
            Bus bus,
            PeerStore peers,
            BlockStore blocks,
            Function<Vertx, OnlineStore> stores,
            Supplier<PresenceOptions> options) {
        this.shardIndex = shardIndex;
        this.bus = bus;
        this.peers = peers;
        this.blocks = blocks;
        this.stores = stores;
        this.options = options;
    }

    @Override
    public Future<?> start() {
        PresenceShard shard = new PresenceShard(
                vertx, shardIndex, bus, stores.apply(vertx), new PresenceNews(bus, peers), () -> options.get()
                        .grace());
        Context own = context;
        listening.add(bus.ownership().onNodeLost(node -> own.runOnContext(v -> shard.nodeLost(node))));
        listening.add(bus.ownership().onChange(() -> own.runOnContext(v -> shard.settle())));
        vertx.setPeriodic(TICK_MS, t -> shard.expire());
        vertx.setPeriodic(CHECK_MS, t -> shard.settle());
        tellNewsLater(shard);
        shard.settle();
        Handlers handlers = new Handlers()
                .on(ParticipantOperations.ANNOUNCE, (caller, q) -> shard.announce(q))
                .on(ParticipantOperations.NOTIFY, (caller, q) -> shard.notify(q))
                .on(ParticipantOperations.QUERY, (caller, q) -> shard.query(q));
        new Blocks(blocks, peers, shard).register(handlers);
        return bus.serve(Part.PARTICIPANT, shardIndex, handlers);
    }

    /** The next time is as far away as the options say by then. */
    private void tellNewsLater(PresenceShard shard) {
        vertx.setTimer(options.get().gather().toMillis(), t -> {
            shard.tellNews();
            tellNewsLater(shard);
        });
    }

    @Override
    public Future<?> stop() {
        listening.forEach(Runnable::run);
        return Future.succeededFuture();
    }
}
