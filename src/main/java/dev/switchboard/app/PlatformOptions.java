package dev.switchboard.app;

import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.config.Section;
import dev.switchboard.gateway.ServerOptions;
import dev.switchboard.gateway.bridge.BridgeOptions;
import dev.switchboard.gateway.limit.LimitOptions;
import dev.switchboard.identity.TokenOptions;
import dev.switchboard.ops.LogOptions;
import dev.switchboard.participant.PresenceOptions;
import dev.switchboard.room.RoomOptions;
import dev.switchboard.storage.DatabaseOptions;

/** All of {@code switchboard.yaml}, one record per section. Parts whose record is equal to the old one need no restart. */
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
        LogOptions log) {

    public static PlatformOptions from(Section root) {
        return new PlatformOptions(
                NodeOptions.from(root.section("node")),
                ServerOptions.from(root.section("server")),
                LimitOptions.from(root.section("limits")),
                DatabaseOptions.from(root.section("database")),
                ClusterOptions.from(root.section("cluster")),
                TokenOptions.from(root.section("auth")),
                RoomOptions.from(root.section("rooms")),
                BridgeOptions.from(root.section("bridge")),
                PresenceOptions.from(root.section("presence")),
                LogOptions.from(root.section("log")));
    }
}
