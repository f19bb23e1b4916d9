package dev.switchboard.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Message;
import dev.switchboard.room.FakeRoomStore.Outcome;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A shard goes on storing whatever those do who hear of it. */
class CommitterFailuresTest {
    private static final UUID ROOM = Ids.next();
    private static final UUID SENDER = Ids.next();

    private final FakeRoomStore store = new FakeRoomStore(ROOM, List.of(SENDER));
    private final Room room = store.load(ROOM).result();
    private boolean broken = true;
    private final Committer committer =
            new Committer(store, new OneRoom(), () -> 10, new RoomMeters(Meters.unread()), (id, events) -> {
                if (broken) {
                    throw new IllegalStateException("on purpose");
                }
            });

    private Future<Event<Message>> send(String content) {
        return committer.append(
                ROOM,
                Draft.created(new Message(
                        Ids.next(),
                        ROOM,
                        0,
                        SENDER,
                        "sender",
                        "text",
                        content,
                        null,
                        null,
                        Instant.EPOCH,
                        null,
                        false,
                        1)));
    }

    @Test
    void aPublicationThatFailsStopsNothing() {
        Future<Event<Message>> first = send("one");
        store.step(0, Outcome.DONE);
        assertThat(first.result().seq()).isEqualTo(1);
        broken = false;
        Future<Event<Message>> second = send("two");
        store.step(0, Outcome.DONE);
        assertThat(second.result().seq()).isEqualTo(2);
    }

    @Test
    void anAskerThatFailsStopsNothing() {
        broken = false;
        send("one").onComplete(done -> {
            throw new IllegalStateException("on purpose");
        });
        Future<Event<Message>> second = send("two");
        store.step(0, Outcome.DONE);
        store.step(0, Outcome.DONE);
        assertThat(second.result().seq()).isEqualTo(2);
    }

    @Test
    void aPublicationThatFailsWhileRepairingStopsNothing() {
        Future<Event<Message>> first = send("one");
        store.step(0, Outcome.ANSWER_LOST);
        broken = false;
        Future<Event<Message>> second = send("two");
        while (!store.idle()) {
            store.step(0, Outcome.DONE);
        }
        assertThat(first.isComplete()).isTrue();
        assertThat(second.result().seq()).isEqualTo(2);
    }

    private final class OneRoom implements Committer.Rooms {
        @Override
        public Room get(UUID roomId) {
            return room;
        }

        @Override
        public void giveUp(UUID roomId) {
            throw new AssertionError("not used here");
        }

        @Override
        public Future<Void> refresh(Room stale) {
            return Future.succeededFuture();
        }

        @Override
        public boolean owns(UUID roomId) {
            return true;
        }
    }
}
