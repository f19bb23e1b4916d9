package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Online;
import dev.switchboard.protocol.ParticipantOperations.Query;
import dev.switchboard.support.OneNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusTest {
    private final Vertx vertx = Vertx.vertx();
    private final Bus bus = new Bus(vertx, new OneNode());
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void serve(Future<Online> answer) throws Exception {
        await(bus.serve(Part.PARTICIPANT, 0, new Handlers().on(ParticipantOperations.QUERY, (caller, q) -> {
                    asked.incrementAndGet();
                    return answer;
                })));
    }

    @Test
    void aSlowOwnerIsAskedOnceMoreNotOverAndOver() throws Exception {
        Promise<Online> slow = Promise.promise();
        serve(slow.future());
        Future<Online> reply = bus.call(ParticipantOperations.QUERY, Caller.system(), new Query(List.of(Ids.next())));
        Awaitility.await()
                .during(Duration.ofSeconds(8))
                .atMost(Duration.ofSeconds(12))
                .until(() -> asked.get() <= 2 && !reply.isComplete());
        slow.complete(new Online(List.of()));
        assertThat(await(reply).online()).isEmpty();
        assertThat(asked).hasValue(2);
    }

    @Test
    void whoCannotWaitGetsTheAnswersThatCame() throws Exception {
        serve(Promise.<Online>promise().future());
        assertThat(await(bus.callOwners(
                        ParticipantOperations.QUERY,
                        Caller.system(),
                        List.of(Ids.next()),
                        Query::new,
                        Duration.ofMillis(50))))
                .isEmpty();
    }

    @Test
    @SuppressWarnings({"rawtypes", "unchecked"}) // an answer of another type than the operation declares
    void anAnswerThatCannotBeReadIsAFailure() throws Exception {
        Handlers handlers = new Handlers();
        handlers.on((Operation) ParticipantOperations.QUERY, (caller, q) -> Future.succeededFuture(Nothing.NOTHING));
        await(bus.serve(Part.PARTICIPANT, 0, handlers));
        Future<Online> reply = bus.call(ParticipantOperations.QUERY, Caller.system(), new Query(List.of(Ids.next())));
        assertThat(await(reply.map(read -> Fault.CONFLICT)
                        .otherwise(failure -> Faults.of(failure).fault())))
                .isEqualTo(Fault.INTERNAL);
    }

    @Test
    void aRequestThatCannotBeReadIsAnsweredAtOnce() throws Exception {
        serve(Future.succeededFuture(new Online(List.of())));
        String address = Part.PARTICIPANT.address("one", 0);
        Future<Fault> refused = vertx.eventBus()
                .request(address, "not an envelope", new DeliveryOptions().setSendTimeout(2_000))
                .map(Fault.CONFLICT)
                .otherwise(failure -> Faults.of(failure).fault());
        assertThat(await(refused)).isEqualTo(Fault.INTERNAL);
    }
}
