package dev.switchboard.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Bus;
import dev.switchboard.ops.Meters;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations.Changed;
import dev.switchboard.room.FakeRoomStore.Outcome;
import dev.switchboard.support.OneNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of an old message, which is read from the database, while others go on. */
class MessageChangesTest {
    private static final UUID ROOM = Ids.next();
    private static final UUID ANN = Ids.next();

    private final Vertx vertx = Vertx.vertx();
    private final Bus bus = new Bus(vertx, new OneNode());
    private final FakeRoomStore store = new FakeRoomStore(ROOM, List.of(ANN));
    private final RoomShard shard = new RoomShard(
            bus, store, () -> new RoomOptions(Duration.ofMinutes(1), 1_000, 1_000), new RoomMeters(Meters.unread()));
    private final Messages messages = new Messages(shard, new UserNotices(bus));
    private final UUID old = Ids.next();
    private LiveRoom live;

    @BeforeEach
    void load() {
        Message message =
                new Message(old, ROOM, 1, ANN, "ann", "text", "one", null, null, Instant.EPOCH, null, false, 1);
        store.log.add(Event.numbered(Event.MESSAGE_NEW, 1, Instant.EPOCH, message));
        live = shard.room(ROOM).result();
    }

    @AfterEach
    void stop() {
        vertx.close();
    }

    private Future<Changed> edit(String content) {
        return messages.change(
                live, old, Event.MESSAGE_UPDATED, (message, at) -> live.room().edit(message, ANN, content, at));
    }

    @Test
    void anEditThatReadBeforeADeletionDoesNotUndoIt() {
        Promise<Void> slow = Promise.promise();
        store.reading = slow.future();
        Future<Changed> edited = edit("alive again");
        store.reading = Future.succeededFuture();
        Future<Changed> deleted = messages.change(
                live, old, Event.MESSAGE_DELETED, (message, at) -> live.room().delete(message, ANN, at));
        store.step(0, Outcome.DONE);
        assertThat(deleted.result().version()).isEqualTo(2);

        slow.complete();
        assertThat(((FaultException) edited.cause()).fault()).isEqualTo(Fault.NOT_FOUND);
        assertThat(store.log).hasSize(2);
    }

    @Test
    void editsThatReadTheSameVersionBuildOnEachOther() {
        Promise<Void> slow = Promise.promise();
        store.reading = slow.future();
        Future<Changed> late = edit("late");
        store.reading = Future.succeededFuture();
        edit("early");
        store.step(0, Outcome.DONE);
        slow.complete();
        store.step(0, Outcome.DONE);
        assertThat(late.result().version()).isEqualTo(3);
        assertThat(store.log).extracting(e -> e.data().version()).containsExactly(1, 2, 3);
    }
}
