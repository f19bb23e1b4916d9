package dev.switchboard.gateway.http;

/**
 * A token bucket whose whole state is one number: the time at which it would be full again (the generic cell rate
 * algorithm of ITU-T I.371). A state in the past, 0 for example, is a full bucket. Times are in nanoseconds from any
 * origin, never negative.
 *
 * @param intervalNanos the time in which one token grows
 * @param burst tokens that a full bucket holds
 */
record TokenBucket(long intervalNanos, int burst) {
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * What came of taking a token.
     *
     * @param state the bucket's state afterwards
     * @param remaining whole tokens left
     * @param retryNanos when refused: how long until there is a token; else 0
     * @param resetNanos how long until the bucket is full
     */
    record Outcome(boolean granted, long state, int remaining, long retryNanos, long resetNanos) {}

    TokenBucket {
        if (intervalNanos < 1 || burst < 1) {
            throw new IllegalArgumentException("a bucket needs a rate and room for a token");
        }
    }

    /** A bucket that refills at {@code perSecond} tokens a second. */
    static TokenBucket perSecond(double perSecond, int burst) {
        return new TokenBucket(Math.max(1, Math.round(NANOS_PER_SECOND / perSecond)), burst);
    }

    /** Takes one token from a bucket that was left in {@code state}. */
    Outcome take(long state, long now) {
        long capacity = intervalNanos * burst;
        long full = Math.max(state, now);
        long after = full + intervalNanos;
        long over = after - now - capacity;
        if (over > 0) {
            return new Outcome(false, state, 0, over, full - now);
        }
        return new Outcome(true, after, (int) (-over / intervalNanos), 0, after - now);
    }

    /** Whether a bucket in this state is full: forgetting it changes nothing. */
    static boolean isFull(long state, long now) {
        return state <= now;
    }
}
