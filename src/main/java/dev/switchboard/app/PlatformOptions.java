package dev.switchboard.app;

import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.config.Section;
import dev.switchboard.gateway.ServerOptions;
import dev.switchboard.gateway.bridge.BridgeOptions;
import dev.switchboard.gateway.http.MetricsOptions;
import dev.switchboard.gateway.limit.LimitOptions;
import dev.switchboard.gateway.proxy.SocketOptions;
import dev.switchboard.gateway.route.RouteOptions;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.identity.TokenOptions;
import dev.switchboard.meeting.MeetingOptions;
import dev.switchboard.ops.LogOptions;
import dev.switchboard.participant.PresenceOptions;
import dev.switchboard.room.RoomOptions;
import dev.switchboard.signaling.CallOptions;
import dev.switchboard.signaling.IceOptions;
import dev.switchboard.storage.DatabaseOptions;
import java.util.List;
import java.util.stream.Collectors;

/** All settings, one record per section. Parts whose record is equal to the old one need no restart. */
public record PlatformOptions(
        NodeOptions node,
        ServerOptions server,
        LimitOptions limits,
        DatabaseOptions database,
        ClusterOptions cluster,
        TokenOptions auth,
        RoomOptions rooms,
        BridgeOptions bridge,
        PresenceOptions presence,
        CallOptions calls,
        IceOptions ice,
        MeetingOptions meetings,
        LogOptions log,
        MetricsOptions metrics,
        SocketOptions sockets,
        List<UpstreamOptions> upstreams,
        RouteOptions routes) {

    /**
     * Whether this node serves clients of services alone: it keeps nothing, asks no other node and so joins none. What it
     * lets in it judges by tokens alone; that a session was ended elsewhere it does not hear.
     */
    public boolean standsAlone() {
        return node.role() == NodeOptions.Role.GATEWAY && !routes.needsOperations();
    }

    /** These settings, but for what cannot change while a node runs: that is as it runs with. */
    PlatformOptions whileRunning(PlatformOptions running) {
        return new PlatformOptions(
                running.node,
                Changes.between(running, this).takesEffectLater("server.tls")
                        ? server.withTls(running.server.tls())
                        : server,
                limits,
                running.database,
                running.cluster,
                auth,
                rooms,
                bridge,
                presence,
                calls,
                ice,
                meetings,
                log,
                metrics,
                sockets,
                upstreams,
                routes);
    }

    public static PlatformOptions from(Section root) {
        LimitOptions limits = LimitOptions.from(root.section("limits"));
        List<UpstreamOptions> upstreams = UpstreamOptions.all(root.section("upstreams"));
        return new PlatformOptions(
                NodeOptions.from(root.section("node")),
                ServerOptions.from(root.section("server")),
                limits,
                DatabaseOptions.from(root.section("database")),
                ClusterOptions.from(root.section("cluster")),
                TokenOptions.from(root.section("auth")),
                RoomOptions.from(root.section("rooms")),
                BridgeOptions.from(root.section("bridge")),
                PresenceOptions.from(root.section("presence")),
                CallOptions.from(root.section("calls")),
                IceOptions.from(root.section("ice")),
                MeetingOptions.from(root.section("meetings")),
                LogOptions.from(root.section("log")),
                MetricsOptions.from(root.section("metrics")),
                SocketOptions.from(root.section("sockets")),
                upstreams,
                RouteOptions.from(
                        root,
                        upstreams.stream().map(UpstreamOptions::name).collect(Collectors.toSet()),
                        limits.tiers().keySet()));
    }
}
