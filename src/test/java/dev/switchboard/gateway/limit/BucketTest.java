package dev.switchboard.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.gateway.limit.Bucket.Level;
import dev.switchboard.gateway.limit.Bucket.Outcome;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BucketTest {
    private static final long SECOND = 1_000_000;

    @Test
    void aFullBucketGivesItsBurstThenItsRate() {
        var bucket = new Bucket(2, SECOND, 3);
        Level level = Bucket.FULL;
        for (int left = 2; left >= 0; left--) {
            Outcome granted = bucket.take(level, SECOND, 1);
            assertThat(granted.granted()).isTrue();
            assertThat(bucket.remaining(granted.used())).isEqualTo(left);
            level = granted.level();
        }
        Outcome refused = bucket.take(level, SECOND, 1);

        assertThat(refused.granted()).isFalse();
        assertThat(refused.level()).isEqualTo(level);
        assertThat(bucket.untilToken(refused.used())).isEqualTo(SECOND / 2);
        assertThat(bucket.untilFull()).isEqualTo(3 * SECOND / 2);
        assertThat(bucket.take(level, SECOND + SECOND / 2 - 1, 1).granted()).isFalse();
        assertThat(bucket.take(level, SECOND + SECOND / 2, 1).granted()).isTrue();
        assertThat(bucket.isFull(level, SECOND + 3 * SECOND / 2 - 1)).isFalse();
        assertThat(bucket.isFull(level, SECOND + 3 * SECOND / 2 + 1)).isTrue();
    }

    /** Against the plain form in unbounded numbers: tokens that grow, up to the burst. */
    @Property
    void itIsATokenBucket(
            @ForAll @LongRange(min = 1, max = 1_000_000) long limit,
            @ForAll @LongRange(min = 1, max = 3_600_000_000L) long window,
            @ForAll @IntRange(min = 1, max = 1_000) int burst,
            @ForAll @Size(max = 60) List<@LongRange(min = 0, max = 100_000_000_000L) Long> pauses) {
        var bucket = new Bucket(limit, window, burst);
        BigInteger token = BigInteger.valueOf(window);
        BigInteger most = token.multiply(BigInteger.valueOf(burst));
        BigInteger tokens = most;
        long now = 0;
        Level level = Bucket.FULL;
        for (long pause : pauses) {
            now += pause;
            tokens = tokens.add(BigInteger.valueOf(limit).multiply(BigInteger.valueOf(pause)))
                    .min(most);
            Outcome outcome = bucket.take(level, now, 1);
            assertThat(outcome.granted()).isEqualTo(tokens.compareTo(token) >= 0);
            if (outcome.granted()) {
                tokens = tokens.subtract(token);
            }
            level = outcome.level();
            assertThat(bucket.remaining(outcome.used()))
                    .isEqualTo(tokens.divide(token).longValueExact());
        }
    }

    @Test
    void aClockThatIsSetBackCostsNoMoreThanTheTimeSince() {
        var bucket = new Bucket(1, SECOND, 1);
        Level empty = bucket.take(Bucket.FULL, 1_000 * SECOND, 1).level();

        Outcome early = bucket.take(empty, 10 * SECOND, 1);

        assertThat(early.granted()).isFalse();
        assertThat(bucket.take(early.level(), 11 * SECOND, 1).granted()).isTrue();
    }

    @Test
    void aBucketThatBecameSmallerIsEmptyAtMost() {
        Level used = new Level(1_000 * SECOND, 0);

        assertThat(new Bucket(1, SECOND, 2).take(used, SECOND, 1).granted()).isTrue();
    }

    @Test
    void aRateIsKeptInLowestTerms() {
        assertThat(new Bucket(1_000_000, 86_400 * SECOND, 1_000_000)).isEqualTo(new Bucket(1, 86_400, 1_000_000));
    }

    @Test
    void whatCannotBeCountedIsRefused() {
        assertThatThrownBy(() -> new Bucket(1, SECOND, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bucket(0, SECOND, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bucket(1, Long.MAX_VALUE / 4, 2)).isInstanceOf(IllegalArgumentException.class);
    }
}
