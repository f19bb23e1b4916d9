package dev.switchboard.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Faults;
import dev.switchboard.bus.Json;
import dev.switchboard.bus.Ownership;
import dev.switchboard.protocol.BlockOperations;
import dev.switchboard.protocol.BlockOperations.Block;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Announce;
import dev.switchboard.protocol.ParticipantOperations.Notice;
import dev.switchboard.protocol.ParticipantOperations.Notify;
import dev.switchboard.protocol.ParticipantOperations.Query;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One shard of participants on a bus of its own; who owns what, and what is stored, is up to the test. */
class PresenceShardTest {
    private static final String NODE = "one";
    private static final String OTHER = "two";
    private static final Ownership.Owner HERE = new Ownership.Owner(NODE, 0);
    private static final PresenceOptions OPTIONS = new PresenceOptions(Duration.ofMillis(2_500), Duration.ofMillis(50));
    private static final UUID ANN = Ids.next();
    private static final UUID BOB = Ids.next();
    private static final UUID CY = Ids.next();

    private final Vertx vertx = Vertx.vertx();
    private final Cluster cluster = new Cluster();
    private final Bus bus = new Bus(vertx, cluster);
    private final Store store = new Store();
    private final Friends friends = new Friends();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private String deployment;

    @BeforeEach
    void start() {
        await(bus.onDelivery(this::record));
        deployment = await(
                vertx.deployVerticle(new ParticipantVerticle(0, bus, friends, friends, v -> store, () -> OPTIONS)));
        until(() -> assertThat(store.looks.get()).isPositive());
    }

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    private void record(Delivery delivery) {
        for (byte[] event : delivery.events()) {
            try {
                JsonNode json = Json.MAPPER.readTree(event);
                told.add(name(delivery.address().substring(Delivery.USER.length())) + ": "
                        + json.get("type").asText() + " "
                        + name(json.get("data").get("userId").asText()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String name(String id) {
        return Map.of(ANN.toString(), "ann", BOB.toString(), "bob", CY.toString(), "cy")
                .getOrDefault(id, id);
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw Faults.of(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private <Q extends Record, R extends Record> R ask(Operation<Q, R> operation, Q request) {
        return await(bus.callShard(operation, Caller.system(), request, HERE));
    }

    private void announce(String node, List<UUID> online, List<UUID> offline) {
        ask(ParticipantOperations.ANNOUNCE, new Announce(node, online, offline, false));
    }

    private List<UUID> online() {
        return ask(ParticipantOperations.QUERY, new Query(List.of(ANN, BOB, CY)))
                .online();
    }

    private void awaitTold(String... lines) {
        until(() -> assertThat(told).containsExactlyInAnyOrder(lines));
    }

    private static void until(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(assertion);
    }

    /** Longer than any news waits to be told. */
    private static void forAWhile(ThrowingRunnable assertion) {
        Awaitility.await()
                .during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(assertion);
    }

    @Test
    void peersHearWhoComesAndAfterTheGraceWhoGoes() {
        friends.know(ANN, BOB);
        announce(NODE, List.of(BOB), List.of());
        announce(NODE, List.of(ANN), List.of());
        awaitTold("ann: user:online bob", "bob: user:online ann");
        told.clear();
        announce(NODE, List.of(), List.of(ANN));
        assertThat(online()).containsExactlyInAnyOrder(ANN, BOB);
        awaitTold("bob: user:offline ann");
        assertThat(online()).containsExactly(BOB);
        assertThat(store.users).containsOnlyKeys(BOB);
    }

    @Test
    void whoIsBlockedSeesTheBlockerGoAndNothingMore() {
        friends.know(ANN, BOB);
        announce(NODE, List.of(ANN, BOB), List.of());
        awaitTold("ann: user:online bob", "bob: user:online ann");
        told.clear();
        Caller ann = new Caller(ANN, "ann", "Ann", Set.of(), null, null, "r");
        await(bus.callShard(BlockOperations.BLOCK, ann, new Block(BOB), HERE));
        awaitTold("bob: user:offline ann");
        await(bus.callShard(BlockOperations.BLOCK, ann, new Block(BOB), HERE));
        await(bus.callShard(BlockOperations.BLOCK, ann, new Block(CY), HERE));
        announce(NODE, List.of(), List.of(ANN));
        forAWhile(() -> assertThat(told).as("neither twice, nor to strangers").hasSize(1));
        announce(NODE, List.of(ANN), List.of());
        told.clear();
        await(bus.callShard(BlockOperations.UNBLOCK, ann, new Block(BOB), HERE));
        awaitTold("bob: user:online ann");
    }

    @Test
    void aReloadIsNotTold() {
        friends.know(ANN, BOB);
        announce(NODE, List.of(BOB, ANN), List.of());
        awaitTold("ann: user:online bob", "bob: user:online ann");
        told.clear();
        announce(NODE, List.of(), List.of(ANN));
        announce(OTHER, List.of(ANN), List.of());
        forAWhile(() -> assertThat(told).isEmpty());
        assertThat(online()).contains(ANN);
    }

    @Test
    void aNodesDeathPutsItsUsersInGrace() {
        friends.know(ANN, BOB);
        announce(NODE, List.of(BOB), List.of());
        announce(OTHER, List.of(ANN, CY), List.of());
        announce(NODE, List.of(CY), List.of());
        awaitTold("bob: user:online ann");
        told.clear();
        cluster.lose(OTHER);
        assertThat(online()).contains(ANN);
        awaitTold("bob: user:offline ann");
        assertThat(online()).containsExactlyInAnyOrder(BOB, CY);
    }

    @Test
    void aDeadNodesLateAnnouncementIsRefused() {
        cluster.lose(OTHER);
        assertFault(Fault.UNAVAILABLE, () -> announce(OTHER, List.of(ANN), List.of()));
        assertThat(online()).isEmpty();
    }

    @Test
    void aNewOwnerTakesOverWithoutTellingAnybodyAnew() {
        friends.know(ANN, BOB);
        friends.know(CY, BOB);
        store.users.put(ANN, true);
        store.users.put(BOB, true);
        store.users.put(CY, true);
        // Before it looked, as fast nodes do; the rest is found when it looks.
        announce(NODE, List.of(BOB), List.of());
        cluster.changed();
        until(() -> assertThat(online()).containsExactlyInAnyOrder(ANN, BOB, CY));
        announce(NODE, List.of(ANN), List.of());
        awaitTold("bob: user:offline cy");
        assertThat(online()).containsExactlyInAnyOrder(ANN, BOB);
        assertThat(store.users).containsOnlyKeys(ANN, BOB);
    }

    @Test
    void aNewOwnerAsksTheStoreUntilItHasTakenOver() {
        store.users.put(ANN, true);
        assertThat(online()).as("no partition is new").isEmpty();
        cluster.partition = 1;
        assertThat(online()).containsExactly(ANN);
        Event<?> event = Event.personal(Event.USER_ONLINE, new ParticipantOperations.PresenceState(CY));
        ask(ParticipantOperations.NOTIFY, new Notify(List.of(new Notice(List.of(ANN), event))));
        awaitTold("ann: user:online cy");
        cluster.changed();
        until(() -> assertThat(store.users).as("nobody announced her").isEmpty());
        store.users.put(ANN, true);
        assertThat(online()).as("taken over").isEmpty();
    }

    @Test
    void whatTheStoreLostIsWrittenAnew() {
        announce(NODE, List.of(ANN), List.of());
        until(() -> assertThat(store.users).containsOnlyKeys(ANN));
        store.users.clear();
        cluster.changed();
        until(() -> assertThat(store.users).containsOnlyKeys(ANN));
        assertThat(told).isEmpty();
    }

    @Test
    void aWholeAnnouncementCorrectsWhatWasMissed() {
        announce(OTHER, List.of(ANN, BOB), List.of());
        ask(ParticipantOperations.ANNOUNCE, new Announce(OTHER, List.of(BOB), List.of(), true));
        until(() -> assertThat(online()).containsExactly(BOB));
        ask(ParticipantOperations.ANNOUNCE, new Announce(OTHER, List.of(), List.of(), true));
        until(() -> assertThat(online()).isEmpty());
    }

    @Test
    void requestsForAnothersUsersAreRefusedWhole() {
        friends.know(ANN, BOB);
        announce(NODE, List.of(ANN, BOB), List.of());
        awaitTold("ann: user:online bob", "bob: user:online ann");
        told.clear();
        cluster.owners.put(ANN.toString(), new Ownership.Owner(OTHER, 0));
        Event<?> event = Event.personal(Event.USER_ONLINE, new ParticipantOperations.PresenceState(CY));
        assertFault(
                Fault.UNAVAILABLE,
                () -> ask(ParticipantOperations.NOTIFY, new Notify(List.of(new Notice(List.of(BOB, ANN), event)))));
        assertFault(Fault.UNAVAILABLE, () -> ask(ParticipantOperations.QUERY, new Query(List.of(BOB, ANN))));
        assertFault(Fault.UNAVAILABLE, () -> announce(NODE, List.of(BOB, ANN), List.of()));
        cluster.changed();
        forAWhile(() -> assertThat(told).isEmpty());
    }

    @Test
    void keysThatMovedAreAskedForAtTheirNewOwner() {
        announce(NODE, List.of(BOB), List.of());
        // The sender's view is behind when it looks first, on this thread: nobody is there. Then it catches up.
        Thread first = Thread.currentThread();
        cluster.look = key -> Thread.currentThread() == first ? new Ownership.Owner("gone", 0) : HERE;
        List<ParticipantOperations.Online> answers =
                await(bus.callOwners(ParticipantOperations.QUERY, Caller.system(), List.of(BOB, CY), Query::new));
        assertThat(answers).flatExtracting(ParticipantOperations.Online::online).containsExactly(BOB);
    }

    @Test
    void whoIsInGraceIsLookedForEverywhere() {
        announce(NODE, List.of(ANN), List.of());
        announce(NODE, List.of(), List.of(ANN));
        Event<?> event = Event.personal(Event.USER_ONLINE, new ParticipantOperations.PresenceState(CY));
        Nothing done = ask(ParticipantOperations.NOTIFY, new Notify(List.of(new Notice(List.of(ANN, BOB), event))));
        assertThat(done).isEqualTo(Nothing.NOTHING);
        awaitTold("ann: user:online cy");
    }

    @Test
    void manyWhoComeAtOnceCostFewQueriesAndAreAllTold() {
        announce(NODE, List.of(ANN), List.of());
        List<UUID> crowd = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            UUID user = Ids.next();
            crowd.add(user);
            friends.of.put(user, List.of(ANN));
        }
        announce(NODE, crowd, List.of());
        until(() -> assertThat(told).hasSize(crowd.size()));
        assertThat(told).doesNotHaveDuplicates();
        assertThat(friends.queries.get()).isLessThanOrEqualTo(8);
    }

    @Test
    void whatCouldNotBeToldIsToldLaterUnlessItIsUndone() {
        friends.know(ANN, BOB);
        friends.know(CY, BOB);
        friends.away = true;
        announce(NODE, List.of(BOB, ANN, CY), List.of());
        until(() -> assertThat(friends.queries.get()).isPositive());
        announce(NODE, List.of(), List.of(CY));
        until(() -> assertThat(online()).doesNotContain(CY));
        friends.away = false;
        awaitTold("ann: user:online bob", "bob: user:online ann");
        forAWhile(() -> assertThat(told).hasSize(2));
    }

    private static void assertFault(Fault fault, Runnable call) {
        assertThatExceptionOfType(FaultException.class).isThrownBy(call::run).satisfies(e -> assertThat(e.fault())
                .isEqualTo(fault));
    }

    @Test
    void aPartThatStoppedListensToNothing() {
        assertThat(cluster.changes).hasSize(1);
        await(vertx.undeploy(deployment));
        assertThat(cluster.changes).isEmpty();
        assertThat(cluster.losses).as("the bus still listens").hasSize(1);
    }

    private static final class Cluster implements Ownership {
        private final Map<String, Owner> owners = new ConcurrentHashMap<>();
        private final Set<String> nodes = ConcurrentHashMap.newKeySet();
        private final List<Runnable> changes = new CopyOnWriteArrayList<>();
        private final List<Consumer<String>> losses = new CopyOnWriteArrayList<>();
        private volatile Function<String, Owner> look = key -> owners.getOrDefault(key, HERE);
        private volatile int partition;

        Cluster() {
            nodes.addAll(Set.of(NODE, OTHER));
        }

        void changed() {
            changes.forEach(Runnable::run);
        }

        void lose(String node) {
            nodes.remove(node);
            losses.forEach(l -> l.accept(node));
            changed();
        }

        @Override
        public String nodeId() {
            return NODE;
        }

        @Override
        public Owner ownerOf(String key) {
            return look.apply(key);
        }

        @Override
        public int partitionOf(String key) {
            return partition;
        }

        @Override
        public Set<Integer> partitions() {
            return Set.of(partition);
        }

        @Override
        public Set<String> nodes() {
            return Set.copyOf(nodes);
        }

        @Override
        public Runnable onChange(Runnable listener) {
            changes.add(listener);
            return () -> changes.remove(listener);
        }

        @Override
        public Runnable onNodeLost(Consumer<String> listener) {
            losses.add(listener);
            return () -> losses.remove(listener);
        }
    }

    private static final class Store implements OnlineStore {
        private final Map<UUID, Boolean> users = new ConcurrentHashMap<>();
        private final AtomicInteger looks = new AtomicInteger();

        @Override
        public Future<Boolean> put(UUID user) {
            return Future.succeededFuture(users.put(user, true) != null);
        }

        @Override
        public void remove(Collection<UUID> gone) {
            gone.forEach(users::remove);
        }

        @Override
        public Future<Set<UUID>> known(Collection<UUID> asked) {
            return Future.succeededFuture(
                    asked.stream().filter(users::containsKey).collect(Collectors.toSet()));
        }

        @Override
        public Future<List<UUID>> owned(int shard) {
            looks.incrementAndGet();
            return Future.succeededFuture(List.copyOf(users.keySet()));
        }
    }

    private static final class Friends implements PeerStore, BlockStore {
        private final Map<UUID, Set<UUID>> blocked = new ConcurrentHashMap<>();
        private final Map<UUID, List<UUID>> of = new ConcurrentHashMap<>();
        private final AtomicInteger queries = new AtomicInteger();
        private volatile boolean away;

        void know(UUID one, UUID other) {
            of.merge(one, List.of(other), Friends::both);
            of.merge(other, List.of(one), Friends::both);
        }

        private static List<UUID> both(List<UUID> a, List<UUID> b) {
            List<UUID> all = new ArrayList<>(a);
            all.addAll(b);
            return all;
        }

        @Override
        public Future<Map<UUID, List<UUID>>> peers(Collection<UUID> users) {
            queries.incrementAndGet();
            if (away) {
                return Future.failedFuture(Fault.UNAVAILABLE.because("the database cannot be reached"));
            }
            Map<UUID, List<UUID>> found = new HashMap<>(of);
            found.keySet().retainAll(Set.copyOf(users));
            found.replaceAll((user, others) -> others.stream()
                    .filter(other -> !blocked.getOrDefault(user, Set.of()).contains(other))
                    .toList());
            return Future.succeededFuture(found);
        }

        @Override
        public Future<Outcome> block(UUID user, UUID other) {
            boolean fresh = blocked.computeIfAbsent(user, u -> ConcurrentHashMap.newKeySet())
                    .add(other);
            return Future.succeededFuture(fresh ? Outcome.NEW : Outcome.REPEATED);
        }

        @Override
        public Future<Boolean> unblock(UUID user, UUID other) {
            return Future.succeededFuture(blocked.getOrDefault(user, Set.of()).remove(other));
        }

        @Override
        public Future<List<User>> list(UUID user, UUID cursor, int limit) {
            return Future.succeededFuture(List.of());
        }
    }
}
