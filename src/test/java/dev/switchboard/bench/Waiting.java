package dev.switchboard.bench;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting for a condition or through a time that is measured. */
final class Waiting {
    private static final long LOOK_EVERY_MS = 50;

    private Waiting() {}

    /** Looks until the condition holds; false when it did not within so many seconds. */
    static boolean until(double seconds, BooleanSupplier condition) {
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause(LOOK_EVERY_MS);
        }
        return true;
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
