package dev.switchboard.gateway.bridge;

/** How many messages a socket may send: a burst, then a rate. */
final class TokenBucket {
    /** A socket that goes on after so many times its burst was refused, without a pause, is closed. */
    private static final int PATIENCE = 5;

    private final int burst;
    private final int perSecond;
    private double tokens;
    private long filledAt;
    private int refused;

    TokenBucket(int burst, int perSecond, long nowMillis) {
        this.burst = burst;
        this.perSecond = perSecond;
        this.tokens = burst;
        this.filledAt = nowMillis;
    }

    /** Takes {@code cost} tokens, or none when there are too few. */
    boolean take(double cost, long nowMillis) {
        tokens = Math.min(burst, tokens + (nowMillis - filledAt) * perSecond / 1000.0);
        filledAt = nowMillis;
        if (tokens == burst) {
            refused = 0;
        }
        if (tokens < cost) {
            refused++;
            return false;
        }
        tokens -= cost;
        return true;
    }

    /** Whether the client goes on sending although it was told to stop. */
    boolean abused() {
        return refused > PATIENCE * burst;
    }
}
