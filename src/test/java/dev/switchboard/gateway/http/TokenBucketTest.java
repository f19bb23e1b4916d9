package dev.switchboard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aFullBucketGivesItsBurstThenItsRate() {
        var bucket = TokenBucket.perSecond(2, 3);
        long state = 0;
        for (int left = 2; left >= 0; left--) {
            var granted = bucket.take(state, SECOND);
            assertThat(granted.granted()).isTrue();
            assertThat(granted.remaining()).isEqualTo(left);
            state = granted.state();
        }
        var refused = bucket.take(state, SECOND);

        assertThat(refused.granted()).isFalse();
        assertThat(refused.state()).isEqualTo(state);
        assertThat(refused.retryNanos()).isEqualTo(SECOND / 2);
        assertThat(refused.resetNanos()).isEqualTo(3 * SECOND / 2);
        assertThat(bucket.take(state, SECOND + refused.retryNanos() - 1).granted())
                .isFalse();
        assertThat(bucket.take(state, SECOND + refused.retryNanos()).granted()).isTrue();
        assertThat(TokenBucket.isFull(state, SECOND + refused.resetNanos())).isTrue();
        assertThat(TokenBucket.isFull(state, SECOND + refused.resetNanos() - 1)).isFalse();
    }

    /** Against the plain form: a number of tokens that grows, up to the burst. */
    @Property
    void itIsATokenBucket(
            @ForAll @LongRange(min = 1, max = 50) long interval,
            @ForAll @IntRange(min = 1, max = 10) int burst,
            @ForAll @Size(max = 60) List<@LongRange(min = 0, max = 60) Long> pauses) {
        var bucket = new TokenBucket(interval, burst);
        long now = 0;
        long state = 0;
        // In units of 1/interval tokens, so that the model is exact.
        long level = interval * burst;
        for (long pause : pauses) {
            now += pause;
            level = Math.min(interval * burst, level + pause);
            var outcome = bucket.take(state, now);
            assertThat(outcome.granted()).isEqualTo(level >= interval);
            if (outcome.granted()) {
                level -= interval;
            }
            state = outcome.state();
            assertThat(outcome.remaining()).isEqualTo((int) (level / interval));
            assertThat(outcome.resetNanos()).isEqualTo(interval * burst - level);
            assertThat(outcome.retryNanos()).isEqualTo(outcome.granted() ? 0 : interval - level);
        }
    }

    @Test
    void aBucketNeedsRoom() {
        assertThatThrownBy(() -> TokenBucket.perSecond(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
