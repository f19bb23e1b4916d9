package dev.switchboard.signaling;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.ClusterRecords;
import dev.switchboard.bus.Faults;
import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.RecordStore;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.IceOperations;
import dev.switchboard.protocol.NotificationOperations;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Query;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** One shard of the calls of this node. */
public final class SignalingVerticle extends VerticleBase {
    /** How often it is looked at what is due. */
    private static final long TICK_MS = 500;

    /**
     * Every so many ticks the cluster is asked which calls are there, and whenever keys moved. Those that begin here are
     * known; only one that was begun elsewhere just while keys moved is found so.
     */
    private static final int LOOK_TICKS = 20;

    /** How long to wait for somebody else to finish what was begun. */
    private static final long PAUSE_MS = 25;

    /** After so long, who could not be told of a missed call is asked for again: an owner's death is noticed meanwhile. */
    private static final long RETELL_MS = 3_000;

    /** Whoever hears that a call is over may look for it in its history; but not if that takes so long. */
    private static final long SAVE_FIRST_MS = 500;

    private static final long EXPIRE_MS = 60_000;

    private final int shardIndex;
    private final Bus bus;
    private final Database database;
    private final HazelcastInstance hazelcast;
    private final Supplier<CallOptions> options;
    private final Supplier<IceOptions> ice;
    private final CallMeters meters;
    private final AtomicBoolean moved = new AtomicBoolean(true);
    private Runnable hearNoMore = () -> {};
    private int ticks;
    private boolean sweeping;

    /** The options are asked for each time: they may change. */
    public SignalingVerticle(
            int shardIndex,
            Bus bus,
            Database database,
            HazelcastInstance hazelcast,
            Supplier<CallOptions> options,
            Supplier<IceOptions> ice,
            CallMeters meters) {
        this.shardIndex = shardIndex;
        this.bus = bus;
        this.database = database;
        this.hazelcast = hazelcast;
        this.options = options;
        this.ice = ice;
        this.meters = meters;
    }

    @Override
    public Future<?> start() {
        Clock clock = Clock.systemUTC();
        RecordStore<CallEntry> store =
                new ClusterRecords<>(vertx, bus.ownership(), hazelcast, "calls", CallEntry.class);
        CallClaims claims = new HazelcastCallClaims(vertx, hazelcast);
        CallLog log = new PgCallLog(database, meters);
        Notifications notifications = new PgNotifications(database);
        Calls calls = new Calls(
                store,
                claims,
                log,
                new BusCallNews(bus, notifications, () -> pause(RETELL_MS)),
                () -> pause(SAVE_FIRST_MS),
                () -> options.get().times(),
                clock);
        CallOwners owners = new BusCallOwners(bus);
        Initiation initiation = new Initiation(() -> pause(PAUSE_MS), calls, claims, owners);
        InitiationLimits limits = new InitiationLimits(options, () -> System.nanoTime() / 1_000_000);
        IceCredentials credentials = new IceCredentials(ice);
        NotificationRequests reading = new NotificationRequests(notifications);

        Handlers handlers = new Handlers()
                .on(
                        IceOperations.ICE_SERVERS,
                        (caller, q) -> Future.succeededFuture(credentials.of(caller.user(), clock.instant())))
                .on(NotificationOperations.LIST, reading::list)
                .on(NotificationOperations.READ, reading::read);
        Signals signals = new Signals(bus, calls);
        signals.register(handlers);
        new CallRequests(this::hasSocket, calls, claims, log, owners, initiation, limits).register(handlers);

        CallSweep due = new CallSweep(store, calls);
        hearNoMore = bus.ownership().onChange(() -> {
            moved.set(true);
            context.runOnContext(v -> calls.forgetAll());
        });
        vertx.setPeriodic(TICK_MS, t -> sweep(due, store, signals));
        vertx.setPeriodic(EXPIRE_MS, t -> limits.expire());
        return bus.serve(Part.SIGNALING, shardIndex, handlers);
    }

    @Override
    public Future<?> stop() {
        hearNoMore.run();
        meters.shard(shardIndex, List.of());
        return Future.succeededFuture();
    }

    private Future<Void> pause(long millis) {
        return vertx.timer(millis, TimeUnit.MILLISECONDS).mapEmpty();
    }

    private Future<Boolean> hasSocket(UUID user) {
        // Within a request that the bus repeats: no longer than one try of it.
        return bus.forward(ParticipantOperations.QUERY, Caller.system(), new Query(List.of(user)))
                .map(answer -> answer.online().contains(user));
    }

    /** Carries out what is due for the calls that are this shard's now. */
    private void sweep(CallSweep due, RecordStore<CallEntry> store, Signals signals) {
        if (sweeping) {
            return;
        }
        sweeping = true;
        Set<String> nodes = bus.ownership().nodes();
        List<Call.State> states = new ArrayList<>();
        look(due, store, signals)
                .compose(looked -> due.sweep(nodes, call -> {
                    signals.flush(call);
                    states.add(call.state());
                }))
                // Which logs what nobody expects: records that cannot be read, for example, would never end.
                .onFailure(Faults::of)
                .onComplete(done -> {
                    sweeping = false;
                    meters.shard(shardIndex, states);
                });
    }

    private Future<?> look(CallSweep due, RecordStore<CallEntry> store, Signals signals) {
        boolean asks = moved.getAndSet(false) || ticks % LOOK_TICKS == shardIndex % LOOK_TICKS;
        ticks++;
        if (!asks) {
            return Future.succeededFuture();
        }
        return store.owned(shardIndex)
                .onSuccess(ids -> {
                    due.owned(ids);
                    signals.retain(ids);
                })
                .onFailure(e -> moved.set(true));
    }
}
