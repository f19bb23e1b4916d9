package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FeedTest {
    private static List<Long> run(long first, int count) {
        return LongStream.range(first, first + count).boxed().toList();
    }

    /** Deliveries come late, twice, out of order or never; now and then the owner is asked for what is missing. */
    @Property
    void passesEachEventOnceInOrder(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int head) {
        Random random = new Random(seed);
        long start = random.nextInt(head + 1);
        Feed<Long> feed = new Feed<>();
        List<Long> passed = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int first = 1 + random.nextInt(head);
            int count = 1 + random.nextInt(Math.min(10, head - first + 1));
            if (i == 10) {
                passed.addAll(feed.start(start));
            }
            passed.addAll(feed.accept(first, run(first, count)));
            if (feed.started() && random.nextInt(10) == 0) {
                int missing = Math.toIntExact(Math.min(head - feed.position(), 20));
                passed.addAll(feed.accept(feed.position() + 1, run(feed.position() + 1, missing)));
            }
        }
        while (feed.position() < head) {
            int missing = Math.toIntExact(Math.min(head - feed.position(), 20));
            passed.addAll(feed.accept(feed.position() + 1, run(feed.position() + 1, missing)));
        }
        assertThat(passed).isEqualTo(run(start + 1, Math.toIntExact(head - start)));
        assertThat(feed.hasGap()).isFalse();
    }

    @Example
    void whatArrivesBeforeTheStartWaitsForIt() {
        Feed<Long> feed = new Feed<>();
        assertThat(feed.accept(4, run(4, 3))).isEmpty();
        assertThat(feed.start(4)).containsExactly(5L, 6L);
        assertThat(feed.position()).isEqualTo(6);
    }

    @Example
    void keepsTheNewestForThoseBetweenJoinAndRegistration() {
        Feed<Long> feed = new Feed<>();
        feed.start(0);
        feed.accept(1, run(1, 1_000));
        assertThat(feed.after(998)).containsExactly(999L, 1_000L);
        assertThat(feed.after(1_000)).isEmpty();
        assertThat(feed.after(1)).as("not kept any more").isNull();
    }
}
