package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BalanceTest {
    @Property
    void roundRobinGivesEachTheSame(@ForAll @IntRange(min = 1, max = 9) int candidates, @ForAll short firstTurn) {
        int[] picked = new int[candidates];
        for (int i = 0; i < candidates * 7; i++) {
            picked[Balance.ROUND_ROBIN.pick(candidates, any -> 0, firstTurn + i)]++;
        }

        assertThat(picked).containsOnly(7);
    }

    @Property
    void leastRequestsPicksNobodyBusierThanAnother(
            @ForAll @Size(min = 1, max = 9) List<@IntRange(min = 0, max = 3) Integer> busy, @ForAll int turn) {
        int picked = Balance.LEAST_REQUESTS.pick(busy.size(), busy::get, turn);

        assertThat(busy.get(picked)).isEqualTo(Collections.min(busy));
    }

    @Test
    void equallyBusyOnesTakeTurns() {
        List<Integer> busy = List.of(4, 1, 7, 1, 1);
        Map<Integer, Integer> picked = new HashMap<>();
        for (int turn = Integer.MAX_VALUE - 10;
                picked.values().stream().mapToInt(n -> n).sum() < 30;
                turn++) {
            picked.merge(Balance.LEAST_REQUESTS.pick(busy.size(), busy::get, turn), 1, Integer::sum);
        }

        assertThat(picked).containsOnlyKeys(1, 3, 4);
        assertThat(picked.values()).allMatch(times -> times >= 9 && times <= 11);
    }
}
