package dev.switchboard.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordWorkersTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Vertx vertx = Vertx.vertx();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final AtomicInteger hashed = new AtomicInteger();
    private final Passwords slow = new Passwords((password, salt, cost, length) -> {
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try {
            assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        atOnce.decrementAndGet();
        hashed.incrementAndGet();
        assertThat(Thread.currentThread().getName()).startsWith("passwords-");
        return new byte[length];
    });

    @AfterEach
    void stop() throws Exception {
        gate.countDown();
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void assertUnavailable(Future<?> future) {
        assertThatThrownBy(() -> await(future))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.UNAVAILABLE));
    }

    private List<Future<String>> fill(PasswordWorkers workers, int count) {
        List<Future<String>> waiting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waiting.add(workers.hash("password"));
        }
        return waiting;
    }

    @Test
    void theQueueOfANodeIsBoundedWhoeverFillsIt() throws Exception {
        PasswordWorkers one = new PasswordWorkers(vertx, slow, LONG);
        PasswordWorkers other = new PasswordWorkers(vertx, slow, LONG);
        List<Future<String>> waiting = fill(one, PasswordWorkers.MAX_WAITING - 1);
        waiting.addAll(fill(other, 1));

        assertUnavailable(one.hash("password"));
        assertUnavailable(other.matches("password", null));
        gate.countDown();

        for (Future<String> future : waiting) {
            assertThat(await(future)).startsWith("$argon2id$");
        }
        assertThat(mostAtOnce).hasValueLessThanOrEqualTo(PasswordWorkers.THREADS);
        assertThat(await(one.matches("password", await(other.hash("password")))))
                .isTrue();
    }

    @Test
    void whoWaitedTooLongCostsNothingMore() throws Exception {
        List<Future<String>> served = fill(new PasswordWorkers(vertx, slow, LONG), PasswordWorkers.THREADS);
        Awaitility.await().until(() -> atOnce.get() == PasswordWorkers.THREADS);
        List<Future<String>> late = fill(new PasswordWorkers(vertx, slow, Duration.ofMillis(50)), 5);
        vertx.setTimer(100, t -> gate.countDown());

        for (Future<String> future : late) {
            assertUnavailable(future);
        }
        for (Future<String> future : served) {
            assertThat(await(future)).startsWith("$argon2id$");
        }
        assertThat(hashed).hasValue(PasswordWorkers.THREADS);
    }
}
