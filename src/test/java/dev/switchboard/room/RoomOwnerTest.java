package dev.switchboard.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.Ownership;
import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.ConversationOperations.Get;
import dev.switchboard.protocol.ConversationOperations.RemoveMember;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Online;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.RoomOperations.Follow;
import dev.switchboard.protocol.RoomOperations.Join;
import dev.switchboard.protocol.RoomOperations.Joined;
import dev.switchboard.protocol.RoomOperations.Send;
import dev.switchboard.protocol.RoomOperations.Sent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One owner of one group over stores in memory: what it lets whom hear, and what happens while it waits. */
class RoomOwnerTest {
    private static final String NODE = "one";
    private static final UUID ROOM = Ids.next();
    private static final UUID ANN = Ids.next();
    private static final UUID BOB = Ids.next();

    private final Vertx vertx = Vertx.vertx();
    private final Cluster cluster = new Cluster();
    private final Bus bus = new Bus(vertx, cluster);
    private final FakeRoomStore store = new FakeRoomStore(ROOM, List.of(ANN, BOB));
    private final List<String> evicted = new CopyOnWriteArrayList<>();
    private final AtomicInteger queries = new AtomicInteger();
    private RoomShard shard;
    private volatile Future<Map<UUID, Set<UUID>>> blocks = Future.succeededFuture(Map.of());
    private volatile Future<Online> presence = Future.succeededFuture(new Online(List.of()));

    @BeforeEach
    void start() {
        store.role(ANN, Member.OWNER);
        shard = new RoomShard(
                bus, store, () -> new RoomOptions(Duration.ofMinutes(1), 0, 1_000), new RoomMeters(Meters.unread()));
        FakeConversationStore conversations = new FakeConversationStore(store);
        UserNotices notices = new UserNotices(bus);
        Membership membership = new Membership(shard, conversations, conversations, notices);
        Blockers blockers = users -> blocks;
        Handlers handlers = new Handlers();
        new Messages(shard, notices).register(handlers);
        new Following(shard, membership, notices, blockers, () -> Duration.ofSeconds(1)).register(handlers);
        new Conversations(shard, conversations, conversations, membership, notices, blockers).register(handlers);
        await(bus.serve(Part.ROOM, 0, handlers));
        await(bus.serve(
                Part.PARTICIPANT,
                0,
                new Handlers()
                        .on(ParticipantOperations.QUERY, (caller, q) -> {
                            queries.incrementAndGet();
                            return presence;
                        })
                        .on(ParticipantOperations.NOTIFY, (caller, q) -> Future.succeededFuture(Nothing.NOTHING))));
        await(bus.onDelivery(delivery -> {
            if (delivery.address().startsWith(Delivery.EVICT)) {
                evicted.add(new String(delivery.events().get(0), java.nio.charset.StandardCharsets.UTF_8));
            }
        }));
    }

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FaultException fault) {
                throw fault;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Caller caller(UUID user) {
        return new Caller(user, "user", "User", Set.of(), null, null, "r");
    }

    private <Q extends Record, R extends Record> Future<R> ask(Operation<Q, R> operation, UUID user, Q request) {
        return bus.call(operation, caller(user), request);
    }

    private Future<Joined> join(UUID user) {
        return ask(RoomOperations.JOIN, user, new Join(ROOM, null, NODE));
    }

    private void awaitEvicted(UUID... users) {
        List<String> ids = java.util.Arrays.stream(users).map(UUID::toString).toList();
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(evicted)
                .containsExactlyElementsOf(ids));
    }

    private static void assertFault(Fault fault, Future<?> refused) {
        assertThat(catchThrowableOfType(FaultException.class, () -> await(refused))
                        .fault())
                .isEqualTo(fault);
    }

    @Test
    void aNodeThatFollowsForSomebodyWhoWasRemovedIsTold() {
        await(join(ANN));
        UUID stranger = Ids.next();
        await(bus.call(RoomOperations.FOLLOW, Caller.system(), new Follow(ROOM, NODE, 0, List.of(ANN, stranger))));
        awaitEvicted(stranger);
    }

    @Test
    void aRemovalThatIsSentAgainEvictsAgain() {
        await(join(ANN));
        await(join(BOB));
        await(ask(ConversationOperations.REMOVE_MEMBER, ANN, new RemoveMember(ROOM, BOB)));
        await(ask(ConversationOperations.REMOVE_MEMBER, ANN, new RemoveMember(ROOM, BOB)));
        awaitEvicted(BOB, BOB);
    }

    @Test
    void whoIsRemovedWhileJoiningIsNotLetIn() {
        Promise<Map<UUID, Set<UUID>>> slow = Promise.promise();
        blocks = slow.future();
        Future<Joined> joining = join(BOB);
        await(ask(ConversationOperations.REMOVE_MEMBER, ANN, new RemoveMember(ROOM, BOB)));
        slow.complete(Map.of());
        assertFault(Fault.NOT_A_MEMBER, joining);
    }

    @Test
    void whoWasRemovedThroughAnotherOwnerWritesNothingMore() {
        await(join(BOB));
        store.removeMember(BOB);
        store.count();
        Future<Sent> sending = ask(RoomOperations.SEND, BOB, new Send(ROOM, "too late", null, "c1", null));
        Awaitility.await().until(() -> !store.idle());
        store.step(0, FakeRoomStore.Outcome.DONE);
        assertFault(Fault.NOT_A_MEMBER, sending);
        awaitEvicted(BOB);
        assertThat(store.log).isEmpty();
    }

    @Test
    void aRoomThatIsNeededIsKeptThoughThereAreTooMany() {
        Promise<Map<UUID, Set<UUID>>> slow = Promise.promise();
        blocks = slow.future();
        Future<Joined> joining = ask(RoomOperations.JOIN, BOB, new Join(ROOM, null, null));
        Awaitility.await().until(() -> shard.get(ROOM) != null);
        Room before = shard.get(ROOM);
        shard.sweep(live -> {});
        slow.complete(Map.of());
        await(joining);
        assertThat(shard.get(ROOM)).isSameAs(before);
    }

    @Test
    void whoJoinsARoomThatIsGivenUpMeanwhileJoinsWhatCameAfterIt() {
        Promise<Map<UUID, Set<UUID>>> slow = Promise.promise();
        blocks = slow.future();
        Future<Joined> joining = join(BOB);
        Awaitility.await().until(() -> shard.get(ROOM) != null);
        shard.giveUp(ROOM);
        blocks = Future.succeededFuture(Map.of());
        slow.complete(Map.of());
        await(joining);
        assertThat(shard.loaded())
                .singleElement()
                .satisfies(live -> assertThat(live.audience().has(BOB)).isTrue());
    }

    @Test
    void aFrozenOwnerOfPresenceHoldsUpNoJoin() {
        presence = Promise.<Online>promise().future();
        long start = System.nanoTime();
        Future<Joined> bob = join(BOB);
        Future<Joined> ann = join(ANN);
        assertThat(await(bob).online()).contains(BOB);
        assertThat(await(ann).online()).containsExactlyInAnyOrder(ANN, BOB);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("less than one try of the bus")
                .isLessThan(Duration.ofSeconds(3));
        assertThat(queries).as("the same answer is good for both").hasValue(1);
    }

    @Test
    void aDeletionThatIsSentAgainSucceedsAndNobodyFollowsWhatIsGone() {
        await(ask(ConversationOperations.DELETE, ANN, new Get(ROOM)));
        await(ask(ConversationOperations.DELETE, ANN, new Get(ROOM)));
        await(bus.call(RoomOperations.FOLLOW, Caller.system(), new Follow(ROOM, NODE, 3, List.of(BOB))));
        awaitEvicted(BOB);
    }

    private static final class Cluster implements Ownership {
        private final List<Consumer<String>> losses = new CopyOnWriteArrayList<>();

        @Override
        public String nodeId() {
            return NODE;
        }

        @Override
        public Owner ownerOf(String key) {
            return new Owner(NODE, 0);
        }

        @Override
        public int partitionOf(String key) {
            return 0;
        }

        @Override
        public Set<Integer> partitions() {
            return Set.of(0);
        }

        @Override
        public Set<String> nodes() {
            return Set.of(NODE);
        }

        @Override
        public Runnable onChange(Runnable listener) {
            return () -> {};
        }

        @Override
        public Runnable onNodeLost(Consumer<String> listener) {
            losses.add(listener);
            return () -> losses.remove(listener);
        }
    }
}
