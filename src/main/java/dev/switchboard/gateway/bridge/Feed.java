package dev.switchboard.gateway.bridge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One room's events on their way through this node: passed on each once, in order, without a gap. Pure state.
 *
 * <p>What arrives too early waits until the events before it were fetched; what was passed on already is dropped. A few
 * of the newest events are kept for sockets that are between their join and their registration.
 *
 * @param <E> an encoded event
 */
final class Feed<E> {
    /** Beyond this many early events, the newest are dropped: they will be fetched anyhow. */
    private static final int MAX_EARLY = 2_000;

    private static final int MAX_KEPT = 128;

    private record Early<E>(long seq, E event) {}

    private final Deque<E> kept = new ArrayDeque<>();
    private final List<Early<E>> early = new ArrayList<>();
    private long position;
    private boolean started;

    /** Whether the position is known. */
    boolean started() {
        return started;
    }

    /** The number of the last event passed on. */
    long position() {
        return position;
    }

    /** Whether something arrived that does not follow the position. */
    boolean hasGap() {
        return !early.isEmpty();
    }

    /** The position at which this node began to follow. Returns what arrived early and follows it. */
    List<E> start(long at) {
        started = true;
        position = at;
        return drain();
    }

    /**
     * Takes consecutive events.
     *
     * @return those to pass on now, in order; they end at {@link #position()}
     */
    List<E> accept(long firstSeq, List<E> events) {
        List<E> passed = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            long seq = firstSeq + i;
            if (started && seq == position + 1) {
                pass(events.get(i), passed);
            } else if (!started || seq > position) {
                if (early.size() < MAX_EARLY) {
                    early.add(new Early<>(seq, events.get(i)));
                }
            }
        }
        if (!passed.isEmpty() && !early.isEmpty()) {
            passed.addAll(drain());
        }
        return passed;
    }

    private List<E> drain() {
        List<E> passed = new ArrayList<>();
        early.sort((a, b) -> Long.compare(a.seq(), b.seq()));
        for (Early<E> e : early) {
            if (e.seq() == position + 1) {
                pass(e.event(), passed);
            }
        }
        early.removeIf(e -> e.seq() <= position);
        return passed;
    }

    private void pass(E event, List<E> passed) {
        position++;
        passed.add(event);
        kept.addLast(event);
        if (kept.size() > MAX_KEPT) {
            kept.removeFirst();
        }
    }

    /** The events after a number up to the position, or null when some are not kept any more. */
    @Nullable
    List<E> after(long seq) {
        long missing = position - seq;
        if (missing <= 0) {
            return List.of();
        }
        if (missing > kept.size()) {
            return null;
        }
        return kept.stream().skip(kept.size() - missing).toList();
    }
}
