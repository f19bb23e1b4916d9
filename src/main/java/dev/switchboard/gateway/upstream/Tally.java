package dev.switchboard.gateway.upstream;

import java.time.Duration;

/**
 * How often something happened in the last ten seconds, in slots of a second: the slot that is under way and the nine
 * before it. Immutable. Times are in nanoseconds from any origin, never negative; one that lies before the newest slot
 * counts as in it, so that event loops need not agree on the order of their events.
 */
final class Tally {
    /** What {@link #count} looks back on. */
    static final Duration WINDOW = Duration.ofSeconds(10);

    /** Nothing happened yet. */
    static final Tally NONE = new Tally(0, new int[(int) WINDOW.toSeconds()]);

    private static final long SLOT_NANOS = Duration.ofSeconds(1).toNanos();

    private final long newest;
    private final int[] slots;

    private Tally(long newest, int[] slots) {
        this.newest = newest;
        this.slots = slots;
    }

    /** This, and one more at {@code now}. */
    Tally add(long now) {
        long slot = Math.max(newest, now / SLOT_NANOS);
        int[] next = new int[slots.length];
        for (long kept = Math.max(newest, slot) - slots.length + 1; kept <= newest; kept++) {
            next[index(kept)] = slots[index(kept)];
        }
        next[index(slot)]++;
        return new Tally(slot, next);
    }

    /** How many there were in the last ten seconds. */
    int count(long now) {
        int count = 0;
        for (long kept = Math.max(newest, now / SLOT_NANOS) - slots.length + 1; kept <= newest; kept++) {
            count += slots[index(kept)];
        }
        return count;
    }

    private int index(long slot) {
        return Math.floorMod(slot, slots.length);
    }
}
