package dev.switchboard.app;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that may block wait for what goes on elsewhere. */
final class Waiting {
    private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);

    private Waiting() {}

    static <T> T await(Future<T> future, Duration timeout) {
        return await(future.toCompletionStage().toCompletableFuture(), timeout);
    }

    /**
     * @throws RuntimeException the failure itself if it is one
     * @throws IllegalStateException when it takes too long
     */
    static <T> T await(CompletableFuture<T> future, Duration timeout) {
        try {
            return future.get(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof CompletionException wrapped ? wrapped.getCause() : e.getCause();
            throw cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
        } catch (TimeoutException e) {
            throw new IllegalStateException("not done within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Undoes what a failed start began: as soon as it is there, if it ever is. */
    static <T> void afterwards(CompletableFuture<T> begun, Consumer<T> undo, Duration timeout) {
        quietly(
                "start",
                begun.handle((result, failure) -> {
                    if (failure == null) {
                        undo.accept(result);
                    }
                    return true;
                }),
                timeout);
    }

    static void quietly(String what, Future<?> stopping, Duration timeout) {
        quietly(what, stopping.toCompletionStage().toCompletableFuture(), timeout);
    }

    /** For steps of a stop: one that fails or takes too long must not keep the next from being done. */
    static void quietly(String what, CompletableFuture<?> stopping, Duration timeout) {
        try {
            await(stopping, timeout);
        } catch (RuntimeException e) {
            LOG.warn("The {} did not stop cleanly: {}", what, e.toString());
        }
    }
}
