package dev.switchboard.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.CallOperations.Initiate;
import dev.switchboard.protocol.CallOperations.Initiated;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.signaling.CallChange.Effect;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** One request to call somebody that the bus sends again, because its answer takes long or was a time-out. */
class CallRequestsTest {
    private static final CallTimes TIMES = new CallTimes(
            Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final Caller ANN = new Caller(new UUID(0, 1), "ann", "Ann", Set.of(), null, "s", "r");
    private static final UUID BOB = new UUID(0, 2);

    private final ShuffledCalls world = new ShuffledCalls(0);
    private Promise<Boolean> presence = Promise.promise();
    private Future<Void> told = Future.succeededFuture();
    private final CallRequests requests = owner();

    /** An owner of the caller's key: it lets a pair call once a minute. */
    private CallRequests owner() {
        CallNews news = new CallNews() {
            @Override
            public Future<Void> tell(CallEntry entry, List<Effect> effects) {
                return told;
            }

            @Override
            public Future<Void> refused(Call call, Caller caller) {
                return Future.succeededFuture();
            }
        };
        Calls calls =
                new Calls(world, world, world.log(), news, Future::succeededFuture, () -> TIMES, Clock.systemUTC());
        CallOwners owners = new LocalCallOwners(calls);
        return new CallRequests(
                user -> presence.future(),
                calls,
                world,
                world.log(),
                owners,
                new Initiation(Future::succeededFuture, calls, world, owners),
                new InitiationLimits(() -> ONE_A_MINUTE, () -> 0));
    }

    private static final CallOptions ONE_A_MINUTE =
            new CallOptions(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1, 1);

    private static Initiate request() {
        return new Initiate(BOB, Media.AUDIO, null, null).from("node", Ids.next());
    }

    private Future<Initiated> ask(CallRequests owner, Initiate request) {
        Future<Initiated> asked = owner.initiate(ANN, request);
        world.run();
        return asked;
    }

    @Test
    void whatIsSentAgainWhileItIsSlowIsOneCall() {
        Initiate request = request();
        Future<Initiated> first = ask(requests, request);
        Future<Initiated> again = ask(requests, request);
        presence.complete(true);
        world.run();
        assertThat(first.result().callId()).isEqualTo(request.id());
        assertThat(again.result()).isEqualTo(first.result());
        assertThat(world.only().state()).isEqualTo(State.RINGING);
        assertThat(((FaultException) ask(requests, request()).cause()).fault())
                .as("a limit that holds for another call")
                .isEqualTo(Fault.TOO_MANY_REQUESTS);
    }

    @Test
    void whatIsSentAgainAfterATimeOutIsNotCountedAgain() {
        Initiate request = request();
        Future<Initiated> first = ask(requests, request);
        presence.fail(Fault.TIMEOUT.because("slow"));
        presence = Promise.promise();
        presence.complete(true);
        Future<Initiated> again = ask(requests, request);
        assertThat(first.failed()).isTrue();
        assertThat(again.result().callId()).isEqualTo(request.id());
    }

    @Test
    void aCallWhoseCalleeCouldNotBeToldYetIsACallAllTheSame() {
        Initiate request = request();
        presence.complete(true);
        told = Future.failedFuture(Fault.MOVED.because("The owner does not answer."));
        assertThat(ask(requests, request).failed()).as("the bus asks again").isTrue();
        assertThat(ask(requests, request).result().call().state()).isEqualTo(Call.State.RINGING);
        assertThat(world.only().id()).isEqualTo(request.id());
    }

    @Test
    void aNewOwnerFindsTheCall() {
        Initiate request = request();
        presence.complete(true);
        Future<Initiated> first = ask(requests, request);
        Future<Initiated> again = ask(owner(), request);
        assertThat(again.result()).isEqualTo(first.result());
        assertThat(world.only().id()).isEqualTo(request.id());
    }
}
