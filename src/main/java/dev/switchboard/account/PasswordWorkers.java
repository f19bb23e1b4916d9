package dev.switchboard.account;

import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Password hashing on threads of its own: never more at once than there are processors, never a long queue. */
final class PasswordWorkers {
    private static final String POOL = "passwords";

    /** Hashes that may wait on one node. At some 30 ms each, the last one waits for less than a try of a request. */
    private static final int MAX_WAITING = 100;

    /** Shared by all shards of a node, as their pool is. */
    private static final AtomicInteger WAITING = new AtomicInteger();

    private final Passwords passwords = new Passwords();
    private final WorkerExecutor workers;

    PasswordWorkers(Vertx vertx) {
        this.workers = vertx.createSharedWorkerExecutor(
                POOL, Math.max(1, Runtime.getRuntime().availableProcessors()));
    }

    /** Fails with {@code unavailable} when too many wait. */
    Future<String> hash(String password) {
        return work(() -> passwords.hash(password));
    }

    /** See {@link Passwords#matches}. */
    Future<Boolean> matches(String password, @Nullable String hash) {
        return work(() -> passwords.matches(password, hash));
    }

    private <T> Future<T> work(Callable<T> task) {
        if (WAITING.incrementAndGet() > MAX_WAITING) {
            WAITING.decrementAndGet();
            return Future.failedFuture(Fault.UNAVAILABLE.because("Too many people sign in at this moment."));
        }
        return workers.executeBlocking(task, false).onComplete(done -> WAITING.decrementAndGet());
    }
}
