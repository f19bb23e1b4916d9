package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Meeting;
import dev.switchboard.protocol.MeetingInternals;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.MeetingOperations.Entry;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.Participant;
import dev.switchboard.protocol.Participant.Role;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Announce;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.RoomOperations.Follow;
import dev.switchboard.protocol.RoomOperations.Followed;
import dev.switchboard.protocol.RoomOperations.Join;
import dev.switchboard.protocol.RoomOperations.Joined;
import dev.switchboard.support.OneNode;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node follows, beside owners that the test plays. */
class NodeHubTest {
    private static final UUID ROOM = Ids.next();

    /** Before everything is looked through anyway, which is after 20 s. */
    private static final Duration SOON = Duration.ofSeconds(15);

    private static final long PATIENCE_MS = 2_500;

    private final Vertx vertx = Vertx.vertx();
    private final OneNode ownership = new OneNode();
    private final AtomicInteger head = new AtomicInteger(5);
    private final Promise<Void> ownerAnswers = Promise.promise();
    private final List<Announce> announced = new CopyOnWriteArrayList<>();
    private volatile Future<Void> participantsAnswer = Future.succeededFuture();
    private final AtomicBoolean participantsAway = new AtomicBoolean();
    private final List<Follow> follows = new CopyOnWriteArrayList<>();
    private final AtomicInteger left = new AtomicInteger();
    private volatile Future<Void> joinable = Future.succeededFuture();
    private final AtomicBoolean deleted = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();
    private NodeHub node;
    private String deployment;
    private Context loop;
    private LoopHub hub;

    @BeforeEach
    void start() throws Exception {
        Bus bus = new Bus(vertx, ownership);
        wait(bus.serve(
                Part.ROOM,
                0,
                new Handlers()
                        .on(
                                RoomOperations.JOIN,
                                (caller, q) -> joinable.map(v -> new Joined(
                                        ROOM, head.get(), List.of(), true, List.of(), List.of(caller.user()), 1, 1)))
                        .on(RoomOperations.LEAVE, (caller, q) -> {
                            left.incrementAndGet();
                            return Future.succeededFuture(Nothing.NOTHING);
                        })
                        .on(RoomOperations.FOLLOW, (caller, q) -> followed(q)
                                .map(v -> new Followed(
                                        head.get(),
                                        LongStream.rangeClosed(q.afterSeq() + 1, head.get())
                                                .mapToObj(NodeHubTest::event)
                                                .toList())))));
        wait(bus.serve(Part.PARTICIPANT, 0, new Handlers().on(ParticipantOperations.ANNOUNCE, (caller, q) -> {
                    if (participantsAway.get()) {
                        refused.incrementAndGet();
                        return Future.failedFuture(Fault.UNAVAILABLE.because("away"));
                    }
                    announced.add(q);
                    return participantsAnswer.map(v -> Nothing.NOTHING);
                })));
        Meeting meeting = new Meeting(
                ROOM,
                "m",
                null,
                ROOM,
                ROOM,
                2,
                false,
                false,
                Meeting.Status.LIVE,
                1,
                List.of(),
                1,
                Instant.EPOCH,
                null);
        Participant self = new Participant(
                "s", ROOM, "ann", "Ann", Instant.EPOCH, false, null, false, false, false, false, Role.HOST, 1);
        wait(bus.serve(
                Part.MEETING,
                0,
                new Handlers()
                        .on(
                                MeetingOperations.JOIN,
                                (caller, q) -> Future.succeededFuture(new MeetingOperations.Joined(
                                        meeting, Entry.JOINED, List.of(self), self, null, 0, List.of(), true)))
                        .on(
                                MeetingOperations.STATE,
                                (caller, q) -> Future.succeededFuture(
                                        new MeetingOperations.State(meeting, List.of(self), self, null)))
                        .on(
                                MeetingInternals.FOLLOW,
                                (caller, q) -> Future.failedFuture(Fault.NOT_FOUND.because("forgotten")))));
        node = new NodeHub(bus, new BridgeMeters(Meters.unread()));
        deployment = wait(vertx.deployVerticle(node));
        loop = vertx.getOrCreateContext();
        hub = onLoop(() -> Future.succeededFuture(new LoopHub(vertx, node, PATIENCE_MS)));
    }

    private Future<Void> followed(Follow request) {
        follows.add(request);
        return deleted.get() ? Future.failedFuture(Fault.NOT_FOUND.because("deleted")) : ownerAnswers.future();
    }

    @AfterEach
    void stop() throws Exception {
        wait(vertx.close());
    }

    private static <T> T wait(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private <T> T onLoop(Supplier<Future<T>> action) throws Exception {
        Promise<T> done = Promise.promise();
        loop.runOnContext(v -> action.get().onComplete(done));
        return wait(done.future());
    }

    private Socket connect() throws Exception {
        Socket socket = new Socket();
        return onLoop(() -> {
            hub.connected(socket, socket.user);
            return Future.succeededFuture(socket);
        });
    }

    private void join(Socket socket) throws Exception {
        onLoop(() -> hub.join(socket, socket.caller(), new Join(ROOM, null, null)));
    }

    private void register(Socket socket) throws Exception {
        socket.hears = true;
        onLoop(() -> hub.registerRoom(socket, socket.caller(), ROOM));
    }

    private static Event<Message> event(long seq) {
        Message message = new Message(
                Ids.next(), ROOM, seq, Ids.next(), "Ann", "text", "#" + seq, null, null, Instant.now(), null, false, 1);
        return Event.numbered(Event.MESSAGE_NEW, seq, message.createdAt(), message);
    }

    @Test
    void aRegistrationThatTheOwnerDoesNotAnswerEndsAndTheNextOneHearsEverythingOnce() throws Exception {
        Socket first = connect();
        join(first);
        register(first);
        // The owner has gone on; what it published did not reach this node, and it does not answer when asked.
        head.set(7);
        Socket second = connect();
        join(second);
        FaultException fault = catchThrowableOfType(FaultException.class, () -> register(second));
        assertThat(fault.fault()).isEqualTo(Fault.TIMEOUT);

        Promise<Void> again = Promise.promise();
        loop.runOnContext(v -> hub.registerRoom(second, second.caller(), ROOM).onComplete(again));
        ownerAnswers.complete();
        wait(again.future());
        await().atMost(SOON).untilAsserted(() -> assertThat(first.contents()).containsExactly("#6", "#7"));
        // Both are live now, each from where it stood.
        head.set(8);
        ownership.meet();
        await().atMost(SOON).until(() -> first.contents().contains("#8"));
        await().atMost(SOON).untilAsserted(() -> assertThat(second.contents()).containsExactly("#8"));
        assertThat(first.contents()).containsExactly("#6", "#7", "#8");
    }

    @Test
    void whoLeavesAndJoinsAgainHearsTheRoomWithoutANewRegistration() throws Exception {
        ownerAnswers.complete();
        Socket socket = connect();
        join(socket);
        register(socket);
        onLoop(() -> hub.leave(socket, socket.caller(), ROOM));
        join(socket);
        head.set(6);
        ownership.meet();
        await().atMost(SOON).untilAsserted(() -> assertThat(socket.contents()).containsExactly("#6"));
    }

    @Test
    void aRoomThatIsGoneIsNotFollowedAnyMore() throws Exception {
        Socket socket = connect();
        join(socket);
        register(socket);
        deleted.set(true);
        ownership.meet();
        await().atMost(SOON).until(() -> !follows.isEmpty());
        nobodyIsFollowed();
    }

    @Test
    void aRoomWhoseLastSocketWentWhileItJoinedAgainIsNotFollowedAnyMore() throws Exception {
        ownerAnswers.complete();
        Socket socket = connect();
        join(socket);
        Promise<Void> slow = Promise.promise();
        joinable = slow.future();
        loop.runOnContext(v -> hub.join(socket, socket.caller(), new Join(ROOM, null, null)));
        loop.runOnContext(v -> hub.disconnected(socket));
        await().atMost(SOON).until(() -> left.get() > 0);
        slow.complete();
        nobodyIsFollowed();
    }

    /** However often nodes come: the hub follows first and announces then. */
    private void nobodyIsFollowed() {
        await().atMost(SOON).until(() -> {
            connect();
            int before = follows.size();
            announced.clear();
            ownership.meet();
            await().atMost(SOON).until(() -> announced.stream().anyMatch(Announce::whole));
            return follows.size() == before;
        });
    }

    @Test
    void whoIsInAMeetingThatNobodyRemembersIsTold() throws Exception {
        Socket socket = connect();
        onLoop(() -> hub.joinMeeting(
                socket, socket.caller(), new MeetingOperations.Join(ROOM, null, null, ownership.nodeId(), null)));
        register(socket);
        await().atMost(SOON).until(() -> socket.received.stream().anyMatch(text -> text.contains("meeting:state")));
        ownership.meet();
        await().atMost(SOON).until(() -> socket.received.stream()
                .anyMatch(text -> text.contains("meeting:ended") && text.contains("lost")));
    }

    @Test
    void aUserIsReachableWhenTheOwnerHasHeardOfIt() throws Exception {
        Promise<Void> slow = Promise.promise();
        participantsAnswer = slow.future();
        Socket socket = connect();
        Promise<Void> reachable = reachable(socket.user);
        await().atMost(SOON).until(() -> !announced.isEmpty());
        assertThat(reachable.future().isComplete()).isFalse();
        slow.complete();
        wait(reachable.future());

        // Nothing is announced, or waited for, again for the user's next socket.
        participantsAnswer = Promise.<Void>promise().future();
        onLoop(() -> {
            hub.connected(new Socket(socket.user), socket.user);
            return hub.reachable(socket.user);
        });
        assertThat(announced).hasSize(1);
    }

    @Test
    void aUserIsReachableWhenTheOwnerHeardOfItAtASecondTry() throws Exception {
        participantsAway.set(true);
        Socket socket = connect();
        Promise<Void> reachable = reachable(socket.user);
        await().atMost(SOON).until(() -> refused.get() > 0);
        assertThat(reachable.future().isComplete()).isFalse();
        participantsAway.set(false);
        wait(reachable.future());
        await().atMost(SOON).untilAsserted(() -> assertThat(announced)
                .anyMatch(a -> a.whole() && a.online().contains(socket.user)));
    }

    @Test
    void nobodyWaitsForAnOwnerForEver() throws Exception {
        participantsAnswer = Promise.<Void>promise().future();
        Socket socket = connect();
        wait(reachable(socket.user).future());
        assertThat(announced).isNotEmpty();
    }

    private Promise<Void> reachable(UUID user) {
        Promise<Void> reachable = Promise.promise();
        loop.runOnContext(v -> hub.reachable(user).onComplete(reachable));
        return reachable;
    }

    @Test
    void theOwnerIsToldThatTheLastUserIsGoneEvenIfItDidNotHearItAtFirst() throws Exception {
        Socket only = connect();
        await().atMost(SOON)
                .until(() -> announced.stream().anyMatch(a -> a.online().contains(only.user)));
        participantsAway.set(true);
        announced.clear();
        loop.runOnContext(v -> hub.disconnected(only));
        await().atMost(SOON).until(() -> refused.get() > 0);
        participantsAway.set(false);
        await().atMost(SOON).until(() -> announced.stream()
                .anyMatch(a -> a.whole() && a.online().isEmpty()));
    }

    @Test
    void aStoppedHubHearsOfNothing() throws Exception {
        assertThat(ownership.listeners()).hasSize(1);
        onLoop(() -> {
            hub.close();
            return Future.succeededFuture();
        });
        wait(vertx.undeploy(deployment));
        assertThat(ownership.listeners()).isEmpty();
    }

    /** A client that keeps what it is sent. */
    private static final class Socket implements Connection {
        private final UUID user;
        private final List<String> received = new CopyOnWriteArrayList<>();
        private volatile boolean hears;

        Socket() {
            this(Ids.next());
        }

        Socket(UUID user) {
            this.user = user;
        }

        Caller caller() {
            return new Caller(user, "ann", "Ann", Set.of("user"), null, socketId(), "r");
        }

        List<String> contents() {
            return received.stream()
                    .map(text -> text.replaceAll(".*\"content\":\"([^\"]*)\".*", "$1"))
                    .toList();
        }

        @Override
        public String socketId() {
            return user.toString();
        }

        @Override
        public Form form() {
            return Form.FALLBACK;
        }

        @Override
        public boolean hears(UUID roomId) {
            return hears;
        }

        @Override
        public void send(byte[] message) {
            received.add(new String(message, StandardCharsets.UTF_8));
        }

        @Override
        public void sendFrames(ByteBuf frames) {
            throw new AssertionError("not for this form");
        }

        @Override
        public void close(CloseCode code) {
            received.add("closed " + code);
        }

        @Override
        public long queuedBytes() {
            return 0;
        }
    }
}
