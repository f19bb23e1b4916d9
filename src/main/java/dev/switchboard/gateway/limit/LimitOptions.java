package dev.switchboard.gateway.limit;

import dev.switchboard.config.Authorities;
import dev.switchboard.config.Secret;
import dev.switchboard.config.Section;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much one caller may ask.
 *
 * @param redis where the buckets of the whole cluster are; null for buckets of each node
 * @param redisTimeout how long a request waits for Redis before this node's bucket decides
 * @param redisPrefix what every key in Redis starts with
 * @param maxKeys callers of one tier that a node remembers
 * @param tiers by name; {@code default} is always there
 */
public record LimitOptions(
        @Nullable RedisAddress redis, Duration redisTimeout, String redisPrefix, int maxKeys, Map<String, Tier> tiers) {
    /** The tier of routes that name none. */
    public static final String DEFAULT = "default";

    private static final int MOST = 1_000_000;
    private static final Duration LONGEST = Duration.ofDays(31);

    public LimitOptions {
        tiers = Map.copyOf(tiers);
    }

    public static LimitOptions from(Section section) {
        Section named = section.section("tiers");
        Map<String, Tier> tiers = new LinkedHashMap<>();
        for (String name : named.keys()) {
            tiers.put(name, tier(name, named.section(name)));
        }
        if (!tiers.containsKey(DEFAULT)) {
            named.problem(DEFAULT, "expected the tier of routes that name none");
        }
        return new LimitOptions(
                redis(section),
                section.duration("redisTimeout", Duration.ofMillis(1), Duration.ofSeconds(5)),
                section.text("redisPrefix"),
                section.integer("maxKeys", 1, MOST),
                tiers);
    }

    private static @Nullable RedisAddress redis(Section section) {
        Secret address = section.optionalSecret("redis", 1);
        Authorities authorities = Authorities.from(section, "redisCa");
        boolean used = section.bool("useRedis");
        if (address == null || !used) {
            return null;
        }
        try {
            return RedisAddress.of(address, authorities);
        } catch (IllegalArgumentException e) {
            section.problem("redis", "expected host:port, redis://user:password@host:port/0 or rediss://…");
            return null;
        }
    }

    /** {@code rps} is short for {@code limit} in a window of one second, and goes before both. */
    private static Tier tier(String name, Section section) {
        boolean perSecond = section.optionalText("rps") != null;
        int limit = section.integer(perSecond ? "rps" : "limit", 0, MOST);
        Duration window = perSecond ? Duration.ofSeconds(1) : section.duration("window", Duration.ofMillis(1), LONGEST);
        if (perSecond) {
            section.optionalText("limit");
            section.optionalText("window");
        }
        int burst = section.optionalText("burst") == null ? Math.max(1, limit) : section.integer("burst", 1, MOST);
        Tier.By by = section.optionalText("by") == null ? Tier.By.USER : section.oneOf("by", Tier.By.class);
        return new Tier(name, by, limit == 0 ? null : bucket(section, limit, window, burst));
    }

    private static @Nullable Bucket bucket(Section section, int limit, Duration window, int burst) {
        try {
            return new Bucket(
                    limit, window.toNanos() / ChronoUnit.MICROS.getDuration().toNanos(), burst);
        } catch (IllegalArgumentException e) {
            section.problem("burst", "too many tokens in too long a window to count exactly");
            return null;
        }
    }

    /** The same Redis with the tiers of others. */
    LimitOptions withTiersOf(LimitOptions other) {
        return new LimitOptions(redis, redisTimeout, redisPrefix, other.maxKeys, other.tiers);
    }

    /** The tier of this name; the default one for a name that nobody configured. */
    Tier tier(String name) {
        Tier tier = tiers.get(name);
        return tier != null ? tier : Objects.requireNonNull(tiers.get(DEFAULT));
    }
}
