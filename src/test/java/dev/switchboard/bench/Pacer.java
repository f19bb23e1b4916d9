package dev.switchboard.bench;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends at a steady rate whatever the server does, and stamps each message with the time at which it was due: a server
 * that stalls, or a generator that is late, shows in the latencies instead of hiding in a pause ("coordinated omission").
 */
final class Pacer {
    private static final long TICK_MICROS = 1_000;

    private final Loop loop;
    private final Fleet fleet;
    private @Nullable ScheduledFuture<?> timer;

    Pacer(Loop loop, Fleet fleet) {
        this.loop = loop;
        this.fleet = fleet;
    }

    void start(double messagesPerSecond) {
        loop.run(() -> {
            long began = System.nanoTime();
            long before = fleet.sent;
            double nanosEach = TimeUnit.SECONDS.toNanos(1) / messagesPerSecond;
            timer = loop.executor()
                    .scheduleAtFixedRate(
                            () -> {
                                long due = (long) ((System.nanoTime() - began) / nanosEach);
                                for (long i = fleet.sent - before; i < due; i++) {
                                    fleet.publish(began + (long) (i * nanosEach));
                                }
                            },
                            TICK_MICROS,
                            TICK_MICROS,
                            TimeUnit.MICROSECONDS);
        });
    }

    void stop() {
        loop.run(() -> {
            if (timer != null) {
                timer.cancel(false);
                timer = null;
            }
        });
    }
}
