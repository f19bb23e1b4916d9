package dev.switchboard.gateway.bridge;

import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one socket that are under way. Those with the same key run one after the other in the order in which
 * they came, others at the same time. Allocates nothing while nothing is under way.
 */
final class Lanes {
    private @Nullable Map<String, Future<?>> last;
    private int outstanding;

    /** Requests that are running or waiting for their turn. */
    int outstanding() {
        return outstanding;
    }

    /**
     * Runs a request when those before it with the same key are done, whatever came of them.
     *
     * @param whenDone runs after the request is done and counted off
     */
    <T> void run(String key, Supplier<Future<T>> request, Runnable whenDone) {
        Map<String, Future<?>> lanes = lanes();
        Future<?> before = lanes.get(key);
        outstanding++;
        Future<T> now = before == null ? start(request) : before.transform(ignored -> start(request));
        if (!now.isComplete()) {
            lanes.put(key, now);
        }
        now.onComplete(done -> {
            outstanding--;
            lanes.remove(key, now);
            if (lanes.isEmpty() && last == lanes) {
                last = null;
            }
            whenDone.run();
        });
    }

    private Map<String, Future<?>> lanes() {
        if (last == null) {
            last = new HashMap<>();
        }
        return last;
    }

    private static <T> Future<T> start(Supplier<Future<T>> request) {
        try {
            return request.get();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
