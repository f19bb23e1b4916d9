package dev.switchboard.gateway.upstream;

import java.time.Duration;

/**
 * The circuit breaker of an upstream as a whole: closed while enough attempts succeed; open, and everything refused at
 * once, when too many of the last ten seconds failed; then half-open: a few probes may pass, and what becomes of them
 * closes it or opens it for longer. Immutable; one of these states is the whole state.
 *
 * <p>Attempts carry the {@link #round} in which they were let in: what comes of an attempt from before the circuit last
 * opened says nothing about the service as it is now.
 */
final class Breaker {
    enum Phase {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /** What came of an attempt. */
    enum Outcome {
        GOOD,
        BAD,
        /** It ended for a reason of its own. */
        UNKNOWN
    }

    static final Breaker CLOSED = new Breaker(Phase.CLOSED, 0, Tally.NONE, Tally.NONE, 0, 0, 0, 0);

    private static final int WHOLE = 100;
    private static final int MOST_DOUBLINGS = 20;
    /** When somebody else probes, nobody knows how long it takes; a second is the least that Retry-After can say. */
    private static final Duration PROBING = Duration.ofSeconds(1);

    private final Phase phase;
    private final long round;
    private final Tally attempts;
    private final Tally failures;
    /** Openings in a row. */
    private final int openings;
    /** The end of the open phase; half-open: when probes that have not ended by then are given up. */
    private final long until;

    private final int probing;
    private final int passed;

    private Breaker(
            Phase phase,
            long round,
            Tally attempts,
            Tally failures,
            int openings,
            long until,
            int probing,
            int passed) {
        this.phase = phase;
        this.round = round;
        this.attempts = attempts;
        this.failures = failures;
        this.openings = openings;
        this.until = until;
        this.probing = probing;
        this.passed = passed;
    }

    /** An open circuit whose time is up shows as half-open: the next attempt probes. */
    Phase phase(long now) {
        return phase == Phase.OPEN && now >= until ? Phase.HALF_OPEN : phase;
    }

    /** Goes into {@link #ended} with what comes of an attempt that was let in now. */
    long round() {
        return round;
    }

    boolean admits(BreakerRule rule, long now) {
        return phase == Phase.CLOSED
                || rule.failures() == 0
                || now >= until
                || (phase == Phase.HALF_OPEN && probing + passed < rule.probes());
    }

    /** When refused: how long until asking again makes sense. */
    Duration retryAfter(long now) {
        return phase == Phase.OPEN && now < until ? Duration.ofNanos(until - now) : PROBING;
    }

    /** An attempt was let in; to be called when it {@link #admits} one. */
    Breaker admitted(BreakerRule rule, long now) {
        if (phase == Phase.CLOSED || rule.failures() == 0) {
            return this;
        }
        if (phase == Phase.OPEN || now >= until) {
            long givenUp = now + time(rule, openings);
            return new Breaker(Phase.HALF_OPEN, round + 1, Tally.NONE, Tally.NONE, openings, givenUp, 1, 0);
        }
        return halfOpen(probing + 1, passed);
    }

    /** @param of the {@link #round} in which the attempt was let in */
    Breaker ended(long of, Outcome outcome, BreakerRule rule, long now) {
        if (of != round || phase == Phase.OPEN) {
            return this;
        }
        return phase == Phase.CLOSED ? counted(outcome, rule, now) : probed(outcome, rule, now);
    }

    private Breaker counted(Outcome outcome, BreakerRule rule, long now) {
        if (outcome == Outcome.UNKNOWN || rule.failures() == 0) {
            return this;
        }
        Tally all = attempts.add(now);
        Tally bad = outcome == Outcome.BAD ? failures.add(now) : failures;
        long badCount = bad.count(now);
        if (outcome == Outcome.BAD
                && badCount >= rule.failures()
                && badCount * WHOLE >= (long) rule.percent() * all.count(now)) {
            return open(rule, 1, now);
        }
        return new Breaker(Phase.CLOSED, round, all, bad, 0, 0, 0, 0);
    }

    private Breaker probed(Outcome outcome, BreakerRule rule, long now) {
        return switch (outcome) {
            case BAD -> open(rule, openings + 1, now);
            case UNKNOWN -> halfOpen(probing - 1, passed);
            case GOOD ->
                passed + 1 >= rule.probes()
                        ? new Breaker(Phase.CLOSED, round, Tally.NONE, Tally.NONE, 0, 0, 0, 0)
                        : halfOpen(probing - 1, passed + 1);
        };
    }

    private Breaker halfOpen(int nowProbing, int nowPassed) {
        return new Breaker(Phase.HALF_OPEN, round, Tally.NONE, Tally.NONE, openings, until, nowProbing, nowPassed);
    }

    private Breaker open(BreakerRule rule, int inARow, long now) {
        return new Breaker(Phase.OPEN, round + 1, Tally.NONE, Tally.NONE, inARow, now + time(rule, inARow), 0, 0);
    }

    /** In nanoseconds. */
    private static long time(BreakerRule rule, int openings) {
        int doublings = Math.min(MOST_DOUBLINGS, openings - 1);
        return Math.min(rule.maxTime().toNanos(), rule.time().toNanos() << doublings);
    }
}
