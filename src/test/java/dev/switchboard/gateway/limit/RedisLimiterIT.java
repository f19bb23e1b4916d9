package dev.switchboard.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.config.Authorities;
import dev.switchboard.config.Secret;
import dev.switchboard.gateway.Certificates;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Ports;
import dev.switchboard.support.RedisProcess;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limiters of several nodes on a real Redis that is frozen, killed and started again. */
class RedisLimiterIT {
    private static final long SECOND = 1_000_000;

    /** Generous: these tests are about what happens, on a machine that may be busy. */
    private static final Duration PATIENT = Duration.ofSeconds(5);

    private static RedisProcess redis;
    private final List<Node> nodes = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        redis = new RedisProcess("s3cret/@:");
    }

    @AfterAll
    static void stop() throws Exception {
        redis.close();
    }

    @AfterEach
    void forget() throws Exception {
        for (Node node : nodes) {
            get(node.limiter.close());
            get(node.vertx.close());
        }
        redis.call("FLUSHALL");
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** One node: its own Vert.x, one event loop that requests come on. */
    private static final class Node {
        final Vertx vertx = Vertx.vertx();
        final Context loop = vertx.getOrCreateContext();
        final RedisLimiter limiter;

        Node(Duration timeout) {
            this(RedisAddress.of(new Secret("redis://:s3cret%2F%40%3A@127.0.0.1:" + redis.port), null), timeout);
        }

        Node(RedisAddress address, Duration timeout) {
            var tiers = Map.of(
                    "default", new Tier("default", Tier.By.USER, new Bucket(10, SECOND, 200)),
                    "otp", new Tier("otp", Tier.By.CLIENT, new Bucket(3, 60 * SECOND, 3)),
                    "free", new Tier("free", Tier.By.USER, null));
            limiter = new RedisLimiter(vertx, new LimitOptions(address, timeout, "test:", 1_000, tiers));
        }

        /** As a request does it: on an event loop, and the answer comes back there. */
        Future<Verdict> take(String tier, String key) {
            Promise<Verdict> promise = Promise.promise();
            loop.runOnContext(v -> limiter.take(tier, key).onComplete(taken -> {
                assertThat(Vertx.currentContext()).isEqualTo(loop);
                promise.handle(taken);
            }));
            return promise.future();
        }

        List<Future<Verdict>> take(int times, String tier, String key) {
            List<Future<Verdict>> all = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                all.add(take(tier, key));
            }
            return all;
        }
    }

    private Node node(Duration timeout) {
        var node = new Node(timeout);
        nodes.add(node);
        return node;
    }

    private static long granted(List<Future<Verdict>> all) throws Exception {
        get(Future.all(all));
        return all.stream().filter(f -> f.result().granted()).count();
    }

    @Test
    void twoNodesShareOneBudgetExactly() throws Exception {
        Node one = node(PATIENT);
        Node two = node(PATIENT);
        get(one.take("default", "warm"));
        get(two.take("default", "warm"));

        long began = System.nanoTime();
        List<Future<Verdict>> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(one.take("default", "a"));
            all.add(two.take("default", "a"));
        }
        long granted = granted(all);
        double seconds = (System.nanoTime() - began) / 1e9;

        // The seconds are ours: by those of Redis, SharedBudgetIT counts exactly.
        assertThat(granted).isBetween(200L, (long) (200 + 10 * seconds) + 1);
        assertThat(one.limiter.decidedByNode() + two.limiter.decidedByNode()).isZero();
        assertThat(get(two.take("otp", "a")).remaining()).isEqualTo(2);
        assertThat(get(one.take("otp", "a")).remaining()).isEqualTo(1);
    }

    @Test
    void theVerdictSaysWhenThereIsMore() throws Exception {
        Node node = node(PATIENT);
        granted(node.take(3, "otp", "a"));

        Verdict refused = get(node.take("otp", "a"));

        assertThat(refused.granted()).isFalse();
        assertThat(refused.limit()).isEqualTo(3);
        assertThat(refused.window()).isEqualTo(Duration.ofMinutes(1));
        assertThat(refused.retryAfter()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
        assertThat(get(node.take("free", "a")).limit()).isZero();
    }

    @Test
    void aBucketIsOneKeyThatGoesWhenItIsFull() throws Exception {
        Node node = node(PATIENT);
        get(node.take("otp", "x".repeat(10_000)));

        assertThat(redis.call("DBSIZE")).contains(":1\r\n");
        String key = redis.call("KEYS test:otp:*")
                .lines()
                .filter(l -> l.startsWith("test:"))
                .findFirst()
                .orElseThrow();
        assertThat(key).hasSizeLessThan(128);
        String[] answers = redis.call("PTTL " + key).split(":", -1);
        assertThat(Long.parseLong(answers[answers.length - 1].split("\r", -1)[0]))
                .isBetween(10_000L, 20_000L);
    }

    @Test
    void aScriptThatRedisForgotIsSentAgain() throws Exception {
        Node node = node(PATIENT);
        get(node.take("otp", "a"));
        redis.call("SCRIPT FLUSH");

        assertThat(get(node.take("otp", "a")).remaining()).isEqualTo(1);
        assertThat(node.limiter.decidedByNode()).isZero();
    }

    @Test
    void aFrozenRedisCostsOneWaitThenNodesDecide() throws Exception {
        Node node = node(Duration.ofMillis(100));
        await().untilAsserted(() -> {
            get(node.take("default", "warm"));
            assertThat(redis.call("KEYS *")).contains("test:default");
            assertThat(node.limiter.isUp()).isTrue();
        });
        redis.freeze();
        try {
            long began = System.nanoTime();
            List<Future<Verdict>> first = node.take(5_000, "otp", "a");
            assertThat(granted(first))
                    .as("each node by itself, limited all the same")
                    .isEqualTo(3);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("all of them wait once, not one after the other")
                    .isLessThan(Patience.promised(Duration.ofSeconds(2)));
            assertThat(node.limiter.isUp()).isFalse();
            assertThat(node.limiter.decidedByNode()).isGreaterThanOrEqualTo(5_000);

            began = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                get(node.take("default", "b"));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("nobody waits for it any more: that would be 10 s")
                    .isLessThan(Patience.promised(Duration.ofSeconds(2)));
        } finally {
            redis.thaw();
        }
        await().until(node.limiter::isUp);
        get(node.take("default", "c"));
        await().untilAsserted(() -> {
            get(node.take("default", "c"));
            assertThat(redis.call("KEYS *")).as("counted by Redis again").contains(":c\r\n");
        });
    }

    @Test
    void aRedisThatPausesItsClientsIsSlowToo() throws Exception {
        Node node = node(Duration.ofMillis(100));
        await().until(() -> get(node.take("default", "warm")).granted() && node.limiter.isUp());
        redis.call("CLIENT PAUSE 3000");

        assertThat(granted(node.take(10, "otp", "a"))).isEqualTo(3);
        assertThat(node.limiter.isUp()).isFalse();
        await().until(node.limiter::isUp);
    }

    @Test
    void aRedisThatIsKilledAndStartedAgainIsUsedAgain() throws Exception {
        Node one = node(PATIENT);
        Node two = node(PATIENT);
        get(one.take("otp", "a"));
        get(two.take("otp", "a"));

        redis.kill();
        try {
            await().until(() -> !one.limiter.isUp() && !two.limiter.isUp());
            assertThat(granted(one.take(10, "otp", "a"))).isEqualTo(3);
        } finally {
            redis.start();
        }

        await().until(() -> one.limiter.isUp() && two.limiter.isUp());
        assertThat(get(one.take("otp", "a")).remaining()).isEqualTo(2);
        assertThat(get(two.take("otp", "a")).remaining()).isEqualTo(1);
    }

    @Test
    void withoutRedisFromTheStartNobodyWaitsLong() throws Exception {
        redis.kill();
        try {
            Node node = node(Duration.ofMillis(100));
            assertThat(granted(node.take(10, "otp", "a"))).isEqualTo(3);
            assertThat(node.limiter.isUp()).isFalse();
        } finally {
            redis.start();
        }
        Node node = nodes.get(0);
        await().until(node.limiter::isUp);
    }

    @Test
    void aRedisBehindTlsMustHaveACertificateThatIsBelieved(@TempDir Path folder) throws Exception {
        Certificates certificates = Certificates.make(folder);
        int tlsPort = Ports.free();
        var tls = new RedisProcess(
                "",
                "tls-port " + tlsPort,
                "tls-cert-file " + certificates.certificate(),
                "tls-key-file " + certificates.key(),
                "tls-ca-cert-file " + certificates.certificate(),
                "tls-auth-clients no");
        try (tls) {
            var url = new Secret("rediss://localhost:" + tlsPort);
            Node believes =
                    new Node(RedisAddress.of(url, Authorities.read(Path.of(certificates.certificate()))), PATIENT);
            Node doubts = new Node(RedisAddress.of(url, null), PATIENT);
            nodes.addAll(List.of(believes, doubts));

            assertThat(get(believes.take("otp", "a")).remaining()).isEqualTo(2);
            assertThat(get(doubts.take("otp", "a")).remaining()).isEqualTo(2);
            assertThat(get(believes.take("otp", "a")).remaining()).isEqualTo(1);
            assertThat(believes.limiter.decidedByNode()).isZero();
            assertThat(doubts.limiter.isUp()).isFalse();
        }
    }

    @Test
    void whoWaitsWhenTheLimiterClosesIsAnswered() throws Exception {
        Node node = node(PATIENT);
        get(node.take("otp", "a"));
        redis.freeze();
        try {
            Future<Verdict> waiting = node.take("otp", "b");
            await().until(() -> {
                get(node.limiter.close());
                return waiting.isComplete();
            });
            assertThat(waiting.result().granted()).isTrue();
            assertThat(get(node.take("otp", "b")).remaining()).isEqualTo(1);
        } finally {
            redis.thaw();
        }
    }
}
