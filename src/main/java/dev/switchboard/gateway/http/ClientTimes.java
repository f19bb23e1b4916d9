package dev.switchboard.gateway.http;

import dev.switchboard.config.Section;
import java.time.Duration;

/**
 * How long clients may take, so that those that send little by little keep no connection from others.
 *
 * @param header from the connection, or from the first byte of a later request, to the end of its head
 * @param body for a body of no bytes; {@code minBodyRate} gives more to longer ones
 * @param minBodyRate bytes a second that a body must bring on average, once {@code body} is over; and that a client must
 *     take of an answer that waits for it
 * @param keepAlive for which an idle connection is kept for another request
 * @param stall for which an answer may wait for the client to take a part of it
 */
public record ClientTimes(Duration header, Duration body, int minBodyRate, Duration keepAlive, Duration stall) {
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofMinutes(10);

    /** Reads them from the section of the listener. */
    public static ClientTimes from(Section section) {
        return new ClientTimes(
                section.duration("headerTimeout", LEAST, MOST),
                section.duration("bodyTimeout", LEAST, MOST),
                section.bytes("minBodyRate", 1, 1 << 20),
                section.duration("keepAliveTimeout", LEAST, MOST),
                section.duration("stallTimeout", LEAST, MOST));
    }

    /** How long so many bytes of an answer that is complete may take, in nanoseconds. */
    long nanosToTake(long bytes) {
        return stall.toNanos() + Duration.ofSeconds(1).toNanos() * bytes / minBodyRate;
    }

    /** How long so many bytes of a body may take, in nanoseconds. */
    long nanosFor(long bytes) {
        return body.toNanos() + Duration.ofSeconds(1).toNanos() * bytes / minBodyRate;
    }
}
