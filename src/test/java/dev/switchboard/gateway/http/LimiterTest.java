package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LimiterTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong clock = new AtomicLong(SECOND);

    private Limiter limiter(LimitOptions options) {
        return new Limiter(options, clock::get);
    }

    private static boolean granted(Limiter limiter, Limiter.Tier tier, String key) {
        Limiter.Taken verdict = limiter.take(tier, key);
        return verdict == null || verdict.outcome().granted();
    }

    @Test
    void callersAndTiersAreCountedApart() {
        var limiter = limiter(new LimitOptions(1, 2, 1, 100));

        assertThat(granted(limiter, Limiter.Tier.GENERAL, "a")).isTrue();
        assertThat(granted(limiter, Limiter.Tier.GENERAL, "a")).isTrue();
        assertThat(granted(limiter, Limiter.Tier.GENERAL, "a")).isFalse();
        assertThat(granted(limiter, Limiter.Tier.GENERAL, "b")).isTrue();
        assertThat(granted(limiter, Limiter.Tier.AUTH, "a")).isTrue();
        assertThat(granted(limiter, Limiter.Tier.AUTH, "a")).isFalse();
        clock.addAndGet(59 * SECOND);
        assertThat(granted(limiter, Limiter.Tier.AUTH, "a")).isFalse();
        clock.addAndGet(SECOND);
        assertThat(granted(limiter, Limiter.Tier.AUTH, "a")).isTrue();
    }

    @Test
    void zeroIsNoLimit() {
        var limiter = limiter(new LimitOptions(0, 1, 0, 100));

        assertThat(IntStream.range(0, 1_000)).allMatch(i -> granted(limiter, Limiter.Tier.GENERAL, "a"));
        assertThat(limiter.take(Limiter.Tier.AUTH, "a")).isNull();
    }

    @Test
    void memoryIsBoundedAndFullBucketsGoFirst() {
        var limiter = limiter(new LimitOptions(1, 1, 0, 100));
        IntStream.range(0, 99).forEach(i -> granted(limiter, Limiter.Tier.GENERAL, "past" + i));
        clock.addAndGet(SECOND);
        granted(limiter, Limiter.Tier.GENERAL, "now");

        granted(limiter, Limiter.Tier.GENERAL, "one more");

        assertThat(limiter.remembered(Limiter.Tier.GENERAL)).isEqualTo(2);
        assertThat(granted(limiter, Limiter.Tier.GENERAL, "now")).isFalse();
        IntStream.range(0, 10_000).forEach(i -> granted(limiter, Limiter.Tier.GENERAL, "flood" + i));
        assertThat(limiter.remembered(Limiter.Tier.GENERAL)).isLessThanOrEqualTo(100);
    }

    @Test
    void loopsThatShareABucketGrantNoMoreThanIsInIt() throws Exception {
        var limiter = limiter(new LimitOptions(1, 1_000, 0, 100));
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
                        if (granted(limiter, Limiter.Tier.GENERAL, "a")) {
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
