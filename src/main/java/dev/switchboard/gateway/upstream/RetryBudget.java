package dev.switchboard.gateway.upstream;

/**
 * How many retries an upstream gets: a share of the requests of the last ten seconds, so that a service in trouble is not
 * buried under everybody's second attempts. Immutable. As Envoy's retry budget, but over a time instead of over what is
 * under way, so that it holds for short requests too.
 */
final class RetryBudget {
    static final RetryBudget UNTOUCHED = new RetryBudget(Tally.NONE, Tally.NONE);

    private static final int WHOLE = 100;

    private final Tally requests;
    private final Tally retries;

    private RetryBudget(Tally requests, Tally retries) {
        this.requests = requests;
        this.retries = retries;
    }

    /** A request came. */
    RetryBudget requested(long now) {
        return new RetryBudget(requests.add(now), retries);
    }

    /** A retry was granted. */
    RetryBudget retried(long now) {
        return new RetryBudget(requests, retries.add(now));
    }

    /** Whether one more retry is within the budget. */
    boolean allows(RetryRule rule, long now) {
        long share = (long) requests.count(now) * rule.percent() / WHOLE;
        return retries.count(now) < Math.max(rule.least(), share);
    }
}
