package dev.switchboard.gateway.upstream;

import java.time.Duration;
import java.util.List;

/**
 * A service behind the gateway.
 *
 * @param name by which routes refer to it
 * @param addresses at least one
 * @param connectTimeout until a connection is made
 * @param idleTimeout until a connection that nothing comes over while an answer is under way is given up
 * @param keepAlive how long an unused connection is kept; shorter than the service keeps it
 * @param maxConnections of one node to one address, for requests
 * @param maxWaiting requests of one node that may wait for a connection
 * @param maxSockets of one node to one address, for WebSockets
 */
public record UpstreamOptions(
        String name,
        List<Address> addresses,
        Duration connectTimeout,
        Duration idleTimeout,
        Duration keepAlive,
        int maxConnections,
        int maxWaiting,
        int maxSockets) {}
