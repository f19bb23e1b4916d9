package dev.switchboard.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeLimiterTest {
    private static final long SECOND = 1_000_000L;

    private final AtomicLong clock = new AtomicLong(SECOND);

    private NodeLimiter limiter(Tier... tiers) {
        var byName = Arrays.stream(tiers).collect(Collectors.toMap(Tier::name, tier -> tier));
        return new NodeLimiter(new LimitOptions(null, Duration.ofMillis(20), "test:", 100, byName), clock::get);
    }

    private static Tier general(int perSecond, int burst) {
        return new Tier("default", Tier.By.USER, new Bucket(perSecond, SECOND, burst));
    }

    private static Tier auth(int perMinute) {
        return new Tier("auth", Tier.By.CLIENT, new Bucket(perMinute, 60 * SECOND, perMinute));
    }

    private static boolean granted(NodeLimiter limiter, String tier, String key) {
        return limiter.take(tier, key).result().granted();
    }

    @Test
    void callersAndTiersAreCountedApart() {
        var limiter = limiter(general(1, 2), auth(1));

        assertThat(granted(limiter, "default", "a")).isTrue();
        assertThat(granted(limiter, "default", "a")).isTrue();
        assertThat(granted(limiter, "default", "a")).isFalse();
        assertThat(granted(limiter, "default", "b")).isTrue();
        assertThat(granted(limiter, "auth", "a")).isTrue();
        assertThat(granted(limiter, "auth", "a")).isFalse();
        clock.addAndGet(59 * SECOND);
        assertThat(granted(limiter, "auth", "a")).isFalse();
        clock.addAndGet(SECOND);
        assertThat(granted(limiter, "auth", "a")).isTrue();
    }

    @Test
    void theVerdictSaysWhatThereIsAndWhenThereIsMore() {
        var limiter = limiter(general(2, 4));

        assertThat(limiter.take("default", "a").result())
                .isEqualTo(new Verdict(true, "default", 4, Duration.ofSeconds(2), 3, Duration.ZERO));
        IntStream.range(0, 3).forEach(i -> granted(limiter, "default", "a"));
        assertThat(limiter.take("default", "a").result())
                .isEqualTo(new Verdict(false, "default", 4, Duration.ofSeconds(2), 0, Duration.ofMillis(500)));
    }

    @Test
    void aTierSaysWhoseRequestsItCounts() {
        var limiter = limiter(general(1, 1), auth(1));

        assertThat(limiter.keyOf("default", "ann", "192.0.2.1")).isEqualTo("user:ann");
        assertThat(limiter.keyOf("default", null, "192.0.2.1")).isEqualTo("client:192.0.2.1");
        assertThat(limiter.keyOf("auth", "ann", "192.0.2.1")).isEqualTo("client:192.0.2.1");
    }

    @Test
    void anUnknownTierIsTheDefaultOne() {
        var limiter = limiter(general(1, 1));

        assertThat(granted(limiter, "default", "a")).isTrue();
        assertThat(granted(limiter, "nobody made it", "a")).isFalse();
    }

    @Test
    void zeroIsNoLimit() {
        var limiter = limiter(new Tier("default", Tier.By.USER, null));

        assertThat(IntStream.range(0, 1_000)).allMatch(i -> granted(limiter, "default", "a"));
        assertThat(limiter.take("default", "a").result().limit()).isZero();
    }

    @Test
    void memoryIsBoundedAndFullBucketsGoFirst() {
        var limiter = limiter(general(1, 1));
        IntStream.range(0, 99).forEach(i -> granted(limiter, "default", "past" + i));
        clock.addAndGet(SECOND + 1);
        granted(limiter, "default", "now");

        granted(limiter, "default", "one more");

        assertThat(limiter.remembered("default")).isEqualTo(2);
        assertThat(granted(limiter, "default", "now")).isFalse();
        IntStream.range(0, 10_000).forEach(i -> granted(limiter, "default", "flood" + i));
        assertThat(limiter.remembered("default")).isLessThanOrEqualTo(100);
    }

    @Test
    void loopsThatShareABucketGrantNoMoreThanIsInIt() throws Exception {
        var limiter = limiter(general(1, 1_000));
        var granted = new AtomicInteger();
        var start = new CountDownLatch(1);
        var threads = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    for (int n = 0; n < 1_000; n++) {
                        if (granted(limiter, "default", "a")) {
                            granted.incrementAndGet();
                        }
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(granted).hasValue(1_000);
    }
}
