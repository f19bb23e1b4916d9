package dev.switchboard.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.signaling.CallChange.Effect;
import dev.switchboard.signaling.CallChange.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CallRecordTest {
    private static final CallTimes TIMES = new CallTimes(
            Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);
    private static final UUID EVE = new UUID(0, 3);

    private final CallRecord ringing =
            CallRecord.ring(new UUID(0, 9), Leg.of(ANN, "ann", "n1", START), BOB, Media.AUDIO, START, TIMES);

    private static Instant after(int seconds) {
        return START.plusSeconds(seconds);
    }

    private CallRecord answered() {
        return ringing.answer(BOB, "bob", "n2", after(5), TIMES).call();
    }

    private CallRecord active() {
        return answered().connected("ann").call().connected("bob").call();
    }

    @Test
    void theFirstAnswerWinsAndTheOthersStopRinging() {
        CallChange first = ringing.answer(BOB, "bob", "n2", after(5), TIMES);
        assertThat(first.effects())
                .containsExactly(Effect.of(Kind.ACCEPTED, ANN), Effect.end(BOB, "bob", CallChange.ANSWERED_ELSEWHERE));
        assertThat(first.call().state()).isEqualTo(State.CONNECTING);
        refused(Fault.NOT_RINGING, () -> first.call().answer(BOB, "bob-2", "n3", after(6), TIMES));
        refused(Fault.NOT_RINGING, () -> first.call().reject(BOB, "bob-2", after(6)));
        assertThat(first.call().answer(BOB, "bob", "n2", after(6), TIMES).effects())
                .isEmpty();
    }

    @Test
    void theCallerOffersFirstAndThenWhoeverWasConnected() {
        assertThat(answered().mayOffer("ann")).isTrue();
        assertThat(answered().mayOffer("bob")).isFalse();
        assertThat(answered().connected("ann").call().mayOffer("bob")).isFalse();
        CallRecord connected = answered().connected("bob").call();
        assertThat(connected.mayOffer("bob"))
                .as("restarts ICE while the caller is still connecting")
                .isTrue();
        assertThat(connected.resume(BOB, "bob", "bob-2", "n3", after(6)).call().mayOffer("bob-2"))
                .isTrue();
        assertThat(connected.mayOffer("eve")).isFalse();
        assertThat(active().mayOffer("bob")).isTrue();
    }

    @Test
    void strangersMayDoNothing() {
        refused(Fault.FORBIDDEN, () -> ringing.answer(EVE, "eve", "n1", after(1), TIMES));
        refused(Fault.FORBIDDEN, () -> ringing.answer(ANN, "ann", "n1", after(1), TIMES));
        refused(Fault.FORBIDDEN, () -> ringing.reject(ANN, "ann", after(1)));
        refused(Fault.FORBIDDEN, () -> ringing.end(EVE, "eve", null, after(1)));
        assertThat(answered().peer("eve")).isNull();
        assertThat(answered().resume(EVE, "bob", "eve", "n3", after(7)).call()).isEqualTo(answered());
    }

    @Test
    void nothingIsRelayedBeforeTheAnswer() {
        assertThat(ringing.peer("ann")).isNull();
        assertThat(answered().peer("ann")).isEqualTo(answered().callee());
        assertThat(answered().peer("bob")).isEqualTo(answered().caller());
    }

    @Test
    void ringingEndsByItselfAndIsMissed() {
        assertThat(ringing.tick(after(59), TIMES).call()).isEqualTo(ringing);
        CallChange over = ringing.tick(after(60), TIMES);
        assertThat(over.call().reason()).isEqualTo(EndReason.NO_ANSWER);
        assertThat(over.effects()).contains(Effect.of(Kind.MISSED, BOB));
    }

    @Test
    void aCallerWhoGoesAwayCancelsAfterAWhile() {
        CallRecord lost = ringing.socketLost("ann", after(1), TIMES).call();
        assertThat(lost.tick(after(10), TIMES).call().isOver()).isFalse();
        CallChange over = lost.tick(after(11), TIMES);
        assertThat(over.call().reason()).isEqualTo(EndReason.CANCELLED);
        assertThat(over.effects()).contains(Effect.of(Kind.MISSED, BOB));
    }

    @Test
    void aCancelledCallIsMissedAndARejectedOneIsNot() {
        assertThat(ringing.end(ANN, "ann", null, after(3)).effects())
                .containsExactly(
                        Effect.end(ANN, "ann", "cancelled"),
                        Effect.end(BOB, "ann", "cancelled"),
                        Effect.of(Kind.MISSED, BOB));
        assertThat(ringing.reject(BOB, "bob", after(3)).effects())
                .containsExactly(Effect.of(Kind.REJECTED, ANN), Effect.end(BOB, "bob", CallChange.REJECTED_ELSEWHERE));
    }

    @Test
    void aLegThatComesBackOnAnotherNodeGoesOn() {
        CallRecord lost =
                active().nodesLost(Set.of("n1", "n3"), after(10), TIMES).call();
        assertThat(lost.callee().lost()).isTrue();
        assertThat(lost.caller().lost()).isFalse();
        CallRecord back = lost.resume(BOB, "bob", "bob-2", "n3", after(39)).call();
        assertThat(back.tick(after(60), TIMES).call().state()).isEqualTo(State.ACTIVE);
        assertThat(back.peer("bob")).isNull();
        assertThat(back.peer("bob-2")).isEqualTo(back.caller());
    }

    @Test
    void aLegWhoseNodeIsInSightAgainGoesOn() {
        CallRecord lost =
                active().nodesLost(Set.of("n1", "n3"), after(10), TIMES).call();
        CallRecord back = lost.renew("bob", after(39)).call();
        assertThat(back.callee().lost()).isFalse();
        assertThat(back.tick(after(60), TIMES).call().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void aLegThatStaysAwayEndsTheCall() {
        CallRecord lost = active().socketLost("bob", after(10), TIMES).call();
        assertThat(lost.socketLost("bob", after(30), TIMES).call()).isEqualTo(lost);
        assertThat(lost.tick(after(39), TIMES).call().isOver()).isFalse();
        assertThat(lost.tick(after(40), TIMES).call().reason()).isEqualTo(EndReason.DISCONNECTED);
    }

    @Test
    void aLeaseThatNobodyRenewsIsALoss() {
        CallRecord active = active();
        assertThat(active.tick(after(89), TIMES).call()).isEqualTo(active);
        CallRecord renewed =
                active.renew("ann", after(80)).call().renew("bob", after(80)).call();
        assertThat(renewed.tick(after(169), TIMES).call()).isEqualTo(renewed);
        CallRecord lost = renewed.tick(after(170), TIMES).call();
        assertThat(lost.caller().lost()).isTrue();
        assertThat(lost.tick(after(200), TIMES).call().reason()).isEqualTo(EndReason.DISCONNECTED);
    }

    @Test
    void aCallThatFindsNoWayEnds() {
        assertThat(answered().tick(after(35), TIMES).call().reason()).isEqualTo(EndReason.ICE_TIMEOUT);
        assertThat(answered()
                        .end(BOB, "bob", EndReason.ICE_FAILED, after(9))
                        .call()
                        .reason())
                .isEqualTo(EndReason.ICE_FAILED);
        assertThat(answered()
                        .end(BOB, "bob", EndReason.NO_ANSWER, after(9))
                        .call()
                        .reason())
                .isEqualTo(EndReason.HANGUP);
    }

    private static void refused(Fault fault, Runnable what) {
        assertThatThrownBy(what::run).isInstanceOfSatisfying(FaultException.class, e -> assertThat(e.fault())
                .isEqualTo(fault));
    }
}
