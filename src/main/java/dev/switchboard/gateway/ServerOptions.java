package dev.switchboard.gateway;

import dev.switchboard.config.Section;
import java.time.Duration;
import java.util.List;

/**
 * The listener. Sizes are in bytes.
 *
 * @param corsOrigins origins of foreign pages that may call; {@code *} alone for any; empty for none
 * @param trustedProxies addresses or networks whose forwarding headers are believed
 */
public record ServerOptions(
        String host,
        int port,
        List<String> corsOrigins,
        List<String> trustedProxies,
        Duration shutdownTimeout,
        int maxBody,
        int maxFrame,
        int maxMessage) {

    public static ServerOptions from(Section section) {
        return new ServerOptions(
                section.text("host"),
                section.integer("port", 0, 65_535),
                section.list("corsOrigin"),
                section.list("trustedProxies"),
                section.duration("shutdownTimeout", Duration.ZERO, Duration.ofMinutes(10)),
                section.bytes("maxBody", 1_024, 64 << 20),
                section.bytes("maxFrame", 1_024, 16 << 20),
                section.bytes("maxMessage", 1_024, 16 << 20));
    }
}
