package dev.switchboard.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.RecordStore;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.Caller;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of a shard's calls when time passes. */
class CallSweepTest {
    private static final CallTimes TIMES = new CallTimes(
            Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);
    private static final UUID CALL = new UUID(0, 9);
    private static final Set<String> NODES = Set.of("n1", "n2");

    private final ShuffledCalls world = new ShuffledCalls(0);
    private final List<Effect> told = new ArrayList<>();
    private boolean deaf;
    private Future<Void> heard = Future.succeededFuture();
    private Instant now = START;
    private final Calls calls =
            new Calls(world, world, world.log(), new News(), Future::succeededFuture, () -> TIMES, new Hands());
    private final CallSweep sweep = new CallSweep(world, calls);

    private final class News implements CallNews {
        @Override
        public Future<Void> tell(CallEntry entry, List<Effect> effects) {
            if (deaf) {
                return Future.failedFuture("nobody hears");
            }
            told.addAll(effects);
            return heard;
        }

        @Override
        public Future<Void> refused(Call call, Caller caller) {
            throw new AssertionError("nobody is refused");
        }
    }

    private final class Hands extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private void begin() {
        begin(CALL);
    }

    private void begin(UUID id) {
        CallRecord call = CallRecord.ring(id, Leg.of(ANN, "ann", "n1", START), BOB, Media.AUDIO, START, TIMES);
        calls.begin(new CallEntry(call, "ann", "Ann", List.of(Effect.of(Kind.INCOMING, BOB))));
        world.run();
    }

    /** @return the calls that were looked at, as they are afterwards */
    private List<CallRecord> sweepAt(int seconds, Set<String> nodes) {
        now = START.plusSeconds(seconds);
        List<UUID> live = new ArrayList<>();
        Future<List<UUID>> owned = ((RecordStore<CallEntry>) world).owned(0);
        world.run();
        sweep.owned(owned.result());
        Future<Void> swept = sweep.sweep(nodes, call -> live.add(call.id()));
        world.run();
        assertThat(swept.succeeded()).as("whatever the calls wait for").isTrue();
        Future<Map<UUID, CallEntry>> after = world.findAll(live);
        world.run();
        return after.result().values().stream().map(CallEntry::call).toList();
    }

    @Test
    void whatNobodyAnswersEndsIsRememberedAndForgotten() {
        begin();
        assertThat(sweepAt(59, NODES)).extracting(CallRecord::state).containsExactly(State.RINGING);
        assertThat(sweepAt(60, NODES)).extracting(CallRecord::reason).containsExactly(EndReason.NO_ANSWER);
        assertThat(told).extracting(Effect::kind).containsExactly(Kind.INCOMING, Kind.END, Kind.END, Kind.MISSED);
        sweepAt(61, NODES);
        assertThat(sweepAt(79, NODES)).as("over, and not looked at").isEmpty();
        assertThat(reads(CALL)).isTrue();
        sweepAt(80, NODES);
        assertThat(reads(CALL)).isFalse();
        assertThat(told).hasSize(4);
    }

    private boolean reads(UUID id) {
        var found = calls.find(id);
        world.run();
        return found.result().isPresent();
    }

    @Test
    void whatCouldNotBeToldIsToldLater() {
        deaf = true;
        begin();
        sweepAt(1, NODES);
        assertThat(told).isEmpty();
        deaf = false;
        sweepAt(1, NODES);
        assertThat(told).as("somebody may be about it").isEmpty();
        sweepAt(2, NODES);
        assertThat(told).extracting(Effect::kind).containsExactly(Kind.INCOMING);
        sweepAt(10, NODES);
        assertThat(told).hasSize(1);
    }

    @Test
    void aLostNodePutsItsLegsInGrace() {
        begin();
        assertThat(sweepAt(5, Set.of("n2"))).allMatch(call -> call.caller().lost());
        assertThat(sweepAt(14, Set.of("n2"))).extracting(CallRecord::state).containsExactly(State.RINGING);
        assertThat(sweepAt(15, Set.of("n2"))).extracting(CallRecord::reason).containsExactly(EndReason.CANCELLED);
    }

    @Test
    void whatCannotBeToldEndsInTime() {
        deaf = true;
        begin();
        assertThat(sweepAt(59, NODES)).extracting(CallRecord::state).containsExactly(State.RINGING);
        assertThat(sweepAt(60, NODES)).extracting(CallRecord::reason).containsExactly(EndReason.NO_ANSWER);
    }

    @Test
    void whatTakesLongForOneCallHoldsUpNoOther() {
        begin();
        heard = Promise.<Void>promise().future();
        sweepAt(60, NODES);
        heard = Future.succeededFuture();
        begin(new UUID(0, 10));
        assertThat(sweepAt(61, NODES))
                .as("that one is still being told, and this one ends")
                .extracting(CallRecord::reason)
                .containsExactly(EndReason.NO_ANSWER, EndReason.NO_ANSWER);
        assertThat(told).filteredOn(effect -> effect.kind() == Kind.END).hasSize(4);
    }

    @Test
    void theEndIsToldOnceAlsoWhileItCannotBeSaved() {
        world.full(true);
        world.claim(ANN, CALL);
        begin();
        Future<CallRecord> ended = calls.change(CALL, call -> call.end(ANN, "ann", null, now));
        world.run();
        assertThat(ended.failed()).isTrue();
        assertThat(told).extracting(Effect::kind).containsExactly(Kind.INCOMING, Kind.END, Kind.END);
        assertThat(world.claims()).as("whoever is in no call can be called").isEmpty();
        sweepAt(2, NODES);
        sweepAt(3, NODES);
        assertThat(told).hasSize(3);
        world.full(false);
        sweepAt(4, NODES);
        assertThat(told)
                .extracting(Effect::kind)
                .endsWith(Kind.END, Kind.MISSED)
                .hasSize(4);
        sweepAt(5, NODES);
        assertThat(told).hasSize(4);
    }
}
