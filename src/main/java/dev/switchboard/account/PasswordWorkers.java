package dev.switchboard.account;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.shareddata.Shareable;
import java.time.Duration;
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
    static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    /** Hashes that may be under way or wait on one node: some 1.5 s of work, at 60 ms each. */
    static final int MAX_WAITING = 24 * THREADS;

    /**
     * Who has waited for longer is sent away unserved, however slow the machine is: by the time of the answer the bus
     * would have asked again, for more of the same work.
     */
    static final Duration MAX_WAIT = Duration.ofSeconds(2);

    /** Counts for all shards of a node. */
    private static final class Waiting extends AtomicInteger implements Shareable {
        private static final long serialVersionUID = 1L;
    }

    private final WorkerExecutor workers;
    private final Passwords passwords;
    private final Duration maxWait;
    private final Waiting waiting;

    PasswordWorkers(Vertx vertx, Passwords passwords, Duration maxWait) {
        this.workers = vertx.createSharedWorkerExecutor(POOL, THREADS);
        this.passwords = passwords;
        this.maxWait = maxWait;
        this.waiting = vertx.sharedData().<String, Waiting>getLocalMap(POOL).computeIfAbsent(POOL, k -> new Waiting());
    }

    /** Fails with {@code unavailable} when too many wait, or this one waited too long. */
    Future<String> hash(String password) {
        return work(() -> passwords.hash(password));
    }

    /** See {@link Passwords#matches}; fails with {@code unavailable} when too many wait, or this one waited too long. */
    Future<Boolean> matches(String password, @Nullable String hash) {
        return work(() -> passwords.matches(password, hash));
    }

    private <T> Future<T> work(Callable<T> task) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return Future.failedFuture(busy());
        }
        try {
            long latest = System.nanoTime() + maxWait.toNanos();
            return workers.executeBlocking(() -> inTime(task, latest), false)
                    .onComplete(done -> waiting.decrementAndGet());
        } catch (RejectedExecutionException e) {
            // The node is stopping.
            waiting.decrementAndGet();
            return Future.failedFuture(busy());
        }
    }

    private static <T> T inTime(Callable<T> task, long latest) throws Exception {
        if (System.nanoTime() > latest) {
            throw busy();
        }
        return task.call();
    }

    private static FaultException busy() {
        return Fault.UNAVAILABLE.because("Too many people sign in at this moment.");
    }
}
