package dev.switchboard.gateway.limit;

import io.vertx.core.Future;

/** Token buckets, one for each tier and caller. Safe to share between contexts; never blocks. */
public interface RateLimiter {
    /**
     * Takes one token.
     *
     * @param tier the name of a tier in the configuration
     * @param key whom it counts against: a user, or a client address
     * @return what came of it; never fails, and completes within a few tens of milliseconds whatever Redis does
     */
    Future<Verdict> take(String tier, String key);
}
