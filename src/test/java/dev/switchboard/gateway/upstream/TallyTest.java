package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class TallyTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long TENTH = SECOND / 10;

    /** Against a list of everything that ever happened. */
    @Property
    void countsTheSlotUnderWayAndTheNineBefore(
            @ForAll @Size(max = 80) List<@LongRange(min = 0, max = 130) Long> pausesInTenths) {
        List<Long> model = new ArrayList<>();
        Tally tally = Tally.NONE;
        long now = 0;
        for (long pause : pausesInTenths) {
            now += pause * TENTH;
            long oldest = now / SECOND - 9;
            int expected =
                    (int) model.stream().filter(at -> at / SECOND >= oldest).count();
            assertThat(tally.count(now)).isEqualTo(expected);
            tally = tally.add(now);
            model.add(now);
            assertThat(tally.count(now)).isEqualTo(expected + 1);
        }
    }

    /** Event loops read the clock before they change the state, and not in the same order. */
    @Property
    void whatComesLateCountsAsNow(@ForAll @LongRange(min = 0, max = 100) long lateBy) {
        long now = 200 * SECOND;
        Tally tally = Tally.NONE.add(now).add(now - lateBy * SECOND);

        assertThat(tally.count(now)).isEqualTo(2);
        assertThat(tally.count(now - lateBy * SECOND)).isEqualTo(2);
        assertThat(tally.count(now + 10 * SECOND)).isZero();
    }
}
