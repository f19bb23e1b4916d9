package dev.switchboard.gateway.bridge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One room as a node follows it. Used on the node hub's context only. */
final class NodeRoom {
    private static final long FIRST_RETRY_MS = 250;
    private static final long LAST_RETRY_MS = 8_000;
    private static final long MISSING_MS = 3_000;

    Entering.Kind kind;
    final Feed<EventFrame> feed = new Feed<>();
    /** How many sockets each user has in the room. */
    final Map<UUID, Integer> users = new HashMap<>();
    /** Attachments that need the feed to come further first. */
    final List<Runnable> waiting = new ArrayList<>();

    /** How many joins are under way. */
    int joining;

    boolean following;
    /** Whether to compare with the owner once more when the comparison under way has ended. */
    boolean again;
    /** The node that was its owner when they last compared. */
    String owner = "";

    boolean retrying;

    /** When its owner first said that there is no such meeting; 0 while it knows it. */
    long missingSince;

    private long retryMs = FIRST_RETRY_MS;

    NodeRoom(Entering.Kind kind) {
        this.kind = kind;
    }

    /** How long to wait after one more failure: each time twice as long, up to a bound. */
    long nextRetryMs() {
        long now = retryMs;
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
        return now;
    }

    void succeeded() {
        retryMs = FIRST_RETRY_MS;
        missingSince = 0;
    }

    /**
     * Its owner says that there is no such room. A meeting's may say so while halves of the cluster put together what each
     * of them kept, so it is asked for a while.
     *
     * @return whether that is certain
     */
    boolean isOver() {
        if (kind == Entering.Kind.CONVERSATION) {
            return true;
        }
        long now = System.nanoTime();
        if (missingSince == 0) {
            missingSince = now;
        }
        return (now - missingSince) / 1_000_000 >= MISSING_MS;
    }
}
