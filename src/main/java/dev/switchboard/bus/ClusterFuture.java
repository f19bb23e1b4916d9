package dev.switchboard.bus;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What Hazelcast promises, as Vert.x promises it. */
public final class ClusterFuture {
    private ClusterFuture() {}

    /**
     * Completes on the caller's context. Unlike with {@link Future#fromCompletionStage}, Hazelcast's own thread hands the
     * value over: where it is not told what to run things on it takes the common pool, and that has no threads of its own on
     * a machine with two cores, so that each value would cost a new thread.
     *
     * @param operation which Hazelcast may refuse to begin at all while it stops
     */
    public static <T> Future<T> of(Vertx vertx, Supplier<CompletionStage<T>> operation) {
        CompletionStage<T> stage;
        try {
            stage = operation.get();
        } catch (HazelcastInstanceNotActiveException stopping) {
            return Future.failedFuture(stopping);
        }
        Context context = vertx.getOrCreateContext();
        Promise<T> promise = Promise.promise();
        stage.whenCompleteAsync(
                (value, failure) -> context.runOnContext(v -> {
                    if (failure == null) {
                        promise.complete(value);
                    } else {
                        promise.fail(failure);
                    }
                }),
                Runnable::run);
        return promise.future();
    }
}
