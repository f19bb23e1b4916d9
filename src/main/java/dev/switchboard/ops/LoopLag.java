package dev.switchboard.ops;

import io.micrometer.core.instrument.Timer;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How late the threads of a node are: what was to run at a certain time and ran later. Whoever stands still for long is
 * counted for each time that was missed, as those were who waited.
 */
public final class LoopLag implements AutoCloseable {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long WORKERS_EVERY_MS = 1_000;

    private final List<Future<?>> probes = new ArrayList<>();
    private final Vertx vertx;
    private final long workers;

    /** Begins at once, and looks at every event loop ten times a second, at the workers once. */
    public LoopLag(Vertx vertx, Meters meters) {
        this.vertx = vertx;
        String name = "switchboard_loop_lag_seconds";
        String meaning = "How much later than it should a thread gets to its work.";
        Timer loopLag = meters.duration(name, meaning, "kind", "event");
        Timer workerLag = meters.duration(name, meaning, "kind", "worker");
        for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            probes.add(loop.scheduleAtFixedRate(new Probe(loopLag), EVERY_NANOS, EVERY_NANOS, TimeUnit.NANOSECONDS));
        }
        AtomicBoolean waiting = new AtomicBoolean();
        workers = vertx.setPeriodic(WORKERS_EVERY_MS, t -> {
            if (waiting.compareAndSet(false, true)) {
                long asked = System.nanoTime();
                vertx.executeBlocking(
                                () -> {
                                    workerLag.record(System.nanoTime() - asked, TimeUnit.NANOSECONDS);
                                    return null;
                                },
                                false)
                        .onComplete(done -> waiting.set(false));
            }
        });
    }

    /** Of one loop, and run by it alone. */
    private static final class Probe implements Runnable {
        private final Timer lag;
        private long due = System.nanoTime() + EVERY_NANOS;

        Probe(Timer lag) {
            this.lag = lag;
        }

        @Override
        public void run() {
            lag.record(Math.max(0, System.nanoTime() - due), TimeUnit.NANOSECONDS);
            due += EVERY_NANOS;
        }
    }

    @Override
    public void close() {
        vertx.cancelTimer(workers);
        probes.forEach(probe -> probe.cancel(false));
    }
}
