package dev.switchboard.gateway.bridge;

import dev.switchboard.gateway.limit.Bucket;
import java.util.concurrent.TimeUnit;

/** How many messages a socket may send: a burst, then a rate. */
final class Allowance {
    /** The cost of a message, in the tokens of {@link #bucket}. */
    static final int MESSAGE = 10;

    /** The cost of frames that only keep books: a client that comes back registers everything at once. */
    static final int BOOKKEEPING = 1;

    /** A socket that goes on after so many times its burst was refused, without a pause, is closed. */
    private static final int PATIENCE = 5;

    private final Bucket bucket;
    private Bucket.Level level = Bucket.FULL;
    private int refused;

    /** @param bucket as {@link #bucket} makes it */
    Allowance(Bucket bucket) {
        this.bucket = bucket;
    }

    /** The rule for sockets that may send so many messages. */
    static Bucket bucket(int burst, int perSecond) {
        return new Bucket((long) perSecond * MESSAGE, TimeUnit.SECONDS.toMicros(1), (long) burst * MESSAGE);
    }

    /** Takes {@code cost} tokens, or none when there are too few. */
    boolean take(int cost, long nowMillis) {
        long now = TimeUnit.MILLISECONDS.toMicros(nowMillis);
        if (bucket.isFull(level, now)) {
            refused = 0;
        }
        Bucket.Outcome outcome = bucket.take(level, now, cost);
        level = outcome.level();
        if (!outcome.granted()) {
            refused++;
        }
        return outcome.granted();
    }

    /** Whether the client goes on sending although it was told to stop. */
    boolean abused() {
        return refused > PATIENCE * (bucket.burst() / MESSAGE);
    }
}
