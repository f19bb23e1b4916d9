package dev.switchboard.app;

import dev.switchboard.gateway.http.HttpMeters;
import dev.switchboard.gateway.http.MetricsOptions;
import dev.switchboard.gateway.http.Watching;
import dev.switchboard.ops.HealthChecks;
import dev.switchboard.ops.Metrics;
import io.vertx.core.Vertx;

/** The figures of one node: each part's meters, made once, and how the node itself is. */
final class NodeMetrics implements AutoCloseable {
    private final Metrics metrics;
    private final HttpMeters http;

    NodeMetrics(Vertx vertx) {
        metrics = new Metrics(vertx, version());
        http = new HttpMeters(metrics.meters());
    }

    private static String version() {
        String version = NodeMetrics.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    Watching watching(HealthChecks health, MetricsOptions access) {
        return new Watching(health, http, metrics, access);
    }

    @Override
    public void close() {
        metrics.close();
    }
}
