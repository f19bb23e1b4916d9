package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.upstream.Breaker.Outcome;
import dev.switchboard.gateway.upstream.Breaker.Phase;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final List<Outcome> OUTCOMES = List.of(Outcome.GOOD, Outcome.BAD, Outcome.UNKNOWN);
    private static final BreakerRule RULE = new BreakerRule(4, 50, Duration.ofSeconds(5), Duration.ofSeconds(30), 2);

    @Test
    void opensAtANumberAndAShareOfFailures() {
        Breaker good = ended(Breaker.CLOSED, Outcome.GOOD, 5, 0);
        Breaker fourOfNine = ended(good, Outcome.BAD, 4, 0);
        assertThat(fourOfNine.phase(0)).isEqualTo(Phase.CLOSED);
        Breaker fiveOfTen = ended(fourOfNine, Outcome.BAD, 1, 0);
        assertThat(fiveOfTen.phase(0)).isEqualTo(Phase.OPEN);

        assertThat(ended(Breaker.CLOSED, Outcome.BAD, 3, 0).phase(0)).isEqualTo(Phase.CLOSED);
        assertThat(ended(Breaker.CLOSED, Outcome.BAD, 4, 0).phase(0)).isEqualTo(Phase.OPEN);
    }

    @Test
    void failuresOfLongAgoAndWhatSaysNothingDoNotCount() {
        Breaker three = ended(Breaker.CLOSED, Outcome.BAD, 3, 0);

        assertThat(ended(three, Outcome.UNKNOWN, 50, 0)).isSameAs(three);
        assertThat(ended(three, Outcome.BAD, 3, 11 * SECOND).phase(11 * SECOND)).isEqualTo(Phase.CLOSED);
    }

    @Test
    void openRefusesUntilItsTimeIsUp() {
        Breaker open = ended(Breaker.CLOSED, Outcome.BAD, 4, 0);

        assertThat(open.admits(RULE, 0)).isFalse();
        assertThat(open.retryAfter(2 * SECOND)).isEqualTo(Duration.ofSeconds(3));
        assertThat(open.admits(RULE, 5 * SECOND - 1)).isFalse();
        assertThat(open.admits(RULE, 5 * SECOND)).isTrue();
        assertThat(open.phase(5 * SECOND)).isEqualTo(Phase.HALF_OPEN);
    }

    @Test
    void probesThatSucceedCloseIt() {
        Breaker probing = probing(ended(Breaker.CLOSED, Outcome.BAD, 4, 0), 5 * SECOND);
        assertThat(probing.admits(RULE, 5 * SECOND)).isFalse();
        assertThat(probing.retryAfter(5 * SECOND)).isEqualTo(Duration.ofSeconds(1));

        Breaker one = probing.ended(probing.round(), Outcome.GOOD, RULE, 5 * SECOND);
        assertThat(one.phase(5 * SECOND)).isEqualTo(Phase.HALF_OPEN);
        assertThat(one.admits(RULE, 5 * SECOND)).isFalse();
        Breaker two = one.ended(one.round(), Outcome.GOOD, RULE, 5 * SECOND);
        assertThat(two.phase(5 * SECOND)).isEqualTo(Phase.CLOSED);
        assertThat(ended(two, Outcome.BAD, 3, 5 * SECOND).phase(5 * SECOND)).isEqualTo(Phase.CLOSED);
    }

    @Test
    void aProbeThatFailsOpensItForTwiceAsLongUpToTheLongest() {
        Breaker breaker = ended(Breaker.CLOSED, Outcome.BAD, 4, 0);
        long now = 0;
        for (long seconds : new long[] {5, 10, 20, 30, 30}) {
            assertThat(breaker.retryAfter(now)).isEqualTo(Duration.ofSeconds(seconds));
            now += seconds * SECOND;
            Breaker probe = breaker.admitted(RULE, now);
            breaker = probe.ended(probe.round(), Outcome.BAD, RULE, now);
            assertThat(breaker.phase(now)).isEqualTo(Phase.OPEN);
        }
    }

    @Test
    void aProbeThatSaysNothingLeavesItsPlaceToAnother() {
        Breaker probing = probing(ended(Breaker.CLOSED, Outcome.BAD, 4, 0), 5 * SECOND);
        Breaker left = probing.ended(probing.round(), Outcome.UNKNOWN, RULE, 5 * SECOND);

        assertThat(left.phase(5 * SECOND)).isEqualTo(Phase.HALF_OPEN);
        assertThat(left.admits(RULE, 5 * SECOND)).isTrue();
    }

    @Test
    void probesThatNeverEndAreGivenUp() {
        Breaker stuck = probing(ended(Breaker.CLOSED, Outcome.BAD, 4, 0), 5 * SECOND);
        assertThat(stuck.admits(RULE, 10 * SECOND - 1)).isFalse();

        Breaker anew = stuck.admitted(RULE, 10 * SECOND);
        assertThat(anew.round()).isNotEqualTo(stuck.round());
        assertThat(anew.ended(stuck.round(), Outcome.BAD, RULE, 10 * SECOND)).isSameAs(anew);
    }

    @Test
    void attemptsFromBeforeItOpenedSayNothing() {
        Breaker open = ended(Breaker.CLOSED, Outcome.BAD, 4, 0);
        Breaker probing = probing(open, 5 * SECOND);

        assertThat(open.ended(Breaker.CLOSED.round(), Outcome.BAD, RULE, SECOND))
                .isSameAs(open);
        assertThat(probing.ended(Breaker.CLOSED.round(), Outcome.BAD, RULE, 5 * SECOND))
                .isSameAs(probing);
    }

    @Test
    void aCircuitThatIsTurnedOffLetsEverythingThrough() {
        BreakerRule off = new BreakerRule(0, 50, RULE.time(), RULE.maxTime(), 1);
        Breaker open = ended(Breaker.CLOSED, Outcome.BAD, 4, 0);

        assertThat(open.admits(off, 0)).isTrue();
        assertThat(open.admitted(off, 0)).isSameAs(open);
        assertThat(Breaker.CLOSED.ended(Breaker.CLOSED.round(), Outcome.BAD, off, 0))
                .isSameAs(Breaker.CLOSED);
    }

    /** Attempts come, end well, badly or for no reason, or never; time passes. */
    @Property
    void neverMoreProbesThanAllowedAndAlwaysAWayBack(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 7) Integer> events) {
        Breaker breaker = Breaker.CLOSED;
        Deque<Long> underWay = new ArrayDeque<>();
        long now = 0;
        for (int event : events) {
            if (event < 3) {
                boolean admits = breaker.admits(RULE, now);
                assertThat(admits || breaker.phase(now) != Phase.CLOSED).isTrue();
                if (admits) {
                    breaker = breaker.admitted(RULE, now);
                    underWay.add(breaker.round());
                    long round = breaker.round();
                    if (breaker.phase(now) == Phase.HALF_OPEN) {
                        assertThat(underWay.stream().filter(of -> of == round).count())
                                .isLessThanOrEqualTo(RULE.probes());
                    }
                } else {
                    assertThat(breaker.retryAfter(now)).isBetween(Duration.ofNanos(1), RULE.maxTime());
                }
            } else if (event < 6) {
                Long round = event == 5 ? underWay.pollLast() : underWay.poll();
                if (round != null) {
                    breaker = breaker.ended(round, OUTCOMES.get(event - 3), RULE, now);
                }
            } else {
                now += (event == 6 ? 1 : 7) * SECOND;
            }
        }
        now += RULE.maxTime().toNanos();
        assertThat(breaker.admits(RULE, now)).isTrue();
        for (int i = 0; i < RULE.probes(); i++) {
            breaker = breaker.admitted(RULE, now);
            breaker = breaker.ended(breaker.round(), Outcome.GOOD, RULE, now);
        }
        assertThat(breaker.phase(now)).isEqualTo(Phase.CLOSED);
    }

    private static Breaker probing(Breaker open, long now) {
        return open.admitted(RULE, now).admitted(RULE, now);
    }

    private static Breaker ended(Breaker breaker, Outcome outcome, int times, long now) {
        Breaker after = breaker;
        for (int i = 0; i < times; i++) {
            after = after.ended(after.round(), outcome, RULE, now);
        }
        return after;
    }
}
