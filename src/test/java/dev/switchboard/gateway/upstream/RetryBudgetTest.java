package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aFifthOfTheRequestsOfTenSecondsAndAtLeastThree() {
        RetryBudget budget = RetryBudget.UNTOUCHED;
        assertThat(spend(budget, 0)).isEqualTo(3);
        for (int i = 0; i < 100; i++) {
            budget = budget.requested(i * SECOND / 20);
        }
        assertThat(spend(budget, 5 * SECOND)).isEqualTo(20);
        assertThat(spend(budget, 20 * SECOND)).isEqualTo(3);
    }

    @Test
    void noneWhenTheRuleSaysSo() {
        assertThat(RetryBudget.UNTOUCHED.requested(0).allows(new RetryRule(0, 0), 0))
                .isFalse();
    }

    @Property
    void itIsNeverExceeded(
            @ForAll @IntRange(min = 0, max = 100) int percent,
            @ForAll @IntRange(min = 0, max = 5) int least,
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 299) Integer> events) {
        RetryRule rule = new RetryRule(percent, least);
        RetryBudget budget = RetryBudget.UNTOUCHED;
        List<Long> requests = new ArrayList<>();
        List<Long> retries = new ArrayList<>();
        long now = 0;
        for (int event : events) {
            now += (event / 3) * SECOND / 50;
            if (event % 3 == 0) {
                budget = budget.requested(now);
                requests.add(now);
            } else {
                int allowed = Math.max(least, recent(requests, now) * percent / 100);
                boolean granted = budget.allows(rule, now);
                assertThat(granted).isEqualTo(recent(retries, now) < allowed);
                if (granted) {
                    budget = budget.retried(now);
                    retries.add(now);
                }
            }
        }
    }

    private static int recent(List<Long> times, long now) {
        return (int)
                times.stream().filter(at -> at / SECOND > now / SECOND - 10).count();
    }

    private static int spend(RetryBudget budget, long now) {
        int spent = 0;
        RetryBudget left = budget;
        while (left.allows(RetryRule.DEFAULT, now)) {
            left = left.retried(now);
            spent++;
        }
        return spent;
    }
}
