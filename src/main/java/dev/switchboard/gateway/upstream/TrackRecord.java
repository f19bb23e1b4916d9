package dev.switchboard.gateway.upstream;

import dev.switchboard.gateway.upstream.Attempt.Failure;
import dev.switchboard.gateway.upstream.Breaker.Outcome;
import dev.switchboard.protocol.Fault;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a service's attempts taught: who is ejected, whether the circuit is closed, what is left of the retry budget. */
final class TrackRecord {
    private static final Logger LOG = LoggerFactory.getLogger(TrackRecord.class);

    private static final int SERVER_ERROR = 500;

    private final LongSupplier clock;
    private final Cell<Ejection> ejection = new Cell<>(Ejection.NONE);
    private final Cell<Breaker> breaker = new Cell<>(Breaker.CLOSED);
    private final Cell<RetryBudget> budget = new Cell<>(RetryBudget.UNTOUCHED);
    private final LongAdder refused = new LongAdder();
    private final LongAdder refusedRetries = new LongAdder();
    private final Map<UpstreamState.Outcome, LongAdder> attempts = new EnumMap<>(UpstreamState.Outcome.class);

    /** What an address did wrong. */
    private interface Charge {
        Ejection add(Ejection known, Address address, EjectionRule rule, List<Address> all, long now);
    }

    /** @param clock nanoseconds from any origin, never negative, never going back */
    TrackRecord(LongSupplier clock) {
        this.clock = clock;
        for (UpstreamState.Outcome outcome : UpstreamState.Outcome.values()) {
            attempts.put(outcome, new LongAdder());
        }
    }

    boolean isEjected(Address address) {
        return ejection.get().isEjected(address, clock.getAsLong());
    }

    UpstreamState.Circuit circuit() {
        return switch (breaker.get().phase(clock.getAsLong())) {
            case CLOSED -> UpstreamState.Circuit.CLOSED;
            case OPEN -> UpstreamState.Circuit.OPEN;
            case HALF_OPEN -> UpstreamState.Circuit.HALF_OPEN;
        };
    }

    /** Requests refused because the circuit was open. */
    long refused() {
        return refused.sum();
    }

    /** Retries that were not in the budget. */
    long refusedRetries() {
        return refusedRetries.sum();
    }

    /** What came of all attempts. */
    Map<UpstreamState.Outcome, Long> attempts() {
        Map<UpstreamState.Outcome, Long> sums = new EnumMap<>(UpstreamState.Outcome.class);
        attempts.forEach((outcome, count) -> sums.put(outcome, count.sum()));
        return sums;
    }

    private void count(UpstreamState.Outcome outcome) {
        Objects.requireNonNull(attempts.get(outcome)).increment();
    }

    /** Forgets addresses that are not among these. */
    void retain(List<Address> addresses) {
        ejection.change(known -> known.retain(addresses));
    }

    /** A request came, and may lead to retries. */
    void requested() {
        long now = clock.getAsLong();
        budget.change(before -> before.requested(now));
    }

    boolean mayRetry(RetryRule rule) {
        long now = clock.getAsLong();
        boolean granted = budget.change(before -> before.allows(rule, now) ? before.retried(now) : before) != null;
        if (!granted) {
            refusedRetries.increment();
        }
        return granted;
    }

    /**
     * Lets an attempt through the circuit.
     *
     * @return the round that it belongs to
     * @throws dev.switchboard.protocol.FaultException when it is open
     */
    long admit(BreakerRule rule) {
        long now = clock.getAsLong();
        while (true) {
            Breaker before = breaker.get();
            if (!before.admits(rule, now)) {
                refused.increment();
                throw Fault.UNAVAILABLE
                        .because("The service is not available at the moment.")
                        .retryIn(before.retryAfter(now));
            }
            Breaker after = before.admitted(rule, now);
            if (breaker.replace(before, after)) {
                return after.round();
            }
        }
    }

    void answered(UpstreamOptions options, Place place, long round, int status) {
        count(status < SERVER_ERROR ? UpstreamState.Outcome.ANSWERED : UpstreamState.Outcome.SERVER_ERROR);
        if (status < SERVER_ERROR) {
            place.answeredWell();
            long now = clock.getAsLong();
            ejection.change(known -> known.answered(place.address(), options.ejection(), now));
        } else {
            blame(options, place, Ejection::failed);
        }
        // A 500 is the application's own word: it is there, and the rest of it may well work.
        boolean bad = status == 502 || status == 503 || status == 504;
        settle(options, round, bad ? badAt(place) : Outcome.GOOD);
    }

    void failed(UpstreamOptions options, Place place, long round, Failure why) {
        LOG.debug("{}: {} at {}", options.name(), why, place.address());
        count(
                switch (why) {
                    case UNREACHABLE -> UpstreamState.Outcome.UNREACHABLE;
                    case TIMEOUT -> UpstreamState.Outcome.TIMEOUT;
                    case BROKEN -> UpstreamState.Outcome.BROKEN;
                });
        blame(options, place, Ejection::failed);
        settle(options, round, badAt(place));
    }

    /** An answer that was counted already ended as it should, or its client left. */
    void completed(UpstreamOptions options, Place place) {
        long now = clock.getAsLong();
        ejection.change(known -> known.completed(place.address(), options.ejection(), now));
    }

    /** An answer that was counted already did not come to its end. */
    void brokeOff(UpstreamOptions options, Place place) {
        blame(options, place, Ejection::brokeOff);
    }

    void cancelled(UpstreamOptions options, long round) {
        count(UpstreamState.Outcome.CANCELLED);
        settle(options, round, Outcome.UNKNOWN);
    }

    /**
     * Everything that was under way at an address fails at once when it dies. Once it is left out, this says nothing about
     * the others, and must not open the circuit for them.
     */
    private Outcome badAt(Place place) {
        return isEjected(place.address()) ? Outcome.UNKNOWN : Outcome.BAD;
    }

    private void blame(UpstreamOptions options, Place place, Charge charge) {
        List<Address> all = options.addresses();
        Address address = place.address();
        if (!all.contains(address)) {
            return; // the end of a request to an address that is no longer in the settings
        }
        long now = clock.getAsLong();
        var step = ejection.change(known -> charge.add(known, address, options.ejection(), all, now));
        if (step != null && step.after().isEjected(address, now)) {
            place.ejections().incrementAndGet();
            Duration time = step.after().remaining(address, now);
            LOG.warn(
                    "{}: {} is left out for {} s, too many failures in a row",
                    options.name(),
                    address,
                    time.toSeconds());
        }
    }

    private void settle(UpstreamOptions options, long round, Outcome outcome) {
        long now = clock.getAsLong();
        var step = breaker.change(known -> known.ended(round, outcome, options.circuit(), now));
        if (step == null || step.before().phase(now) == step.after().phase(now)) {
            return;
        }
        if (step.after().phase(now) == Breaker.Phase.OPEN) {
            Duration time = step.after().retryAfter(now);
            LOG.warn("{}: refused for {} s, too many requests failed", options.name(), time.toSeconds());
        } else {
            LOG.info("{}: it answers again", options.name());
        }
    }
}
