package dev.switchboard.signaling;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One side of a call.
 *
 * @param socketId the one socket that takes part; null for a callee who has not answered
 * @param nodeId the node that holds the socket
 * @param connected whether it said that media flows
 * @param lost whether the socket is gone and the leg waits to be resumed
 * @param until when it is given up: the end of the grace of a lost leg, else the end of a lease that its node renews
 */
record Leg(
        UUID userId,
        @Nullable String socketId,
        @Nullable String nodeId,
        boolean connected,
        boolean lost,
        @Nullable Instant until) {

    /** A leg whose node says nothing for so long is lost: the word that its socket went may have been lost itself. */
    static final Duration LEASE = Duration.ofSeconds(90);

    static Leg absent(UUID userId) {
        return new Leg(userId, null, null, false, false, null);
    }

    static Leg of(UUID userId, String socketId, String nodeId, Instant now) {
        return new Leg(userId, socketId, nodeId, false, false, now.plus(LEASE));
    }

    boolean on(String socket) {
        return socket.equals(socketId);
    }

    Leg connect() {
        return new Leg(userId, socketId, nodeId, true, lost, until);
    }

    /** Its socket is gone; a leg that is lost already keeps its grace. */
    Leg lose(Instant now, Duration grace) {
        return lost || socketId == null ? this : new Leg(userId, socketId, nodeId, connected, true, now.plus(grace));
    }

    /** A lost leg with a new grace. */
    Leg patient(Instant now, Duration grace) {
        return new Leg(userId, socketId, nodeId, connected, true, now.plus(grace));
    }

    Leg resume(String socket, String node, Instant now) {
        return new Leg(userId, socket, node, connected, false, now.plus(LEASE));
    }

    /** Its node holds the socket: one that was taken for lost, out of sight of others for a while, is there again. */
    Leg renew(Instant now) {
        return socketId == null ? this : new Leg(userId, socketId, nodeId, connected, false, now.plus(LEASE));
    }

    boolean isDue(Instant now) {
        return until != null && !now.isBefore(until);
    }
}
