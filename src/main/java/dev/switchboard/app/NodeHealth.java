package dev.switchboard.app;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.gateway.limit.Limits;
import dev.switchboard.gateway.limit.RedisLimiter;
import dev.switchboard.ops.HealthChecks;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The health of one node: its database, its place in the cluster, its memory. */
final class NodeHealth implements HealthChecks {
    private static final long TIMEOUT_MS = 2_000;
    private static final long LOOK_AGAIN_MS = 100;
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MIB = 1024 * 1024;

    private static final String DATABASE = "database";
    private static final String REDIS = "redis";
    private static final String CLUSTER = "cluster";

    /** What a node relies on; each is a check, {@code absent} where the node has none. */
    static final List<String> PARTS = List.of(DATABASE, REDIS, CLUSTER);

    private static final Map<String, Object> ABSENT = Map.of("status", "absent");

    private final Vertx vertx;
    private final @Nullable HazelcastInstance hazelcast;
    private final @Nullable Database database;
    private final AtomicReference<@Nullable Checked> last = new AtomicReference<>();
    private volatile boolean started;
    private volatile boolean leaving;
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

    /**
     * The node serves. It is ready as soon as the cluster's memory has its backups, of which the newcomer holds some: before
     * that, the loss of another node could be the loss of what only the two of them have.
     */
    void started() {
        clusterSafe().onComplete(safe -> {
            if (Boolean.TRUE.equals(safe.result())) {
                started = true;
            } else if (!leaving) {
                vertx.setTimer(LOOK_AGAIN_MS, t -> started());
            }
        });
    }

    /** The node is about to stop, and wants nothing new. */
    void leaving() {
        leaving = true;
    }

    @Override
    public boolean ready() {
        return started
                && !leaving
                && (hazelcast == null || hazelcast.getLifecycleService().isRunning());
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

    /** 1 for a part that answered last, 0 for one that did not, NaN where there is none or nothing is known. */
    double up(String part) {
        return figure(part, "status", status -> !status.equals("absent"), "down"::equals);
    }

    /** 1 when the cluster's memory had its backups at the last look, 0 when not, NaN where there is none. */
    double safe() {
        return figure(CLUSTER, "safe", known -> true, Boolean.FALSE::equals);
    }

    private double figure(String part, String field, Predicate<Object> there, Predicate<Object> bad) {
        Checked known = last.get();
        Report report = known == null ? null : known.report().result();
        Object value = report == null
                ? null
                : report.info().getOrDefault(part, Map.of()).get(field);
        return value == null || !there.test(value) ? Double.NaN : bad.test(value) ? 0 : 1;
    }

    private Future<Report> check() {
        Future<Boolean> databaseUp = database == null
                ? Future.succeededFuture(true)
                : database.ping()
                        .timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .map(true)
                        .otherwise(false);
        Future<Boolean> clusterSafe = clusterSafe();
        ConfigHealth settings = config;
        Future<Map<String, Object>> configured =
                settings == null ? Future.succeededFuture(Map.of()) : settings.report();
        return Future.all(databaseUp, clusterSafe, configured)
                .map(all -> report(databaseUp.result(), clusterSafe.result(), configured.result()));
    }

    private Future<Boolean> clusterSafe() {
        HazelcastInstance member = hazelcast;
        return member == null
                ? Future.succeededFuture(true)
                : vertx.executeBlocking(() -> member.getPartitionService().isClusterSafe(), false)
                        .timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .otherwise(false);
    }

    private Report report(boolean databaseUp, boolean clusterSafe, Map<String, Object> configured) {
        Map<String, Map<String, Object>> info = new LinkedHashMap<>();
        boolean stores = databaseUp && (database == null || database.stores());
        info.put(
                DATABASE,
                database == null
                        ? ABSENT
                        : Map.of("status", !databaseUp ? "down" : stores ? "up" : "degraded", "stores", stores));
        Limits asked = limits;
        RedisLimiter limiter = asked == null ? null : asked.redis();
        info.put(REDIS, redisReport(limiter));
        info.put(CLUSTER, hazelcast == null ? ABSENT : clusterReport(hazelcast, clusterSafe));
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
                ? ABSENT
                : Map.of("status", limiter.isUp() ? "up" : "down", "decidedByNode", limiter.decidedByNode());
    }
}
