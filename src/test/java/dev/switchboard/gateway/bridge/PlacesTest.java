package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.gateway.bridge.Places.Kind;
import dev.switchboard.gateway.bridge.Places.Place;
import dev.switchboard.protocol.CallOperations;
import dev.switchboard.protocol.CallOperations.LegNews;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.MeetingInternals;
import dev.switchboard.protocol.MeetingInternals.Seat;
import dev.switchboard.protocol.MeetingInternals.Seated;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Part;
import dev.switchboard.support.OneNode;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said for sockets when nodes meet, to owners that the test plays. */
class PlacesTest {
    private static final UUID ID = new UUID(0, 1);
    private static final UUID USER = new UUID(0, 2);
    private static final String SOCKET = "s1";

    /** Long before it would be this socket's turn anyway, in the fifteenth second. */
    private static final Duration SOON = Duration.ofSeconds(12);

    private static final Duration AFTER_THE_LAST_ROUND = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx();
    private final FakeHub hub = new FakeHub();
    private final OneNode ownership = new OneNode();
    private final List<Seat> seats = new CopyOnWriteArrayList<>();
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private volatile Function<Seat, Future<Seated>> owner = q -> Future.succeededFuture(new Seated(false, 1));
    private volatile Fault leg;
    private Context loop;
    private Places places;

    private final class Socket implements Connection {
        @Override
        public String socketId() {
            return SOCKET;
        }

        @Override
        public Form form() {
            return Form.RAW_TEXT;
        }

        @Override
        public boolean hears(UUID roomId) {
            return true;
        }

        @Override
        public void send(byte[] message) {
            sent.add(new String(message, StandardCharsets.UTF_8));
        }

        @Override
        public void sendFrames(ByteBuf frames) {
            throw new IllegalStateException("not here");
        }

        @Override
        public void close(CloseCode code) {}

        @Override
        public long queuedBytes() {
            return 0;
        }
    }

    @BeforeEach
    void start() throws Exception {
        Bus bus = new Bus(vertx, ownership);
        wait(bus.serve(Part.MEETING, 0, new Handlers().on(MeetingInternals.SEAT, (caller, q) -> {
                    seats.add(q);
                    return owner.apply(q);
                })));
        wait(bus.serve(
                Part.SIGNALING,
                0,
                new Handlers()
                        .on(
                                CallOperations.LEG,
                                (caller, q) -> leg == null
                                        ? Future.succeededFuture(Nothing.NOTHING)
                                        : Future.failedFuture(leg.because("over")))
                        .on(
                                CallOperations.GET,
                                (caller, q) -> Future.failedFuture(Fault.NOT_FOUND.because("nobody kept it")))));
        loop = vertx.getOrCreateContext();
        places = onLoop(() -> new Places(vertx, bus, hub));
    }

    @AfterEach
    void stop() throws Exception {
        wait(vertx.close());
    }

    private static <T> T wait(Future<T> future) throws Exception {
        return future.await(20, TimeUnit.SECONDS);
    }

    private <T> T onLoop(Supplier<T> action) throws Exception {
        Promise<T> done = Promise.promise();
        loop.runOnContext(v -> done.complete(action.get()));
        return wait(done.future());
    }

    private void take(Kind kind) throws Exception {
        Caller caller = new Caller(USER, "ann", "Ann", Set.of(), null, SOCKET, "r");
        onLoop(() -> {
            places.taken(new Socket(), caller, new Place(kind, ID));
            return true;
        });
    }

    private int count() throws Exception {
        return onLoop(() -> places.count(SOCKET));
    }

    @Test
    void aSeatIsClaimedWhenNodesMeetAndTheSocketHearsWhoIsThere() throws Exception {
        take(Kind.SEAT);
        owner = q -> Future.succeededFuture(new Seated(true, 1));
        ownership.meet();
        await().atMost(SOON).until(() -> hub.calls.contains("tellState " + ID));
        assertThat(seats.get(0)).isEqualTo(new Seat(ID, SOCKET, LegNews.ALIVE, "one"));
    }

    @Test
    void whatChangedIsToldAgainWhole() throws Exception {
        take(Kind.SEAT);
        AtomicInteger version = new AtomicInteger(7);
        owner = q -> Future.succeededFuture(new Seated(false, version.get()));
        ownership.meet();
        await().atMost(SOON).until(() -> !hub.calls.isEmpty());
        int asked = seats.size();
        await().atMost(AFTER_THE_LAST_ROUND).until(() -> seats.size() > asked);
        assertThat(hub.calls).as("nothing changed").containsExactly("tellState " + ID);
        version.incrementAndGet();
        await().atMost(AFTER_THE_LAST_ROUND).until(() -> hub.calls.size() == 2);
    }

    @Test
    void nobodyWhoWaitsOutsideIsGivenASeat() throws Exception {
        take(Kind.LOBBY);
        ownership.meet();
        await().atMost(SOON).until(() -> !seats.isEmpty());
        assertThat(seats.get(0).node()).isNull();
    }

    @Test
    void whoeverLeftWhileTheSeatCameBackIsLost() throws Exception {
        Promise<Seated> slow = Promise.promise();
        take(Kind.SEAT);
        owner = q -> q.news() == LegNews.ALIVE ? slow.future() : Future.succeededFuture(new Seated(false, 1));
        ownership.meet();
        await().atMost(SOON).until(() -> !seats.isEmpty());
        assertThat(onLoop(() -> places.left(SOCKET, ID))).isNotNull();
        slow.complete(new Seated(true, 1));
        await().atMost(SOON).until(() -> seats.contains(new Seat(ID, SOCKET, LegNews.LOST, null)));
        assertThat(hub.calls).isEmpty();
    }

    @Test
    void aRefusalIsTheEndOfAPlace() throws Exception {
        take(Kind.SEAT);
        owner = q -> Future.failedFuture(Fault.NOT_A_MEMBER.because("another socket"));
        ownership.meet();
        await().atMost(SOON).until(() -> count() == 0);
        assertThat(sent).as("whoever took the place tells it").isEmpty();
    }

    @Test
    void aMeetingThatNobodyKnowsYetMayStillCome() throws Exception {
        take(Kind.SEAT);
        owner = q -> Future.failedFuture(Fault.NOT_FOUND.because("not merged yet"));
        ownership.meet();
        await().atMost(SOON).until(() -> !seats.isEmpty());
        assertThat(count()).isEqualTo(1);
        assertThat(sent).isEmpty();
        await().atMost(AFTER_THE_LAST_ROUND).until(() -> count() == 0);
        assertThat(seats).hasSizeGreaterThan(2);
        assertThat(sent).singleElement().asString().contains("room:" + ID, "meeting:ended", "\"lost\"");
    }

    @Test
    void aWordThatThePlaceIsGoneIsAskedAboutFirst() throws Exception {
        take(Kind.SEAT);
        onLoop(() -> {
            hub.unseated.accept(ID, SOCKET);
            return true;
        });
        await().atMost(SOON).until(() -> !seats.isEmpty());
        assertThat(seats.get(0).node()).as("no claim").isNull();
        assertThat(count()).as("it entered again since").isEqualTo(1);
    }

    @Test
    void whoHeardThatThePlaceIsGoneIsNotToldThatTheMeetingIs() throws Exception {
        take(Kind.SEAT);
        owner = q -> Future.failedFuture(Fault.NOT_FOUND.because("ended"));
        onLoop(() -> {
            hub.unseated.accept(ID, SOCKET);
            return true;
        });
        await().atMost(SOON).until(() -> count() == 0);
        assertThat(sent).isEmpty();
    }

    @Test
    void nobodySpeaksForACallThatIsOver() throws Exception {
        take(Kind.CALL);
        onLoop(() -> {
            hub.unseated.accept(ID, SOCKET);
            return true;
        });
        assertThat(count()).isZero();
    }

    @Test
    void theEndOfACallInTheOtherHalfIsTold() throws Exception {
        take(Kind.CALL);
        leg = Fault.CONFLICT;
        ownership.meet();
        await().atMost(SOON).until(() -> sent.stream()
                .anyMatch(text -> text.contains("call:end") && text.contains("\"disconnected\"")));
        assertThat(count()).isZero();
    }
}
