package dev.switchboard.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import dev.switchboard.signaling.Initiation.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Who calls whom at once, every step of every node in any order. */
class InitiationTest {
    private static final CallTimes TIMES = new CallTimes(
            Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final List<UUID> PEOPLE = List.of(new UUID(0, 1), new UUID(0, 2), new UUID(0, 3));

    private final List<Effect> told = new ArrayList<>();
    private ShuffledCalls world = new ShuffledCalls(0);

    private Initiation initiation() {
        CallNews news = new CallNews() {
            @Override
            public Future<Void> tell(CallEntry entry, List<Effect> effects) {
                told.addAll(effects);
                return world.later(() -> null);
            }

            @Override
            public Future<Void> refused(Call call, Caller caller) {
                return world.later(() -> null);
            }
        };
        Calls calls =
                new Calls(world, world, world.log(), news, Future::succeededFuture, () -> TIMES, Clock.systemUTC());
        return new Initiation(() -> world.later(() -> null), calls, world, new LocalCallOwners(calls));
    }

    private static Request request(int from, int to) {
        Caller caller = new Caller(PEOPLE.get(from), "u" + from, "U" + from, Set.of(), null, "s" + from, "r");
        return new Request(Ids.next(), caller, "s" + from, "n" + from, PEOPLE.get(to), Media.VIDEO, true);
    }

    @Property(tries = 2_000)
    void twoWhoCallEachOtherEndInOneCall(@ForAll long seed) {
        world = new ShuffledCalls(seed);
        Future<Call> ann = initiation().begin(request(0, 1));
        Future<Call> bob = initiation().begin(request(1, 0));
        world.run();

        assertThat(ann.result().id()).isEqualTo(bob.result().id());
        CallRecord call = world.only();
        assertThat(call.state()).isEqualTo(State.CONNECTING);
        assertThat(Stream.of(call.caller(), call.callee()).map(Leg::socketId)).containsExactlyInAnyOrder("s0", "s1");
        assertThat(world.claims())
                .containsOnlyKeys(PEOPLE.get(0), PEOPLE.get(1))
                .containsValues(call.id());
    }

    @Property(tries = 2_000)
    void aRequestThatTwoOwnersCarryOutIsOneCall(@ForAll long seed) {
        world = new ShuffledCalls(seed);
        told.clear();
        Request request = request(0, 1);
        List<Future<Call>> both =
                List.of(initiation().begin(request), initiation().begin(request));
        world.run();

        assertThat(both).allMatch(f -> f.result().id().equals(request.id()));
        assertThat(world.only().state()).isEqualTo(State.RINGING);
        assertThat(told).as("it rings once").containsExactly(Effect.of(Kind.INCOMING, PEOPLE.get(1)));
    }

    @Property(tries = 2_000)
    void threeWhoCallInACircleAreInOneCallEach(@ForAll long seed) {
        world = new ShuffledCalls(seed);
        List<Future<Call>> all = List.of(
                initiation().begin(request(0, 1)),
                initiation().begin(request(1, 2)),
                initiation().begin(request(2, 0)));
        world.run();

        assertThat(all).allMatch(Future::isComplete);
        long ringing = all.stream()
                .filter(f -> f.succeeded() && f.result().state() == State.RINGING)
                .count();
        assertThat(ringing).isEqualTo(1);
        for (Future<Call> each : all) {
            if (each.failed()) {
                assertThat(((FaultException) each.cause()).fault()).isIn(Fault.CONFLICT, Fault.UNAVAILABLE);
            } else if (each.result().state() == State.ENDED) {
                assertThat(each.result().reason()).isEqualTo(EndReason.BUSY);
            }
        }
        CallRecord live = world.only();
        assertThat(world.claims())
                .hasSize(2)
                .containsKeys(live.caller().userId(), live.callee().userId());
    }

    @Test
    void aClaimOfADeadNodeIsTakenOver() {
        UUID old = new UUID(0x0001_0000_0000_7000L, 7);
        world.claim(PEOPLE.get(1), old);
        world.run();
        Future<Call> call = initiation().begin(request(0, 1));
        world.run();
        assertThat(call.result().state()).isEqualTo(State.RINGING);
        assertThat(told).contains(Effect.of(Kind.INCOMING, PEOPLE.get(1)));
    }

    @Test
    void ofWhoeverCannotBeReachedNothingIsLookedAt() {
        Initiation initiation = initiation();
        initiation.begin(request(1, 2));
        world.run();
        Map<UUID, UUID> before = Map.copyOf(world.claims());
        Request away = new Request(Ids.next(), request(0, 1).caller(), "s0", "n0", PEOPLE.get(1), Media.VIDEO, false);
        Future<Call> call = initiation.begin(away);
        world.run();
        assertThat(call.result().reason())
                .as("not busy: that would show that it is there")
                .isEqualTo(EndReason.UNAVAILABLE);
        assertThat(world.claims()).isEqualTo(before);
        assertThat(world.claimed())
                .doesNotContain(Map.entry(PEOPLE.get(1), call.result().id()));
    }

    @Test
    void callingAgainFromTheSameSocketReplaces() {
        Initiation initiation = initiation();
        Future<Call> first = initiation.begin(request(0, 1));
        world.run();
        Future<Call> second = initiation.begin(request(0, 1));
        world.run();
        assertThat(second.result().id()).isNotEqualTo(first.result().id());
        assertThat(second.result().state()).isEqualTo(State.RINGING);
        assertThat(told).contains(Effect.end(PEOPLE.get(1), null, "replaced"));
    }

    @Test
    void whoeverIsInACallIsBusyForOthersAndCallsNobodyElse() {
        Initiation initiation = initiation();
        Future<Call> first = initiation.begin(request(0, 1));
        world.run();
        Future<Call> busy = initiation.begin(request(2, 1));
        Future<Call> conflict = initiation.begin(request(0, 2));
        world.run();
        assertThat(first.result().state()).isEqualTo(State.RINGING);
        assertThat(busy.result().reason()).isEqualTo(EndReason.BUSY);
        assertThat(((FaultException) conflict.cause()).fault()).isEqualTo(Fault.CONFLICT);
    }

    @Test
    void aRefusalIsSavedAndTellsItselfAtOnce() {
        List<String> begun = new ArrayList<>();
        CallNews news = new CallNews() {
            @Override
            public Future<Void> tell(CallEntry entry, List<Effect> effects) {
                throw new AssertionError("nothing rings");
            }

            @Override
            public Future<Void> refused(Call call, Caller caller) {
                begun.add("noted");
                return Promise.<Void>promise().future();
            }
        };
        Calls calls =
                new Calls(world, world, world.log(), news, Future::succeededFuture, () -> TIMES, Clock.systemUTC());
        Call over = Calls.refused(Ids.next(), PEOPLE.get(0), PEOPLE.get(1), Media.VIDEO, EndReason.BUSY, calls.now());
        calls.keep(over, request(0, 1).caller());
        assertThat(begun).as("while the call is being saved").containsExactly("noted");
    }
}
