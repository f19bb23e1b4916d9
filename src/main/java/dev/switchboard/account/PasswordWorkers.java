package dev.switchboard.account;

import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.shareddata.Shareable;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Password hashing on threads of its own: never more at once on a node than there are processors, never a long queue. The
 * threads and the queue are the node's, whichever shard works.
 */
final class PasswordWorkers {
    private static final String POOL = "passwords";
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    /**
     * Hashes that may be under way or wait on one node. A hash takes some 60 ms, twice that on a busy machine: the last
     * one is ready before the bus asks again, for more of the same work.
     */
    static final int MAX_WAITING = 24 * THREADS;

    /** Counts for all shards of a node. */
    private static final class Waiting extends AtomicInteger implements Shareable {
        private static final long serialVersionUID = 1L;
    }

    private final WorkerExecutor workers;
    private final Passwords passwords;
    private final Waiting waiting;

    PasswordWorkers(Vertx vertx, Passwords passwords) {
        this.workers = vertx.createSharedWorkerExecutor(POOL, THREADS);
        this.passwords = passwords;
        this.waiting = vertx.sharedData().<String, Waiting>getLocalMap(POOL).computeIfAbsent(POOL, k -> new Waiting());
    }

    /** Fails with {@code unavailable} when too many wait. */
    Future<String> hash(String password) {
        return work(() -> passwords.hash(password));
    }

    /** See {@link Passwords#matches}; fails with {@code unavailable} when too many wait. */
    Future<Boolean> matches(String password, @Nullable String hash) {
        return work(() -> passwords.matches(password, hash));
    }

    private <T> Future<T> work(Callable<T> task) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            return busy();
        }
        try {
            return workers.executeBlocking(task, false).onComplete(done -> waiting.decrementAndGet());
        } catch (RejectedExecutionException e) {
            // The node is stopping.
            return busy();
        }
    }

    private <T> Future<T> busy() {
        waiting.decrementAndGet();
        return Future.failedFuture(Fault.UNAVAILABLE.because("Too many people sign in at this moment."));
    }
}
