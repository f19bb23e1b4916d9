package dev.switchboard.room;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * Bounds of a node's rooms.
 *
 * @param idleTimeout after which a room that nobody follows leaves memory
 * @param maxIdle how many such rooms may stay in memory
 * @param maxQueued messages that may wait for their commit
 */
public record RoomOptions(Duration idleTimeout, int maxIdle, int maxQueued) {
    public static RoomOptions from(Section section) {
        return new RoomOptions(
                section.duration("idleTimeout", Duration.ofSeconds(1), Duration.ofDays(1)),
                section.integer("maxIdle", 0, 10_000_000),
                section.integer("maxQueued", 1, 10_000_000));
    }
}
