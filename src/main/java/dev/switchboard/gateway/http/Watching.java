package dev.switchboard.gateway.http;

import dev.switchboard.ops.HealthChecks;
import dev.switchboard.ops.Metrics;

/**
 * What a node says of itself, and to whom.
 *
 * @param meters what the HTTP doors of the node count
 * @param access who may read the metrics, and at which listener
 */
public record Watching(HealthChecks health, HttpMeters meters, Metrics metrics, MetricsOptions access) {}
