package dev.switchboard.gateway.proxy;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment that is put off often: the timer below is moved only when it rings too early, or too late. */
final class Alarm {
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final Runnable due;
    private long timer = NO_TIMER;
    private long rings;
    private long at;

    Alarm(Vertx vertx, Runnable due) {
        this.vertx = vertx;
        this.due = due;
    }

    /** Runs {@code due} once, {@code within} from now, unless it is set anew or cancelled before. */
    void set(Duration within) {
        at = System.nanoTime() + within.toNanos();
        if (timer == NO_TIMER || at - rings < 0) {
            stop();
            start(within.toNanos());
        }
    }

    private void start(long nanos) {
        // A timer is never early that way; the least that Vert.x knows is a millisecond.
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
        rings = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        timer = vertx.setTimer(millis, id -> ring());
    }

    private void ring() {
        timer = NO_TIMER;
        long left = at - System.nanoTime();
        if (left > 0) {
            start(left);
        } else {
            due.run();
        }
    }

    void stop() {
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }
}
