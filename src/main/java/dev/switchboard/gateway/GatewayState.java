package dev.switchboard.gateway;

import dev.switchboard.gateway.upstream.UpstreamState;
import java.util.List;

/**
 * How the gateway of a node is at one moment, for metrics; counts are since the node started.
 *
 * @param upstreams in the order of the settings
 * @param limitedByNode requests whose limit this node decided by itself because Redis did not answer in time
 * @param refusedConnections closed at once because their address had too many
 */
public record GatewayState(List<UpstreamState> upstreams, long limitedByNode, long refusedConnections) {
    /** Of a node without a door. */
    public static final GatewayState NONE = new GatewayState(List.of(), 0, 0);
}
