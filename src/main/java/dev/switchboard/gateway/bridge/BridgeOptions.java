package dev.switchboard.gateway.bridge;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * Bounds of the event-bus door.
 *
 * @param authTimeout within which {@code auth} must come
 * @param pingTimeout of silence after which a socket is closed
 * @param heartbeat between SockJS {@code h} frames
 * @param expiryGrace how long a socket may outlive its token
 * @param expiryWarning how long before the token's end {@code session:expiring} is sent
 * @param queueBytes what may wait for one slow socket
 * @param maxRegistrations addresses of one socket
 * @param maxConnections sockets of one node
 * @param maxOutstanding requests of one socket that may be under way; beyond it the socket is not read
 * @param messageBurst messages that one socket may send at once
 * @param messageRate messages that one socket may send per second for long
 * @param signalBurst WebRTC signals that one socket may send at once
 * @param signalRate WebRTC signals that one socket may send per second for long
 */
public record BridgeOptions(
        Duration authTimeout,
        Duration pingTimeout,
        Duration heartbeat,
        Duration expiryGrace,
        Duration expiryWarning,
        int queueBytes,
        int maxRegistrations,
        int maxConnections,
        int maxOutstanding,
        int messageBurst,
        int messageRate,
        int signalBurst,
        int signalRate) {

    public static BridgeOptions from(Section section) {
        Duration shortest = Duration.ofMillis(100);
        Duration longest = Duration.ofHours(1);
        return new BridgeOptions(
                section.duration("authTimeout", shortest, longest),
                section.duration("pingTimeout", shortest, longest),
                section.duration("heartbeat", shortest, longest),
                section.duration("expiryGrace", Duration.ZERO, longest),
                section.duration("expiryWarning", Duration.ZERO, longest),
                section.bytes("queueBytes", 64 << 10, 1 << 30),
                section.integer("maxRegistrations", 1, 1_000_000),
                section.integer("maxConnections", 1, 10_000_000),
                section.integer("maxOutstanding", 1, 10_000),
                section.integer("messageBurst", 1, 1_000_000),
                section.integer("messageRate", 1, 1_000_000),
                section.integer("signalBurst", 1, 1_000_000),
                section.integer("signalRate", 1, 1_000_000));
    }
}
