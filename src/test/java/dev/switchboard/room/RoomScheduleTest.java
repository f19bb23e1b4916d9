package dev.switchboard.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Message;
import dev.switchboard.room.FakeRoomStore.Outcome;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes that both may think that they own one room, over one database, in random schedules of sends, resends, owner
 * changes, frozen owners, lost connections and lost answers. Whatever happens: the log is gapless, what was acknowledged
 * is in it under the acknowledged number, no client id is in it twice, and what each node published agrees with it.
 */
class RoomScheduleTest {
    private static final UUID ROOM = Ids.next();
    private static final UUID SENDER = Ids.next();

    sealed interface Step {
        /** A client sends, or sends again, one of its messages through one of the nodes. */
        record Send(int node, int clientId) implements Step {}

        /** The database carries out a commit that waits: not always the oldest. */
        record Commit(int which, Outcome outcome) implements Step {}

        /** The partition table moves the room. */
        record Move(int owner) implements Step {}

        /** A node that lost the room finds out. */
        record Notice(int node) implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> schedules() {
        Arbitrary<Integer> node = Arbitraries.integers().between(0, 1);
        Arbitrary<Step> send =
                Combinators.combine(node, Arbitraries.integers().between(0, 12)).as(Step.Send::new);
        Arbitrary<Step> commit = Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.frequency(
                                net.jqwik.api.Tuple.of(6, Outcome.DONE),
                                net.jqwik.api.Tuple.of(1, Outcome.ANSWER_LOST),
                                net.jqwik.api.Tuple.of(1, Outcome.LOST)))
                .as(Step.Commit::new);
        Arbitrary<Step> move = node.map(Step.Move::new);
        Arbitrary<Step> notice = node.map(Step.Notice::new);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(6, send),
                        net.jqwik.api.Tuple.of(5, commit),
                        net.jqwik.api.Tuple.of(1, move),
                        net.jqwik.api.Tuple.of(1, notice))
                .list()
                .ofMinSize(1)
                .ofMaxSize(80);
    }

    private static final class Node implements Committer.Rooms {
        private final FakeRoomStore store;
        private final Committer committer;
        private final Map<UUID, Room> rooms = new HashMap<>();
        private final List<Event<Message>> published = new ArrayList<>();
        private boolean owner;

        Node(FakeRoomStore store) {
            this.store = store;
            this.committer = new Committer(
                    store,
                    this,
                    () -> 1_000,
                    new RoomMeters(Meters.unread()),
                    (room, events) -> published.addAll(events));
        }

        Future<Event<Message>> send(String clientId) {
            if (!owner) {
                return Future.failedFuture(Fault.MOVED.because("not here"));
            }
            Room room = rooms.computeIfAbsent(ROOM, r -> store.load(r).result());
            var before = room.recall(new Room.ClientKey(SENDER, clientId));
            if (before != null) {
                return Future.failedFuture(new Committer.AlreadySent(before));
            }
            return committer.append(
                    ROOM,
                    Draft.created(new Message(
                            Ids.next(),
                            ROOM,
                            0,
                            SENDER,
                            "sender",
                            "text",
                            clientId,
                            clientId,
                            null,
                            Instant.EPOCH,
                            null,
                            false,
                            1)));
        }

        @Override
        public @Nullable Room get(UUID roomId) {
            return rooms.get(roomId);
        }

        @Override
        public void giveUp(UUID roomId) {
            rooms.remove(roomId);
        }

        @Override
        public Future<Void> refresh(Room room) {
            room.reload(store.load(ROOM).result());
            return Future.succeededFuture();
        }

        @Override
        public boolean owns(UUID roomId) {
            return owner;
        }
    }

    @Property(tries = 3_000)
    void whatIsAcknowledgedIsInOneGaplessLog(@ForAll("schedules") List<Step> schedule) {
        FakeRoomStore store = new FakeRoomStore(ROOM, List.of(SENDER));
        List<Node> nodes = List.of(new Node(store), new Node(store));
        nodes.get(0).owner = true;
        Map<String, Long> acknowledged = new TreeMap<>();
        List<String> broken = new ArrayList<>();
        Set<Future<?>> open = new HashSet<>();

        for (Step step : schedule) {
            if (step instanceof Step.Send send) {
                String clientId = "c" + send.clientId();
                Future<Event<Message>> reply = nodes.get(send.node()).send(clientId);
                open.add(reply);
                reply.onComplete(done -> {
                    open.remove(reply);
                    Long seq = done.succeeded()
                            ? Long.valueOf(done.result().data().seq())
                            : done.cause() instanceof Committer.AlreadySent already
                                    ? already.sent().seq()
                                    : null;
                    if (seq != null) {
                        Long before = acknowledged.putIfAbsent(clientId, seq);
                        if (before != null && !before.equals(seq)) {
                            broken.add(clientId + " acknowledged as " + before + " and as " + seq);
                        }
                    } else if (!(done.cause() instanceof FaultException)) {
                        broken.add("not a fault: " + done.cause());
                    }
                });
            } else if (step instanceof Step.Commit commit && !store.idle()) {
                store.step(commit.which(), commit.outcome());
            } else if (step instanceof Step.Move move) {
                nodes.get(move.owner()).owner = true;
                // The other one goes on believing, like a node that was frozen, until it notices.
            } else if (step instanceof Step.Notice notice) {
                Node node = nodes.get(notice.node());
                if (nodes.get(1 - notice.node()).owner) {
                    node.owner = false;
                    node.giveUp(ROOM);
                }
            }
        }
        while (!store.idle()) {
            store.step(0, Outcome.DONE);
        }

        assertThat(broken).isEmpty();
        assertThat(open).as("requests without an answer").isEmpty();
        for (int i = 0; i < store.log.size(); i++) {
            assertThat(store.log.get(i).seq()).isEqualTo(i + 1);
        }
        Map<String, Long> logged = new TreeMap<>();
        store.log.forEach(e -> assertThat(
                        logged.put(String.valueOf(e.data().clientId()), e.data().seq()))
                .as("a client id twice in the log")
                .isNull());
        assertThat(logged).containsAllEntriesOf(acknowledged);
        for (Node node : nodes) {
            node.published.forEach(e -> assertThat(e).isEqualTo(store.log.get(Math.toIntExact(e.seq()) - 1)));
        }
    }
}
