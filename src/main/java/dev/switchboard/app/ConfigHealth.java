package dev.switchboard.app;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.switchboard.bus.Ownership;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the settings are, as {@code /health} shows it; each node knows the hashes of all. */
final class ConfigHealth {
    private static final String MAP = "config-hashes";
    private static final long TIMEOUT_MS = 2_000;

    private final Vertx vertx;
    private final Ownership ownership;
    private final @Nullable HazelcastInstance hazelcast;
    private final Supplier<ConfigState> state;

    /** @param hazelcast null on a node that joined nobody */
    ConfigHealth(Vertx vertx, Ownership ownership, @Nullable HazelcastInstance hazelcast, Supplier<ConfigState> state) {
        this.vertx = vertx;
        this.ownership = ownership;
        this.hazelcast = hazelcast;
        this.state = state;
        if (hazelcast != null) {
            ownership.onNodeLost(node -> hashes(hazelcast).removeAsync(node));
        }
    }

    private static IMap<String, String> hashes(HazelcastInstance hazelcast) {
        return hazelcast.getMap(MAP);
    }

    /** {@code status}, {@code hash}, {@code loadedAt}; {@code errors}, {@code pending} and {@code nodes} where there are any. */
    Future<Map<String, Object>> report() {
        HazelcastInstance member = hazelcast;
        if (member == null) {
            return Future.succeededFuture(report(Map.of()));
        }
        return vertx.executeBlocking(() -> others(member), false)
                .timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .otherwise(Map.of())
                .map(this::report);
    }

    /** Says what this node has, and hears what the others have that differs. */
    private Map<String, String> others(HazelcastInstance member) {
        IMap<String, String> hashes = hashes(member);
        String own = state.get().hash();
        if (!own.equals(hashes.get(ownership.nodeId()))) {
            hashes.set(ownership.nodeId(), own);
        }
        Map<String, String> others = new TreeMap<>(hashes.getAll(ownership.nodes()));
        others.values().removeIf(own::equals);
        return others;
    }

    private Map<String, Object> report(Map<String, String> others) {
        ConfigState now = state.get();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("status", !now.errors().isEmpty() ? "rejected" : others.isEmpty() ? "ok" : "mismatch");
        report.put("hash", now.hash());
        report.put("loadedAt", now.loadedAt().toString());
        if (!now.errors().isEmpty()) {
            report.put(
                    "errors", now.errors().stream().map(ConfigError::toString).toList());
        }
        if (!now.pending().isEmpty()) {
            report.put("pending", now.pending());
        }
        if (!others.isEmpty()) {
            report.put("nodes", others);
        }
        return report;
    }

    /** Tells the other nodes at once. */
    void publish() {
        HazelcastInstance member = hazelcast;
        if (member != null) {
            hashes(member).setAsync(ownership.nodeId(), state.get().hash());
        }
    }
}
