package dev.switchboard.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.NotificationOperations.Notification;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Notify;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import dev.switchboard.support.OneNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Telling people whose presence is kept by a node that does not answer. */
class BusCallNewsTest {
    private static final CallTimes TIMES = new CallTimes(
            Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);

    /** What one try of the bus lasts: whoever waits for the news is asked again after that. */
    private static final long TRY_MS = 3_000;

    /** Keeps a note of every call. */
    private static final class Notes implements Notifications {
        final UUID id = new UUID(0, 7);
        int asked;

        @Override
        public Future<Optional<UUID>> missedCall(Call call) {
            asked++;
            return Future.succeededFuture(Optional.of(id));
        }

        @Override
        public Future<List<Notification>> list(UUID user, UUID before, int limit) {
            throw new AssertionError("not asked for");
        }

        @Override
        public Future<Boolean> read(UUID user, UUID notification) {
            throw new AssertionError("not asked for");
        }
    }

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void nobodyWaitsLongerForThemThanForOneTry() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Bus bus = new Bus(vertx, new OneNode());
        wait(bus.serve(Part.PARTICIPANT, 0, new Handlers().on(ParticipantOperations.NOTIFY, (caller, q) -> {
                    asked.incrementAndGet();
                    return Promise.<Nothing>promise().future();
                })));
        Instant now = Instant.now();
        CallRecord call = CallRecord.ring(new UUID(0, 9), Leg.of(ANN, "s", "one", now), BOB, Media.AUDIO, now, TIMES);
        List<Effect> effects = List.of(Effect.of(Kind.INCOMING, BOB));
        BusCallNews news = new BusCallNews(bus, new Notes(), Future::succeededFuture);
        Promise<Throwable> first = Promise.promise();
        // Both on one event loop: a machine that stands still delays both, and does not change which is the first.
        vertx.runOnContext(v -> {
            vertx.setTimer(TRY_MS, t -> first.tryFail("later than one try"));
            news.tell(new CallEntry(call, "ann", "Ann", effects), effects)
                    .onSuccess(told -> first.tryFail("nobody was there to hear it"))
                    .onFailure(first::tryComplete);
        });
        Throwable failure = wait(first.future());
        assertThat(failure).isInstanceOfSatisfying(FaultException.class, fault -> assertThat(fault.fault())
                .as("so that whoever asked for the change asks again, and finds it done")
                .isEqualTo(Fault.MOVED));
        assertThat(asked).hasValue(1);
    }

    @Test
    void whoCouldNotBeToldOfAMissedCallIsToldAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Promise<Notify> heard = Promise.promise();
        Bus bus = new Bus(vertx, new OneNode());
        wait(bus.serve(Part.PARTICIPANT, 0, new Handlers().on(ParticipantOperations.NOTIFY, (caller, q) -> {
                    if (q.notices().get(0).userIds().contains(BOB) && asked.incrementAndGet() < 3) {
                        return Future.failedFuture(Fault.UNAVAILABLE.because("dying"));
                    }
                    if (q.notices().get(0).userIds().contains(BOB)) {
                        heard.tryComplete(q);
                    }
                    return Future.succeededFuture(Nothing.NOTHING);
                })));
        Notes notes = new Notes();
        BusCallNews news = new BusCallNews(bus, notes, Future::succeededFuture);

        // A sweep does it again, and the note that was made the first time is told then.
        Instant now = Instant.now();
        CallRecord call = CallRecord.ring(new UUID(0, 9), Leg.of(ANN, "s", "one", now), BOB, Media.AUDIO, now, TIMES);
        List<Effect> effects = List.of(Effect.of(Kind.MISSED, BOB));
        CallEntry entry = new CallEntry(call, "ann", "Ann", effects);
        assertThat(wait(news.tell(entry, effects).map("told").otherwise("failed")))
                .isEqualTo("failed");

        // No sweep does: it is tried again here.
        Call refused = Calls.refused(new UUID(0, 10), ANN, BOB, Media.AUDIO, EndReason.BUSY, now);
        wait(news.refused(refused, Caller.system()));
        assertThat(wait(heard.future()).notices().get(0).event().type()).isEqualTo(Event.NOTIFICATION_NEW);
        assertThat(asked).hasValue(3);
        assertThat(notes.asked).as("once for each call").isEqualTo(2);
    }

    @Test
    void theNoteOfARefusalIsMadeWhileItIsTold() throws Exception {
        Promise<Nothing> heard = Promise.promise();
        Bus bus = new Bus(vertx, new OneNode());
        wait(bus.serve(
                Part.PARTICIPANT, 0, new Handlers().on(ParticipantOperations.NOTIFY, (caller, q) -> heard.future())));
        Notes notes = new Notes();
        Call call = Calls.refused(new UUID(0, 9), ANN, BOB, Media.AUDIO, EndReason.UNAVAILABLE, Instant.now());
        Future<Void> refused = new BusCallNews(bus, notes, Future::succeededFuture).refused(call, Caller.system());
        assertThat(notes.asked).isEqualTo(1);
        assertThat(refused.isComplete()).isFalse();
        heard.complete(Nothing.NOTHING);
        wait(refused);
    }

    private static <T> T wait(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
