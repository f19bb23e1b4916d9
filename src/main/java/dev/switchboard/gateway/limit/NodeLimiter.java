package dev.switchboard.gateway.limit;

import dev.switchboard.gateway.limit.Bucket.Level;
import dev.switchboard.gateway.limit.Bucket.Outcome;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets of this node, shared by its event loops. A bucket is one value that is changed by compare-and-set, so no
 * loop waits for another.
 */
public final class NodeLimiter implements RateLimiter {
    /** The settings, and the buckets of the tiers that have a limit. */
    private record Rules(LimitOptions options, Map<String, Buckets> tiers) {}

    private final LongSupplier clock;
    private volatile Rules rules;

    public NodeLimiter(LimitOptions options) {
        this(options, monotonic());
    }

    /** @param clock microseconds, rising */
    NodeLimiter(LimitOptions options, LongSupplier clock) {
        this.clock = clock;
        this.rules = rules(options, Map.of());
    }

    /** From now on with these settings; what was taken from tiers that stay as they were is not forgotten. */
    public void change(LimitOptions options) {
        rules = rules(options, rules.tiers());
    }

    private static Rules rules(LimitOptions options, Map<String, Buckets> known) {
        Map<String, Buckets> tiers = new HashMap<>();
        options.tiers().forEach((name, tier) -> {
            Bucket bucket = tier.bucket();
            if (bucket != null) {
                Buckets before = known.get(name);
                boolean same = before != null && before.bucket.equals(bucket) && before.maxKeys == options.maxKeys();
                tiers.put(name, same ? before : new Buckets(bucket, options.maxKeys()));
            }
        });
        return new Rules(options, Map.copyOf(tiers));
    }

    private static LongSupplier monotonic() {
        long origin = System.nanoTime();
        return () -> TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - origin);
    }

    @Override
    public Future<Verdict> take(String tier, String key) {
        return Future.succeededFuture(take(rules.options().tier(tier), key));
    }

    Verdict take(Tier tier, String key) {
        Buckets buckets = rules.tiers().get(tier.name());
        if (buckets == null) {
            return tier.pass();
        }
        Outcome outcome = buckets.take(key, clock.getAsLong());
        return tier.verdict(buckets.bucket, outcome.granted(), outcome.used());
    }

    @Override
    public String keyOf(String tier, @Nullable String subject, String site) {
        return rules.options().tier(tier).key(subject, site);
    }

    /** How many callers of a tier are remembered. */
    int remembered(String tier) {
        Buckets buckets = rules.tiers().get(tier);
        return buckets == null ? 0 : buckets.levels.size();
    }

    private static final class Buckets {
        private final Bucket bucket;
        private final int maxKeys;
        private final ConcurrentHashMap<String, AtomicReference<Level>> levels = new ConcurrentHashMap<>();

        Buckets(Bucket bucket, int maxKeys) {
            this.bucket = bucket;
            this.maxKeys = maxKeys;
        }

        Outcome take(String key, long now) {
            AtomicReference<Level> level = levels.get(key);
            if (level == null) {
                if (levels.size() >= maxKeys) {
                    makeRoom(now);
                }
                level = levels.computeIfAbsent(key, k -> new AtomicReference<>(Bucket.FULL));
            }
            while (true) {
                Level before = Objects.requireNonNull(level.get(), "never set to null");
                // Another loop may have read the clock later and been here sooner.
                Outcome outcome = bucket.take(before, Math.max(now, before.at()), 1);
                if (!outcome.granted() || level.compareAndSet(before, outcome.level())) {
                    return outcome;
                }
            }
        }

        /** Forgets full buckets; when all are in use, the first tenth: that costs an attacker's limit, not memory. */
        private void makeRoom(long now) {
            levels.values()
                    .removeIf(level -> bucket.isFull(Objects.requireNonNull(level.get(), "never set to null"), now));
            int surplus = levels.size() - (maxKeys - Math.max(1, maxKeys / 10));
            Iterator<String> keys = levels.keySet().iterator();
            for (int i = 0; i < surplus && keys.hasNext(); i++) {
                keys.next();
                keys.remove();
            }
        }
    }
}
