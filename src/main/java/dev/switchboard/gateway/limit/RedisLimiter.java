package dev.switchboard.gateway.limit;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets of all nodes together, in Redis (5 or later, or what speaks like it): one script call for each request, by
 * the clock of Redis. Where Redis does not answer in time the buckets of this node decide, and Redis is tried again in
 * the background. Each event loop has a connection of its own.
 */
public final class RedisLimiter implements RateLimiter {
    private final VertxInternal vertx;
    private volatile LimitOptions options;
    private final RedisAddress address;
    private final NodeLimiter node;
    private final RedisState state;
    private final String script = script();
    private final Map<EventLoop, RedisLink> links = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Begins to connect.
     *
     * @throws IllegalArgumentException when the options name no Redis
     */
    public RedisLimiter(Vertx vertx, LimitOptions options) {
        this(vertx, options, new NodeLimiter(options));
    }

    /** @param node decides where Redis does not; has the same tiers */
    RedisLimiter(Vertx vertx, LimitOptions options, NodeLimiter node) {
        RedisAddress redis = options.redis();
        if (redis == null) {
            throw new IllegalArgumentException("no address of Redis");
        }
        this.vertx = (VertxInternal) vertx;
        this.options = options;
        this.address = redis;
        this.node = node;
        this.state = new RedisState(redis);
        link(this.vertx.getOrCreateContext());
    }

    /** From now on with the tiers of these settings, which name the same Redis. */
    void change(LimitOptions next) {
        options = next;
    }

    private static String script() {
        try (InputStream file = RedisLimiter.class.getClassLoader().getResourceAsStream("limit/take.lua")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Future<Verdict> take(String tierName, String key) {
        Tier tier = options.tier(tierName);
        Bucket bucket = tier.bucket();
        if (bucket == null || closed) {
            return Future.succeededFuture(node.take(tier, key));
        }
        ContextInternal caller = vertx.getOrCreateContext();
        return link(caller).take(new RedisLink.Ask(tier, bucket, key, caller.promise()));
    }

    private RedisLink link(ContextInternal caller) {
        return links.computeIfAbsent(caller.nettyEventLoop(), loop -> {
            ContextInternal context = vertx.contextBuilder()
                    .withThreadingModel(ThreadingModel.EVENT_LOOP)
                    .withEventLoop(loop)
                    .build();
            return new RedisLink(context, options, address, script, node, state);
        });
    }

    @Override
    public String keyOf(String tier, @Nullable String subject, String site) {
        return node.keyOf(tier, subject, site);
    }

    /** Whether Redis answers, as far as this node has seen. */
    public boolean isUp() {
        return state.isUp();
    }

    @Override
    public long decidedByNode() {
        return state.decidedByNodeCount();
    }

    /** Lets go of the connections. Requests that still come are decided by this node. */
    public Future<Void> close() {
        closed = true;
        List<Future<Void>> all = links.values().stream().map(RedisLink::close).toList();
        return Future.join(all).mapEmpty();
    }
}
