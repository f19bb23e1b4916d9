package dev.switchboard.app;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.gateway.limit.Limits;
import dev.switchboard.gateway.limit.RedisLimiter;
import dev.switchboard.ops.HealthChecks;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The health of one node: its database, its place in the cluster, its memory. */
final class NodeHealth implements HealthChecks {
    private static final long TIMEOUT_MS = 2_000;
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MIB = 1024 * 1024;

    private final Vertx vertx;
    private final @Nullable HazelcastInstance hazelcast;
    private final @Nullable Database database;
    private final AtomicReference<@Nullable Checked> last = new AtomicReference<>();
    private volatile boolean ready;
    private volatile @Nullable Limits limits;
    private volatile @Nullable ConfigHealth config;

    private record Checked(long at, Future<Report> report) {}

    /**
     * @param hazelcast null on a node that joined nobody
     * @param database null on a node that owns no state
     */
    NodeHealth(Vertx vertx, @Nullable HazelcastInstance hazelcast, @Nullable Database database) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.database = database;
    }

    /** From now on the state of Redis belongs to the report. */
    void limits(Limits asked) {
        limits = asked;
    }

    /** From now on the state of the settings belongs to the report. */
    void config(ConfigHealth asked) {
        config = asked;
    }

    void ready(boolean now) {
        ready = now;
    }

    @Override
    public boolean ready() {
        return ready && (hazelcast == null || hazelcast.getLifecycleService().isRunning());
    }

    /** Anybody may ask, as often as they like: the checks run at most once a second. */
    @Override
    public Future<Report> report() {
        long now = System.nanoTime();
        Checked known = last.get();
        if (known != null && now - known.at() < MAX_AGE_NANOS) {
            return known.report();
        }
        Future<Report> report = check();
        last.set(new Checked(now, report));
        return report;
    }

    private Future<Report> check() {
        Future<Boolean> databaseUp = database == null
                ? Future.succeededFuture(true)
                : database.ping()
                        .timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .map(true)
                        .otherwise(false);
        HazelcastInstance member = hazelcast;
        Future<Boolean> clusterSafe = member == null
                ? Future.succeededFuture(true)
                : vertx.executeBlocking(() -> member.getPartitionService().isClusterSafe(), false)
                        .timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .otherwise(false);
        ConfigHealth settings = config;
        Future<Map<String, Object>> configured =
                settings == null ? Future.succeededFuture(Map.of()) : settings.report();
        return Future.all(databaseUp, clusterSafe, configured)
                .map(all -> report(databaseUp.result(), clusterSafe.result(), configured.result()));
    }

    private Report report(boolean databaseUp, boolean clusterSafe, Map<String, Object> configured) {
        Map<String, Map<String, Object>> info = new LinkedHashMap<>();
        boolean stores = databaseUp && (database == null || database.stores());
        if (database != null) {
            info.put("database", Map.of("status", !databaseUp ? "down" : stores ? "up" : "degraded", "stores", stores));
        }
        if (hazelcast != null) {
            info.put("cluster", clusterReport(hazelcast, clusterSafe));
        }
        Limits asked = limits;
        RedisLimiter limiter = asked == null ? null : asked.redis();
        info.put("redis", redisReport(limiter));
        if (!configured.isEmpty()) {
            info.put("config", configured);
        }
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        info.put("memory", Map.of("status", "up", "heapUsed", used / MIB + "MB"));
        boolean whole = stores && clusterSafe && (limiter == null || limiter.isUp());
        Status status = !databaseUp ? Status.DOWN : whole ? Status.OK : Status.DEGRADED;
        return Report.of(status, info);
    }

    private static Map<String, Object> clusterReport(HazelcastInstance member, boolean safe) {
        return Map.of(
                "status",
                member.getLifecycleService().isRunning() ? "up" : "down",
                "members",
                member.getCluster().getMembers().size(),
                "safe",
                safe);
    }

    private static Map<String, Object> redisReport(@Nullable RedisLimiter limiter) {
        return limiter == null
                ? Map.of("status", "absent")
                : Map.of("status", limiter.isUp() ? "up" : "down", "decidedByNode", limiter.decidedByNode());
    }
}
