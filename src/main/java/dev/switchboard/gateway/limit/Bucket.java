package dev.switchboard.gateway.limit;

import java.math.BigInteger;

/**
 * The rule of a token bucket, exact in whole numbers: {@code limit} tokens grow in {@code window} microseconds, and
 * {@code burst} have room. What was taken is counted in parts of a token, {@code window} to one, of which {@code limit}
 * grow back in a microsecond; so no rate is ever rounded. {@code take.lua} is the same rule for Redis, whose numbers are
 * exact below 2<sup>53</sup>.
 *
 * @param limit tokens that grow in a window; the rate is kept in lowest terms
 * @param window in microseconds
 * @param burst tokens of a full bucket
 */
public record Bucket(long limit, long window, long burst) {
    /** Leaves room for one more token below 2<sup>53</sup>. */
    private static final long MOST = 1L << 52;

    /** A bucket of which nothing was taken: forgetting it changes nothing. */
    public static final Level FULL = new Level(0, 0);

    /**
     * The state of a bucket.
     *
     * @param used parts of tokens that had been taken and not grown back
     * @param at when that was so, in microseconds of any clock
     */
    public record Level(long used, long at) {}

    /**
     * What came of taking tokens.
     *
     * @param level the state afterwards
     * @param used as in {@code level}, but now
     */
    public record Outcome(boolean granted, Level level, long used) {}

    /** @throws IllegalArgumentException when there is no rate or no room, or too much of both to count exactly */
    public Bucket {
        if (limit < 1 || window < 1 || burst < 1) {
            throw new IllegalArgumentException("a bucket needs a rate and room for a token");
        }
        long divisor = BigInteger.valueOf(limit).gcd(BigInteger.valueOf(window)).longValueExact();
        limit /= divisor;
        window /= divisor;
        if (burst > MOST / window || limit > MOST) {
            throw new IllegalArgumentException("too many tokens in too long a window");
        }
    }

    private long most() {
        return burst * window;
    }

    /** Takes tokens from a bucket, or none when there are too few. */
    public Outcome take(Level before, long now, long tokens) {
        long elapsed = now - before.at();
        long used = Math.min(before.used(), most());
        if (elapsed > 0) {
            used = elapsed > used / limit ? 0 : used - elapsed * limit;
        }
        long after = used + tokens * window;
        if (after <= most()) {
            return new Outcome(true, new Level(after, now), after);
        }
        // A clock that was set back must not keep the bucket from filling until it has caught up.
        return new Outcome(false, elapsed < 0 ? new Level(used, now) : before, used);
    }

    /** Whether a bucket is full by now. */
    public boolean isFull(Level level, long now) {
        return now - level.at() > level.used() / limit;
    }

    /** Whole tokens that are left. */
    public long remaining(long used) {
        return Math.max(0, (most() - used) / window);
    }

    /** Microseconds until there is a token, rounded up. */
    public long untilToken(long used) {
        return Math.max(0, ceil(used + window - most()));
    }

    /** Microseconds in which an empty bucket fills, rounded up. */
    public long untilFull() {
        return ceil(most());
    }

    private long ceil(long parts) {
        return Math.floorDiv(parts + limit - 1, limit);
    }
}
