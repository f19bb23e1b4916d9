package dev.switchboard.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Message;
import dev.switchboard.room.FakeRoomStore.Outcome;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What one sender's repeats cost the others of a shard. */
class CommitterTest {
    private static final UUID ROOM = Ids.next();
    private static final UUID ANN = Ids.next();
    private static final UUID EVE = Ids.next();

    private final FakeRoomStore store = new FakeRoomStore(ROOM, List.of(ANN, EVE));
    private final Room room = store.load(ROOM).result();
    private final List<Event<Message>> published = new ArrayList<>();
    private final Committer committer = new Committer(
            store,
            new Committer.Rooms() {
                @Override
                public @Nullable Room get(UUID roomId) {
                    return room;
                }

                @Override
                public void giveUp(UUID roomId) {
                    throw new AssertionError("it stays here");
                }

                @Override
                public Future<Void> refresh(Room stale) {
                    throw new AssertionError("its members stay");
                }

                @Override
                public boolean owns(UUID roomId) {
                    return true;
                }
            },
            () -> 1_000,
            new RoomMeters(Meters.unread()),
            (id, events) -> published.addAll(events));

    private Future<Event<Message>> send(UUID sender, String clientId) {
        return committer.append(
                ROOM,
                Draft.created(new Message(
                        Ids.next(),
                        ROOM,
                        0,
                        sender,
                        "name",
                        "text",
                        "x",
                        clientId,
                        null,
                        Instant.EPOCH,
                        null,
                        false,
                        1)));
    }

    private void commit() {
        store.step(0, Outcome.DONE);
    }

    private static boolean isRepeat(Future<?> sent) {
        return sent.cause() instanceof Committer.AlreadySent;
    }

    @Test
    void whoRepeatsWithoutEndStopsNobody() {
        int repeats = 20;
        for (int i = 0; i < repeats; i++) {
            send(EVE, "c" + i);
            commit();
        }
        send(EVE, "c0");
        Future<Event<Message>> sent = send(ANN, "a");
        int rounds = 0;
        for (int i = 1; i < repeats && !sent.isComplete(); i++, rounds++) {
            // There is always one more when the next commit begins.
            assertThat(send(EVE, "c" + i).isComplete()).isFalse();
            commit();
        }
        assertThat(sent.succeeded()).isTrue();
        assertThat(rounds)
                .as("one commit in vain at most, after the one that was under way")
                .isLessThanOrEqualTo(3);
        assertThat(published).extracting(Event::seq).doesNotHaveDuplicates().hasSize(repeats + 1);
    }

    @Test
    void aRepeatThatWasFoundOnceIsAnsweredWithoutACommit() {
        send(EVE, "c");
        commit();
        Future<Event<Message>> first = send(EVE, "c");
        commit();
        assertThat(isRepeat(first)).isTrue();
        Future<Event<Message>> second = send(EVE, "c");
        assertThat(isRepeat(second)).isTrue();
        assertThat(store.idle()).isTrue();
    }
}
