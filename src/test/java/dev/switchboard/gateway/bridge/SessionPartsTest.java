package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The small machines that a session is made of. */
class SessionPartsTest {
    /** Requests finish in any order; those of one lane still run one after the other, in the order in which they came. */
    @Property
    void lanesKeepTheirOrder(
            @ForAll @Size(max = 40) List<@IntRange(max = 4) Integer> keys,
            @ForAll @Size(max = 200) List<@IntRange(max = 1000) Integer> finishes) {
        var lanes = new Lanes();
        List<Promise<Integer>> running = new ArrayList<>();
        Map<Integer, List<Integer>> started = new HashMap<>();
        Map<Integer, List<Integer>> expected = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            int key = keys.get(i);
            int number = i;
            expected.computeIfAbsent(key, k -> new ArrayList<>()).add(number);
            lanes.run(
                    "k" + key,
                    () -> {
                        started.computeIfAbsent(key, k -> new ArrayList<>()).add(number);
                        if (number % 5 == 0) {
                            return Future.succeededFuture(number);
                        }
                        if (number % 7 == 0) {
                            throw new IllegalStateException("a request that fails at once");
                        }
                        Promise<Integer> promise = Promise.promise();
                        running.add(promise);
                        return promise.future();
                    },
                    () -> {});
        }
        for (int finish : finishes) {
            if (!running.isEmpty()) {
                Promise<Integer> promise = running.remove(finish % running.size());
                if (finish % 2 == 0) {
                    promise.complete(finish);
                } else {
                    promise.fail("failed");
                }
            }
            started.forEach(
                    (key, numbers) -> assertThat(expected.get(key)).startsWith(numbers.toArray(Integer[]::new)));
            assertThat(running.size()).as("one at a time").isLessThanOrEqualTo(5);
        }
        while (!running.isEmpty()) {
            running.remove(0).complete(0);
        }
        assertThat(started).isEqualTo(expected);
        assertThat(lanes.outstanding()).isZero();
    }

    private static final class Clock extends Deadlines.Entry {
        final List<Long> rung = new ArrayList<>();
        final long period;

        Clock(long period) {
            this.period = period;
        }

        @Override
        public long due(long nowMillis) {
            rung.add(nowMillis);
            return nowMillis + period;
        }
    }

    @Property
    void everyDeadlineIsKeptUntilItIsRemoved(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 9) Integer> periods,
            @ForAll @Size(max = 60) List<@IntRange(max = 59) Integer> removed) {
        var deadlines = new Deadlines();
        List<Clock> clocks = new ArrayList<>();
        for (int period : periods) {
            var clock = new Clock(period);
            clocks.add(clock);
            deadlines.set(clock, period);
        }
        for (long now = 0; now <= 20; now++) {
            deadlines.run(now);
        }
        for (Clock clock : clocks) {
            assertThat(clock.rung).hasSize((int) (20 / clock.period));
            clock.rung.clear();
        }
        List<Clock> gone = new ArrayList<>();
        for (int place : removed) {
            Clock clock = clocks.get(place % clocks.size());
            deadlines.remove(clock);
            gone.add(clock);
        }
        deadlines.run(100);
        for (Clock clock : clocks) {
            assertThat(clock.rung).hasSize(gone.contains(clock) ? 0 : 1);
        }
    }

    @Example
    void whatEndsOthersWhileItIsItsTurnDisturbsNobody() {
        var deadlines = new Deadlines();
        List<Deadlines.Entry> ended = new ArrayList<>();
        List<Deadlines.Entry> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            var entry = new Deadlines.Entry() {
                @Override
                public long due(long nowMillis) {
                    assertThat(ended).as("nothing rings after its end").doesNotContain(this);
                    for (Deadlines.Entry other : all) {
                        if (other != this) {
                            deadlines.remove(other);
                            ended.add(other);
                        }
                    }
                    return Deadlines.NEVER;
                }
            };
            all.add(entry);
            deadlines.set(entry, 1);
        }
        deadlines.run(1);
        assertThat(deadlines.size()).isEqualTo(1);
        assertThat(ended).hasSize(9);
    }

    @Example
    void aBurstPassesThenTheRate() {
        var allowance = new Allowance(Allowance.bucket(10, 5));
        int passed = 0;
        for (int i = 0; i < 100; i++) {
            passed += allowance.take(Allowance.MESSAGE, 0) ? 1 : 0;
        }
        assertThat(passed).isEqualTo(10);
        assertThat(allowance.abused()).as("patience is several bursts").isTrue();
        for (int i = 0; i < 100; i++) {
            passed += allowance.take(Allowance.MESSAGE, 1_000) ? 1 : 0;
        }
        assertThat(passed).isEqualTo(15);
        assertThat(allowance.take(Allowance.MESSAGE, 60_000)).isTrue();
        assertThat(allowance.abused()).as("a pause makes good").isFalse();
    }

    @Example
    void aSocketEndsForTheFirstReasonThatComes() {
        var options = BridgeServer.DEFAULTS;
        var times = new SessionTimes(() -> options, 0);
        assertThat(times.end(9_999)).isNull();
        assertThat(times.end(10_000)).isEqualTo(CloseCode.UNAUTHORIZED);
        times.identified(9_000, 100_000);
        assertThat(times.end(10_000)).isNull();
        assertThat(times.next(true)).isLessThanOrEqualTo(25_000);
        assertThat(times.heartbeat(25_000))
                .as("the first comes within a period")
                .isTrue();
        assertThat(times.heartbeat(49_999)).isFalse();
        assertThat(times.next(true)).as("the warning").isEqualTo(49_000);
        assertThat(times.next(false)).as("the next heartbeat").isEqualTo(50_000);
        assertThat(times.warning(48_999)).isFalse();
        assertThat(times.warning(49_000)).isTrue();
        assertThat(times.warning(49_001)).as("once").isFalse();
        assertThat(times.end(120_000)).isEqualTo(CloseCode.PING_TIMEOUT);
        times.heard(119_000);
        assertThat(times.end(133_999)).isNull();
        assertThat(times.end(134_000)).as("token and grace are over").isEqualTo(CloseCode.SESSION_EXPIRED);
        times.identified(130_000, Long.MAX_VALUE);
        assertThat(times.end(134_000)).isNull();
        assertThat(times.warning(134_000))
                .as("the new token is far from its end")
                .isFalse();
        times.leave(140_000);
        assertThat(times.end(140_000)).isEqualTo(CloseCode.NODE_DRAINING);
    }

    @Property
    void whatWaitsIsBoundedByTheBoundAndOneMessage(
            @ForAll @Size(max = 200) List<@IntRange(max = 3_000) Integer> writes) {
        var bound = new QueueBound();
        long queued = 0;
        int largest = 0;
        for (int write : writes) {
            // Every third time the client takes half of what waits.
            queued = write % 3 == 0 ? queued / 2 : queued;
            queued += write;
            largest = Math.max(largest, write);
            if (bound.broken(queued, write, 1_000)) {
                assertThat(queued).isGreaterThan(1_000 + write);
                return;
            }
            assertThat(queued).isLessThanOrEqualTo(1_000L + largest + largest);
        }
    }

    @Example
    void originsAreJudged() {
        var policy = new OriginPolicy(List.of("https://App.example.org/", "http://localhost:3000"));
        assertThat(policy.judge(null, "h")).isEqualTo(OriginPolicy.Verdict.NEUTRAL);
        assertThat(policy.judge("https://app.example.org", "h")).isEqualTo(OriginPolicy.Verdict.TRUSTED);
        assertThat(policy.judge("https://app.example.org:443", "h")).isEqualTo(OriginPolicy.Verdict.TRUSTED);
        assertThat(policy.judge("http://app.example.org", "h")).isEqualTo(OriginPolicy.Verdict.FOREIGN);
        assertThat(policy.judge("http://localhost:3000", "h")).isEqualTo(OriginPolicy.Verdict.TRUSTED);
        assertThat(policy.judge("http://localhost:3001", "h")).isEqualTo(OriginPolicy.Verdict.FOREIGN);
        assertThat(policy.judge("https://chat.example", "chat.example")).isEqualTo(OriginPolicy.Verdict.TRUSTED);
        assertThat(policy.judge("https://chat.example", "chat.example:443")).isEqualTo(OriginPolicy.Verdict.TRUSTED);
        assertThat(policy.judge("http://chat.example:8080", "CHAT.example:8080"))
                .isEqualTo(OriginPolicy.Verdict.TRUSTED);
        assertThat(policy.judge("http://chat.example:8081", "chat.example:8080"))
                .isEqualTo(OriginPolicy.Verdict.FOREIGN);
        assertThat(policy.judge("null", "null")).isEqualTo(OriginPolicy.Verdict.FOREIGN);
        assertThat(policy.judge("https://app.example.org.evil.example", "h")).isEqualTo(OriginPolicy.Verdict.FOREIGN);
        assertThat(new OriginPolicy(List.of("*")).judge("https://x", "h")).isEqualTo(OriginPolicy.Verdict.NEUTRAL);
    }
}
