package dev.switchboard.bench;

import java.util.Arrays;

/** A histogram of durations: exact to a microsecond below 64 µs, to 3 % above. For one thread. */
final class Latencies {
    private static final int EXACT = 64;
    private static final int EXACT_BITS = 6;
    private static final int STEP_BITS = 5;
    private static final int STEPS = 1 << STEP_BITS;

    private final long[] counts = new long[EXACT + (Long.SIZE - EXACT_BITS) * STEPS];
    private long total;

    void add(long nanos) {
        counts[bucket(Math.max(0, nanos / 1_000))]++;
        total++;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    long count() {
        return total;
    }

    /** The latency in milliseconds that a share of all did not exceed; 0 when there are none. */
    double millis(double share) {
        long rank = (long) Math.ceil(share * total);
        long seen = 0;
        for (int i = 0; i < counts.length && total > 0; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return upperBound(i) / 1_000.0;
            }
        }
        return 0;
    }

    private static int bucket(long micros) {
        if (micros < EXACT) {
            return (int) micros;
        }
        int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
        int step = (int) (micros >>> (bits - STEP_BITS)) & (STEPS - 1);
        return EXACT + (bits - EXACT_BITS) * STEPS + step;
    }

    private static long upperBound(int bucket) {
        if (bucket < EXACT) {
            return bucket;
        }
        int bits = (bucket - EXACT) / STEPS + EXACT_BITS;
        int step = (bucket - EXACT) % STEPS;
        return (1L << bits) + ((step + 1L) << (bits - STEP_BITS)) - 1;
    }
}
