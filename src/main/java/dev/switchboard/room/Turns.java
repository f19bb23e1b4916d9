package dev.switchboard.room;

import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Lets pieces of work wait for each other, in the order in which they came. Each decides when its turn has come: what it
 * finds then stays so until it is done. Used by one event loop.
 */
final class Turns {
    /** More are refused. Each is a request that waits, so the bus's deadline ends what it bounds. */
    private static final int MAX_WAITING = 4_096;

    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean alone;

    /** @param alone whether nothing else may be under way beside it */
    private record Turn(boolean alone, Runnable work) {}

    /** Work that nothing may be under way beside of; fails with {@code unavailable} when too much waits. */
    <T> Future<T> alone(Supplier<Future<T>> work) {
        return take(true, work);
    }

    /** Work that may go on beside other work of this kind; fails with {@code unavailable} when too much waits. */
    <T> Future<T> shared(Supplier<Future<T>> work) {
        return take(false, work);
    }

    private <T> Future<T> take(boolean wantsAlone, Supplier<Future<T>> work) {
        if (waiting.size() >= MAX_WAITING) {
            return Future.failedFuture(Fault.UNAVAILABLE.because("Too many changes of this conversation are waiting."));
        }
        Promise<T> result = Promise.promise();
        waiting.add(new Turn(wantsAlone, () -> begin(work).onComplete(done -> {
            underWay--;
            alone = false;
            // The next one finds what this one's caller makes of it, too.
            result.handle(done);
            next();
        })));
        next();
        return result.future();
    }

    private static <T> Future<T> begin(Supplier<Future<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void next() {
        while (!waiting.isEmpty()
                && !alone
                && (underWay == 0 || !waiting.getFirst().alone())) {
            Turn turn = waiting.removeFirst();
            underWay++;
            alone = turn.alone();
            turn.work().run();
        }
    }

    /** Whether nothing is under way or waiting. */
    boolean idle() {
        return underWay == 0 && waiting.isEmpty();
    }
}
