package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EjectionTest {
    private static final long SECOND = 1_000_000_000L;
    private static final EjectionRule RULE = EjectionRule.DEFAULT;
    private static final List<Address> THREE = Addresses.some(3);
    private static final Address FIRST = THREE.get(0);

    @Test
    void fiveFailuresInARowEjectForThirtySeconds() {
        Ejection four = failures(Ejection.NONE, FIRST, THREE, 4, 0);
        assertThat(four.isEjected(FIRST, 0)).isFalse();

        Ejection five = failures(four, FIRST, THREE, 1, 7 * SECOND);
        assertThat(five.isEjected(FIRST, 7 * SECOND)).isTrue();
        assertThat(five.remaining(FIRST, 7 * SECOND)).isEqualTo(Duration.ofSeconds(30));
        assertThat(five.isEjected(FIRST, 37 * SECOND - 1)).isTrue();
        assertThat(five.isEjected(FIRST, 37 * SECOND)).isFalse();
        assertThat(five.remaining(FIRST, 37 * SECOND)).isZero();
    }

    @Test
    void aGoodAnswerEndsTheRow() {
        Ejection four = failures(Ejection.NONE, FIRST, THREE, 4, 0);
        Ejection again = failures(four.answered(FIRST, RULE, 0), FIRST, THREE, 4, 0);

        assertThat(again.isEjected(FIRST, 0)).isFalse();
        assertThat(failures(again, FIRST, THREE, 1, 0).isEjected(FIRST, 0)).isTrue();
    }

    @Test
    void anAddressWhoseAnswersAllBreakOffIsEjectedThoughItBeginsThem() {
        Ejection ejection = Ejection.NONE;
        for (int i = 0; i < 5; i++) {
            assertThat(ejection.isEjected(FIRST, 0)).isFalse();
            ejection = ejection.answered(FIRST, RULE, 0).brokeOff(FIRST, RULE, THREE, 0);
        }
        assertThat(ejection.isEjected(FIRST, 0)).isTrue();
    }

    @Test
    void anAnswerThatComesToItsEndEndsTheRowOfBrokenOnesAndNoOther() {
        Ejection ejection = failures(Ejection.NONE, FIRST, THREE, 4, 0);
        for (int i = 0; i < 4; i++) {
            ejection = ejection.brokeOff(FIRST, RULE, THREE, 0);
        }
        ejection = ejection.completed(FIRST, RULE, 0).brokeOff(FIRST, RULE, THREE, 0);
        assertThat(ejection.isEjected(FIRST, 0)).isFalse();
        assertThat(failures(ejection, FIRST, THREE, 1, 0).isEjected(FIRST, 0)).isTrue();
    }

    @Test
    void eachEjectionSoonAfterTheLastIsLongerUpToFiveMinutes() {
        Ejection ejection = Ejection.NONE;
        long now = 0;
        for (int n = 1; n <= 14; n++) {
            ejection = failures(ejection, FIRST, THREE, 5, now);
            Duration expected = Duration.ofSeconds(Math.min(300, 30L * n));
            assertThat(ejection.remaining(FIRST, now)).isEqualTo(expected);
            now += expected.toNanos();
        }
        // There is no more to forgive than the longest ejection was.
        now += 300 * SECOND;
        ejection = failures(ejection, FIRST, THREE, 5, now);
        assertThat(ejection.remaining(FIRST, now)).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({"29, 120", "30, 90", "59, 90", "60, 60", "90, 30", "100000, 30"})
    void timeWithoutEjectionIsForgiven(long secondsWell, long nextSeconds) {
        Ejection ejection = Ejection.NONE;
        long now = 0;
        for (int n = 1; n <= 3; n++) {
            ejection = failures(ejection, FIRST, THREE, 5, now);
            now += 30L * n * SECOND;
        }
        now += secondsWell * SECOND;
        ejection = failures(ejection.answered(FIRST, RULE, now), FIRST, THREE, 5, now);

        assertThat(ejection.remaining(FIRST, now)).isEqualTo(Duration.ofSeconds(nextSeconds));
    }

    @Test
    void whatEndsDuringAnEjectionChangesNothing() {
        Ejection out = failures(Ejection.NONE, FIRST, THREE, 5, 0);

        assertThat(failures(out, FIRST, THREE, 20, SECOND)).isSameAs(out);
        assertThat(out.brokeOff(FIRST, RULE, THREE, SECOND)).isSameAs(out);
        assertThat(out.answered(FIRST, RULE, SECOND)).isSameAs(out);
        assertThat(out.completed(FIRST, RULE, SECOND)).isSameAs(out);
    }

    @Test
    void aSingleAddressAndAnUnlimitedRuleNeverEject() {
        List<Address> one = Addresses.some(1);
        EjectionRule never = new EjectionRule(0, RULE.time(), RULE.maxTime());
        Ejection ejection = Ejection.NONE;
        for (int i = 0; i < 10; i++) {
            ejection = ejection.failed(FIRST, never, THREE, 0);
        }

        assertThat(ejection).isSameAs(Ejection.NONE);
        assertThat(failures(Ejection.NONE, FIRST, one, 100, 0).isEjected(FIRST, 0))
                .isFalse();
    }

    @Test
    void whoWasSparedIsEjectedAtTheNextFailureOnceThereIsRoom() {
        List<Address> two = Addresses.some(2);
        Ejection ejection = failures(Ejection.NONE, two.get(0), two, 5, 0);
        ejection = failures(ejection, two.get(1), two, 9, SECOND);
        assertThat(ejection.isEjected(two.get(1), SECOND)).isFalse();

        ejection = failures(ejection, two.get(1), two, 1, 31 * SECOND);
        assertThat(ejection.isEjected(two.get(1), 31 * SECOND)).isTrue();
        assertThat(ejection.isEjected(two.get(0), 31 * SECOND)).isFalse();
    }

    @Test
    void removedAddressesAreForgottenAndOthersAreNot() {
        List<Address> four = Addresses.some(4);
        Ejection ejection = failures(failures(Ejection.NONE, four.get(0), four, 5, 0), four.get(1), four, 5, 0);

        Ejection kept = ejection.retain(four.subList(1, 4));

        assertThat(kept.isEjected(four.get(1), 0)).isTrue();
        assertThat(kept.isEjected(four.get(0), 0)).isFalse();
        assertThat(kept.retain(four)).isSameAs(kept);
    }

    /** Whatever happens in whatever order: at most half are out, and only those that failed five times in a row. */
    @Property
    void neverMoreThanHalfAndNeverWithoutReason(
            @ForAll @IntRange(min = 1, max = 7) int count,
            @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 999) Integer> events) {
        List<Address> all = Addresses.some(count);
        Map<Address, Integer> row = new HashMap<>();
        Ejection ejection = Ejection.NONE;
        long now = 0;
        for (int event : events) {
            Address address = all.get(event % count);
            int kind = event / 7 % 10;
            boolean wasOut = ejection.isEjected(address, now);
            if (kind == 0) {
                now += event * SECOND / 20;
                continue;
            }
            if (kind == 1) {
                ejection = ejection.answered(address, RULE, now).completed(address, RULE, now);
                row.remove(address);
            } else if (kind == 2) {
                ejection = ejection.brokeOff(address, RULE, all, now);
                row.merge(address, 1, Integer::sum);
            } else {
                ejection = ejection.failed(address, RULE, all, now);
                row.merge(address, 1, Integer::sum);
            }
            if (!wasOut && ejection.isEjected(address, now)) {
                assertThat(row.get(address)).isGreaterThanOrEqualTo(RULE.failures());
                assertThat(ejection.remaining(address, now)).isBetween(RULE.time(), RULE.maxTime());
            }
            Ejection at = ejection;
            long time = now;
            assertThat(all.stream().filter(a -> at.isEjected(a, time)).count()).isLessThanOrEqualTo(count / 2);
        }
    }

    private static Ejection failures(Ejection ejection, Address address, List<Address> all, int times, long now) {
        Ejection after = ejection;
        for (int i = 0; i < times; i++) {
            after = after.failed(address, RULE, all, now);
        }
        return after;
    }
}
