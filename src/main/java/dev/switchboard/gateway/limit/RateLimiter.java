package dev.switchboard.gateway.limit;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Token buckets, one for each tier and caller. Safe to share between contexts; never blocks. */
public interface RateLimiter {
    /**
     * Takes one token.
     *
     * @param tier the name of a tier in the configuration
     * @param key whom it counts against: a user, or a client address
     * @return what came of it, on the context of the caller; never fails, and completes within a few tens of milliseconds
     *     whatever Redis does
     */
    Future<Verdict> take(String tier, String key);

    /** How many requests this node decided by itself because Redis did not answer in time; 0 where there is no Redis. */
    default long decidedByNode() {
        return 0;
    }

    /**
     * Whom a request counts against, as the tier says.
     *
     * @param subject the user; null when nobody is known
     * @param site the client address, or its network
     */
    default String keyOf(String tier, @Nullable String subject, String site) {
        return new Tier(tier, Tier.By.USER, null).key(subject, site);
    }
}
