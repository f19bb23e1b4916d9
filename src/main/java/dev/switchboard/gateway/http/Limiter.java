package dev.switchboard.gateway.http;

import dev.switchboard.gateway.limit.RateLimiter;
import dev.switchboard.gateway.limit.Verdict;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets of this node, one for each tier and caller, shared by its event loops. A bucket is one number that is
 * changed by compare-and-set, so no loop waits for another.
 */
public final class Limiter implements RateLimiter {
    /** What a request is counted as. */
    public enum Tier {
        GENERAL,
        /** Guessing passwords and making accounts. */
        AUTH
    }

    /** A bucket that refuses, or not, and its size. */
    record Taken(TokenBucket bucket, TokenBucket.Outcome outcome) {}

    private static final double SECONDS_PER_MINUTE = 60;

    private final Map<Tier, Buckets> tiers = new EnumMap<>(Tier.class);
    private final LongSupplier clock;

    public Limiter(LimitOptions options) {
        this(options, monotonic());
    }

    /** @param clock nanoseconds, rising, not negative */
    Limiter(LimitOptions options, LongSupplier clock) {
        this.clock = clock;
        if (options.rps() > 0) {
            tiers.put(
                    Tier.GENERAL,
                    new Buckets(TokenBucket.perSecond(options.rps(), options.burst()), options.maxKeys()));
        }
        if (options.authPerMinute() > 0) {
            double perSecond = options.authPerMinute() / SECONDS_PER_MINUTE;
            tiers.put(
                    Tier.AUTH,
                    new Buckets(TokenBucket.perSecond(perSecond, options.authPerMinute()), options.maxKeys()));
        }
    }

    private static LongSupplier monotonic() {
        long origin = System.nanoTime();
        return () -> System.nanoTime() - origin;
    }

    /** Counts one request of {@code key}; null when the tier has no limit. */
    @Nullable
    Taken take(Tier tier, String key) {
        Buckets buckets = tiers.get(tier);
        return buckets == null ? null : new Taken(buckets.bucket, buckets.take(key, clock.getAsLong()));
    }

    /** @throws IllegalArgumentException for a name that is not among {@link LimitOptions#TIERS} */
    @Override
    public Future<Verdict> take(String tier, String key) {
        Taken taken = take(
                switch (tier) {
                    case "default" -> Tier.GENERAL;
                    case "auth" -> Tier.AUTH;
                    default -> throw new IllegalArgumentException("there is no tier " + tier);
                },
                key);
        if (taken == null) {
            return Future.succeededFuture(Verdict.unlimited(tier));
        }
        TokenBucket bucket = taken.bucket();
        TokenBucket.Outcome outcome = taken.outcome();
        return Future.succeededFuture(new Verdict(
                outcome.granted(),
                tier,
                bucket.burst(),
                Duration.ofNanos(bucket.intervalNanos() * bucket.burst()),
                outcome.remaining(),
                Duration.ofNanos(outcome.retryNanos())));
    }

    /** How many callers of a tier are remembered. */
    int remembered(Tier tier) {
        Buckets buckets = tiers.get(tier);
        return buckets == null ? 0 : buckets.states.size();
    }

    private static final class Buckets {
        private final TokenBucket bucket;
        private final int maxKeys;
        private final ConcurrentHashMap<String, AtomicLong> states = new ConcurrentHashMap<>();

        Buckets(TokenBucket bucket, int maxKeys) {
            this.bucket = bucket;
            this.maxKeys = maxKeys;
        }

        TokenBucket.Outcome take(String key, long now) {
            AtomicLong state = states.get(key);
            if (state == null) {
                if (states.size() >= maxKeys) {
                    makeRoom(now);
                }
                state = states.computeIfAbsent(key, k -> new AtomicLong());
            }
            while (true) {
                long before = state.get();
                TokenBucket.Outcome outcome = bucket.take(before, now);
                if (!outcome.granted() || state.compareAndSet(before, outcome.state())) {
                    return outcome;
                }
            }
        }

        /** Forgets full buckets; when all are in use, the first tenth: that costs an attacker's limit, not memory. */
        private void makeRoom(long now) {
            states.values().removeIf(state -> TokenBucket.isFull(state.get(), now));
            int surplus = states.size() - (maxKeys - Math.max(1, maxKeys / 10));
            Iterator<String> keys = states.keySet().iterator();
            for (int i = 0; i < surplus && keys.hasNext(); i++) {
                keys.next();
                keys.remove();
            }
        }
    }
}
