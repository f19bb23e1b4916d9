package dev.switchboard.bench;

import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** Looks for the highest rate that holds: doubles until one does not, then halves the gap. */
final class RateSearch {
    private static final double HIGHEST = 1e7;

    private final double limitMillis;
    private final int refinements;

    /**
     * A search that ends within {@code 2^-refinements} of the rate that did not hold.
     *
     * @param limitMillis what 99 of 100 must stay under
     * @param refinements how often the gap is halved
     */
    RateSearch(double limitMillis, int refinements) {
        this.limitMillis = limitMillis;
        this.refinements = refinements;
    }

    /**
     * The best level that held, or the first one if none did.
     *
     * @param easy the rate to begin with
     * @param attempt measures at a rate
     */
    Level from(double easy, DoubleFunction<Level> attempt) {
        @Nullable Level best = null;
        double rate = easy;
        double failed = HIGHEST;
        while (rate < failed) {
            Level level = twice(rate, attempt);
            if (!level.holds(limitMillis)) {
                if (best == null) {
                    return level;
                }
                failed = rate;
                break;
            }
            best = level;
            rate *= 2;
        }
        for (int i = 0; i < refinements && best != null; i++) {
            double middle = (best.offered() + failed) / 2;
            Level level = twice(middle, attempt);
            if (level.holds(limitMillis)) {
                best = level;
            } else {
                failed = middle;
            }
        }
        return best;
    }

    /** A level that did not hold gets a second chance: the machine may have been busy with something else. */
    private Level twice(double rate, DoubleFunction<Level> attempt) {
        Level first = attempt.apply(rate);
        return first.holds(limitMillis) ? first : attempt.apply(rate);
    }
}
