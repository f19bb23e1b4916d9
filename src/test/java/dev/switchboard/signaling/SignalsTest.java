package dev.switchboard.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.SignalOperations.Description;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.support.OneNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signals of a call; the steps of its store are done in an order that chance chooses. */
class SignalsTest {
    private static final CallTimes TIMES = new CallTimes(
            Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);
    private static final int SEEDS = 200;
    private static final int SIGNALS = 8;

    private final Vertx vertx = Vertx.vertx();
    private final Bus bus = new Bus(vertx, new OneNode());
    private final List<String> delivered = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        vertx.close();
    }

    private static Calls calls(ShuffledCalls world) {
        CallNews nobody = new CallNews() {
            @Override
            public Future<Void> tell(CallEntry entry, List<Effect> effects) {
                return Future.succeededFuture();
            }

            @Override
            public Future<Void> refused(Call call, Caller caller) {
                return Future.succeededFuture();
            }
        };
        return new Calls(world, world, world.log(), nobody, Future::succeededFuture, () -> TIMES, Clock.systemUTC());
    }

    private static Caller caller(UUID user, String socket) {
        return new Caller(user, socket, socket, Set.of(), null, socket, "request");
    }

    private static CallEntry ringing(UUID id) {
        Instant now = Instant.now();
        CallRecord call = CallRecord.ring(id, Leg.of(ANN, "ann", "one", now), BOB, Media.VIDEO, now, TIMES);
        return new CallEntry(call, "ann", "Ann", List.of());
    }

    private static CallRecord answered(CallRecord call) {
        return call.answer(BOB, "bob", "one", Instant.now(), TIMES).call();
    }

    private static Future<Nothing> offer(Signals signals, UUID call, String sdp) {
        return signals.describe(Event.OFFER, caller(ANN, "ann"), new Description(call, null, null, sdp));
    }

    /** Where everything of a node runs. */
    private <T> T onContext(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        vertx.getOrCreateContext().runOnContext(v -> task.run());
        return task.get(60, TimeUnit.SECONDS);
    }

    private void listen() {
        bus.onDelivery(delivery -> {
            assertThat(delivery.address()).isEqualTo(Delivery.SOCKET + "bob");
            String event = new String(delivery.events().get(0), StandardCharsets.UTF_8);
            delivered.add(event.replaceAll(".*\"sdp\":\"(.*?)\".*", "$1"));
        });
    }

    @Test
    void theyStayInOrderWhileTheCallIsLookedUp() throws Exception {
        listen();
        List<String> sent = new ArrayList<>();
        onContext(() -> {
            for (int seed = 0; seed < SEEDS; seed++) {
                ShuffledCalls world = new ShuffledCalls(seed);
                Random chance = new Random(seed);
                UUID id = Ids.next();
                CallEntry entry = ringing(id);
                world.putIfAbsent(id, new CallEntry(answered(entry.call()), "ann", "Ann", List.of()));
                world.run();
                Signals signals = new Signals(bus, calls(world));
                for (int i = 0; i < SIGNALS; i++) {
                    sent.add(seed + "-" + i);
                    offer(signals, id, seed + "-" + i);
                    if (chance.nextBoolean()) {
                        world.step();
                    }
                }
                world.run();
            }
            return null;
        });
        Awaitility.await().until(() -> delivered.size() == sent.size());
        assertThat(delivered).isEqualTo(sent);
    }

    @Test
    void nobodyIsRefusedForWhatWasTrueAMomentAgo() throws Exception {
        listen();
        boolean relayed = onContext(() -> {
            ShuffledCalls world = new ShuffledCalls(0);
            UUID id = Ids.next();
            Calls here = calls(world);
            Future<CallRecord> begun = here.begin(ringing(id));
            world.run();
            assertThat(begun.succeeded()).isTrue();
            // Another node, which took this one for dead.
            calls(world).change(id, call -> call.answer(BOB, "bob", "one", Instant.now(), TIMES));
            world.run();
            assertThat(here.known(id)).extracting(CallRecord::state).isEqualTo(Call.State.RINGING);
            Future<Nothing> offered = offer(new Signals(bus, here), id, "v=0");
            world.run();
            return offered.succeeded();
        });
        assertThat(relayed).isTrue();
        Awaitility.await().until(() -> delivered.equals(List.of("v=0")));
    }
}
