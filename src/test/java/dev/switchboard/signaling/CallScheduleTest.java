package dev.switchboard.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Whatever happens in whatever order: one winner at most, no way for strangers, an end for every call, with one reason. */
class CallScheduleTest {
    private static final CallTimes TIMES = new CallTimes(
            Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);
    private static final UUID EVE = new UUID(0, 3);
    private static final List<String> SOCKETS = List.of("ann-1", "ann-2", "bob-1", "bob-2", "bob-3", "eve-1");
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    enum What {
        ANSWER,
        REJECT,
        END,
        CONNECTED,
        SOCKET_LOST,
        NODE_LOST,
        RESUME,
        RENEW,
        REPLACE,
        TICK
    }

    record Step(What what, String socket, String other, String node, @Nullable EndReason said, int afterSeconds) {}

    @Provide
    Arbitrary<List<Step>> schedules() {
        return Combinators.combine(
                        Arbitraries.of(What.class),
                        Arbitraries.of(SOCKETS),
                        Arbitraries.of(SOCKETS),
                        Arbitraries.of(NODES),
                        Arbitraries.of(EndReason.class).injectNull(0.5),
                        Arbitraries.integers().between(0, 20))
                .as(Step::new)
                .list()
                .ofMaxSize(40);
    }

    private static UUID userOf(String socket) {
        return socket.startsWith("ann") ? ANN : socket.startsWith("bob") ? BOB : EVE;
    }

    private static CallRecord fresh() {
        return CallRecord.ring(new UUID(0, 9), Leg.of(ANN, "ann-1", "n1", START), BOB, Media.VIDEO, START, TIMES);
    }

    private static CallChange apply(CallRecord call, Step step, Instant now) {
        UUID user = userOf(step.socket());
        return switch (step.what()) {
            case ANSWER -> call.answer(user, step.socket(), step.node(), now, TIMES);
            case REJECT -> call.reject(user, step.socket(), now);
            case END -> call.end(user, step.socket(), step.said(), now);
            case CONNECTED -> call.connected(step.socket());
            case SOCKET_LOST -> call.socketLost(step.socket(), now, TIMES);
            case NODE_LOST -> call.nodesLost(Set.of(step.node()), now, TIMES);
            case RESUME -> call.resume(user, step.other(), step.socket(), step.node(), now);
            case RENEW -> call.renew(step.socket(), now);
            case REPLACE -> call.replace(now);
            case TICK -> call.tick(now, TIMES);
        };
    }

    @Property(tries = 3_000)
    void holdsUnderAnySchedule(@ForAll("schedules") List<Step> schedule) {
        CallRecord call = fresh();
        Instant now = START;
        int accepted = 0;
        int missed = 0;
        List<String> endsTold = new ArrayList<>();
        for (Step step : schedule) {
            now = now.plusSeconds(step.afterSeconds());
            CallRecord before = call;
            CallChange change;
            try {
                change = apply(call, step, now);
            } catch (FaultException refused) {
                continue;
            }
            call = change.call();
            if (before.isOver()) {
                assertThat(change.effects()).isEmpty();
                assertThat(call).isEqualTo(before);
            }
            for (Effect effect : change.effects()) {
                accepted += effect.kind() == Kind.ACCEPTED ? 1 : 0;
                missed += effect.kind() == Kind.MISSED ? 1 : 0;
                if (effect.kind() == Kind.END && effect.userId().equals(ANN)) {
                    endsTold.add(String.valueOf(effect.reason()));
                }
            }
            check(before, call);
        }
        assertThat(accepted).isLessThanOrEqualTo(1);
        assertThat(missed).isLessThanOrEqualTo(1);
        assertThat(endsTold).hasSizeLessThanOrEqualTo(1);
        if (missed == 1) {
            assertThat(accepted).isZero();
        }
        assertThat(endsAtLast(call, now).reason()).isNotNull();
    }

    private static void check(CallRecord before, CallRecord now) {
        assertThat(now.state().compareTo(before.state())).isGreaterThanOrEqualTo(0);
        assertThat(now.isOver()).isEqualTo(now.reason() != null);
        assertThat(now.isOver()).isEqualTo(now.endedAt() != null);
        assertThat(now.caller().userId()).isEqualTo(ANN);
        assertThat(now.callee().userId()).isEqualTo(BOB);
        if (now.state() == State.RINGING) {
            assertThat(now.callee().socketId()).isNull();
        }
        for (String socket : SOCKETS) {
            Leg peer = now.peer(socket);
            if (peer != null) {
                assertThat(now.state()).isIn(State.CONNECTING, State.ACTIVE);
                assertThat(userOf(socket)).isNotEqualTo(EVE).isNotEqualTo(peer.userId());
            }
        }
        long signalling =
                SOCKETS.stream().filter(socket -> now.peer(socket) != null).count();
        assertThat(signalling).isIn(0L, 2L);
    }

    /** Nobody says anything any more: within the ring, the connect time, a lease and a grace it is over. */
    private static CallRecord endsAtLast(CallRecord call, Instant now) {
        CallRecord last = call;
        Instant limit =
                now.plus(TIMES.ring()).plus(TIMES.connect()).plus(Leg.LEASE).plus(TIMES.legGrace());
        for (Instant at = now; !last.isOver() && at.isBefore(limit); at = at.plusSeconds(1)) {
            last = last.tick(at, TIMES).call();
        }
        return last;
    }
}
