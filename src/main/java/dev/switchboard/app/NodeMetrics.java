package dev.switchboard.app;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.switchboard.bus.Bus;
import dev.switchboard.config.ConfigState;
import dev.switchboard.gateway.GatewayMeters;
import dev.switchboard.gateway.GatewayState;
import dev.switchboard.gateway.bridge.BridgeMeters;
import dev.switchboard.gateway.http.HttpMeters;
import dev.switchboard.gateway.http.MetricsOptions;
import dev.switchboard.gateway.http.Watching;
import dev.switchboard.meeting.MeetingMeters;
import dev.switchboard.ops.HealthChecks;
import dev.switchboard.ops.LoopLag;
import dev.switchboard.ops.Meters;
import dev.switchboard.ops.Metrics;
import dev.switchboard.room.RoomMeters;
import dev.switchboard.signaling.CallMeters;
import dev.switchboard.storage.Database;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Vertx;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The figures of one node: what each part counts, in meters made once for all of its shards and loops, and how the node is. */
final class NodeMetrics implements AutoCloseable {
    private final Metrics metrics;
    private final Meters meters;
    private final LoopLag lag;
    private final NodeHealth health;
    private final HttpMeters http;
    private final BridgeMeters bridge;
    private final RoomMeters rooms;
    private final CallMeters calls;
    private final MeetingMeters meetings;

    /**
     * @param hazelcast null on a node that joined nobody
     * @param database null on a node that owns no state
     */
    NodeMetrics(
            Vertx vertx,
            Bus bus,
            NodeHealth health,
            Supplier<GatewayState> gateway,
            @Nullable HazelcastInstance hazelcast,
            @Nullable Database database) {
        this.health = health;
        metrics = new Metrics(vertx, version());
        meters = metrics.meters();
        lag = new LoopLag(vertx, meters);
        http = new HttpMeters(meters);
        bridge = new BridgeMeters(meters);
        rooms = new RoomMeters(meters);
        calls = new CallMeters(meters);
        meetings = new MeetingMeters(meters);
        GatewayMeters upstreams = new GatewayMeters(meters, gateway);
        metrics.beforeScrape(() -> {
            upstreams.refresh();
            return health.report();
        });
        health();
        meters.counter(
                "switchboard_bus_deliveries_dropped_total",
                "Deliveries that were not sent because their node did not read.",
                bus::dropped);
        meters.gauge(
                "switchboard_netty_direct_memory_bytes",
                "Memory outside of the heap that the network buffers use.",
                PlatformDependent::usedDirectMemory);
        if (hazelcast != null) {
            cluster(hazelcast);
        }
        if (database != null) {
            database(database);
        }
    }

    private static String version() {
        String version = NodeMetrics.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private void health() {
        meters.gauge(
                "switchboard_ready",
                "Whether the node wants new work, as /health/ready says.",
                () -> health.ready() ? 1 : 0);
        for (String part : NodeHealth.PARTS) {
            meters.gauge(
                    "switchboard_up",
                    "Whether something that the node relies on answers; NaN for what it has not.",
                    () -> health.up(part),
                    "part",
                    part);
        }
    }

    private void cluster(HazelcastInstance hazelcast) {
        meters.gauge(
                "switchboard_cluster_members",
                "Nodes of the cluster, as this one sees it.",
                whileActive(() -> hazelcast.getCluster().getMembers().size()));
        meters.gauge("switchboard_cluster_safe", "Whether all that is kept in memory has its backup.", health::safe);
        meters.gauge(
                "switchboard_cluster_partitions_owned",
                "Partitions, and so keys, that this node owns.",
                whileActive(() -> hazelcast.getPartitionService().getPartitions().stream()
                        .filter(partition -> partition.getOwner() != null
                                && partition.getOwner().localMember())
                        .count()));
    }

    private static DoubleSupplier whileActive(DoubleSupplier figure) {
        return () -> {
            try {
                return figure.getAsDouble();
            } catch (HazelcastInstanceNotActiveException leaving) {
                return Double.NaN;
            }
        };
    }

    private void database(Database database) {
        String connections = "switchboard_database_connections";
        String meaning = "Connections of the pool: open, used by a call at the moment, and how many there may be.";
        use(database, connections, meaning, Database.Use::connections, "state", "open");
        use(database, connections, meaning, Database.Use::inUse, "state", "in_use");
        use(database, connections, meaning, Database.Use::most, "state", "most");
        use(database, "switchboard_database_calls_waiting", "Calls that wait for a connection.", Database.Use::waiting);
        meters.counter("switchboard_database_calls_total", "Calls of the database.", () -> database.use()
                .calls());
        meters.counter(
                "switchboard_database_calls_failed_total",
                "Calls of the database that failed, those among them that it refused.",
                () -> database.use().failed());
    }

    private void use(
            Database database, String name, String meaning, ToDoubleFunction<Database.Use> figure, String... labels) {
        meters.gauge(name, meaning, () -> figure.applyAsDouble(database.use()), labels);
    }

    /** What the node says of itself, and to whom. */
    Watching watching(HealthChecks checks, MetricsOptions access) {
        return new Watching(checks, http, metrics, access);
    }

    /** From now on the state of the settings belongs to the figures. */
    void config(Supplier<ConfigState> state) {
        String changes = "switchboard_config_changes_total";
        String meaning = "Changes of the settings' files since the start, taken into effect or rejected.";
        meters.counter(changes, meaning, () -> state.get().accepted(), "result", "applied");
        meters.counter(changes, meaning, () -> state.get().refused(), "result", "rejected");
        meters.gauge(
                "switchboard_config_rejected",
                "Whether the settings' files have mistakes, so that older settings are in effect.",
                () -> state.get().errors().isEmpty() ? 0 : 1);
        meters.gauge(
                "switchboard_config_loaded_timestamp_seconds",
                "When the settings in effect were read, since the epoch.",
                () -> state.get().loadedAt().getEpochSecond());
    }

    BridgeMeters bridge() {
        return bridge;
    }

    RoomMeters rooms() {
        return rooms;
    }

    CallMeters calls() {
        return calls;
    }

    MeetingMeters meetings() {
        return meetings;
    }

    @Override
    public void close() {
        lag.close();
        metrics.close();
    }
}
