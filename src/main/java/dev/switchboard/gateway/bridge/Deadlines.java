package dev.switchboard.gateway.bridge;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The next moment at which each socket of an event loop has something to do: one array that one timer scans, in place of
 * several timers per socket. Ten thousand sockets take microseconds and 16 bytes each.
 */
public final class Deadlines {
    /** Never. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int INITIAL = 16;

    /** Something with a deadline. It carries its own place, so that removing it costs no search. */
    public abstract static class Entry {
        private int place = -1;

        /** Does what is due and says when the next thing is, in milliseconds of the same clock. */
        public abstract long due(long nowMillis);
    }

    private long[] times = new long[INITIAL];
    private @Nullable Entry[] entries = new Entry[INITIAL];
    private int size;

    /** How many entries have a deadline. */
    public int size() {
        return size;
    }

    /** Sets or moves the deadline of an entry. */
    public void set(Entry entry, long atMillis) {
        if (entry.place < 0) {
            if (size == times.length) {
                times = Arrays.copyOf(times, size * 2);
                entries = Arrays.copyOf(entries, size * 2);
            }
            entry.place = size++;
            entries[entry.place] = entry;
        }
        times[entry.place] = atMillis;
    }

    /** Forgets an entry; repeated calls do nothing. */
    public void remove(Entry entry) {
        int place = entry.place;
        if (place < 0) {
            return;
        }
        entry.place = -1;
        size--;
        Entry last = entries[size];
        entries[size] = null;
        if (last != null && last != entry) {
            entries[place] = last;
            times[place] = times[size];
            last.place = place;
        }
    }

    /** Runs everything that is due. Entries may come and go meanwhile. */
    public void run(long nowMillis) {
        // Backwards: what removes itself is replaced by one that had its turn.
        for (int i = size - 1; i >= 0; i--) {
            if (i < size && times[i] <= nowMillis) {
                Entry entry = entries[i];
                if (entry != null) {
                    long next = entry.due(nowMillis);
                    if (entry.place >= 0) {
                        times[entry.place] = next;
                    }
                }
            }
        }
    }

    /** Every entry, in no order. */
    public void forEach(Consumer<Entry> action) {
        Entry[] now = Arrays.copyOf(entries, size);
        for (Entry entry : now) {
            action.accept(entry);
        }
    }
}
