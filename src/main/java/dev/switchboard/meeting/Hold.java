package dev.switchboard.meeting;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * A socket somewhere in the cluster that holds a place.
 *
 * @param lost whether the socket is gone and the place waits for another one
 * @param until when it is given up: the end of the grace when it is lost, else of a lease that its node renews
 */
record Hold(String socketId, String nodeId, boolean lost, Instant until) {

    /** A socket whose node says nothing for so long is lost: the word that it went may have been lost itself. */
    static final Duration LEASE = Duration.ofSeconds(90);

    static Hold of(String socketId, String nodeId, Instant now) {
        return new Hold(socketId, nodeId, false, now.plus(LEASE));
    }

    boolean on(String socket) {
        return socketId.equals(socket);
    }

    boolean isDue(Instant now) {
        return !now.isBefore(until);
    }

    /** Gone; what is lost already keeps its grace. */
    Hold lose(Instant now, Duration grace) {
        return lost ? this : new Hold(socketId, nodeId, true, now.plus(grace));
    }

    Hold renew(Instant now) {
        return lost ? this : of(socketId, nodeId, now);
    }

    /** What time and the death of nodes do to it; when it is lost and due, it is over. */
    Hold tick(Set<String> living, Instant now, Duration grace) {
        return !living.contains(nodeId) || isDue(now) ? lose(now, grace) : this;
    }

    boolean isOver(Instant now) {
        return lost && isDue(now);
    }
}
