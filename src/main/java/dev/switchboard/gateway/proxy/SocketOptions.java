package dev.switchboard.gateway.proxy;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * Bounds of proxied WebSockets.
 *
 * @param idleTimeout of silence in both directions after which one is closed; a ping is no silence
 * @param expiryGrace how long one may outlive the token that it was opened with
 */
public record SocketOptions(Duration idleTimeout, Duration expiryGrace) {
    /** Reads the section {@code sockets}. */
    public static SocketOptions from(Section section) {
        return new SocketOptions(
                section.duration("idleTimeout", Duration.ofMillis(100), Duration.ofHours(24)),
                section.duration("expiryGrace", Duration.ZERO, Duration.ofHours(1)));
    }
}
