package dev.switchboard.gateway.limit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The limits of a node, as the settings say now: counted in Redis, or by the node alone. */
public final class Limits implements RateLimiter {
    private final Vertx vertx;
    private final NodeLimiter node;
    private volatile @Nullable RedisLimiter redis;
    private LimitOptions options;

    /** What was decided by this node while another Redis was in use. */
    private final AtomicLong decidedBefore = new AtomicLong();

    public Limits(Vertx vertx, LimitOptions options) {
        this.vertx = vertx;
        this.options = options;
        this.node = new NodeLimiter(options);
        this.redis = redis(options);
    }

    private @Nullable RedisLimiter redis(LimitOptions of) {
        return of.redis() == null ? null : new RedisLimiter(vertx, of, node);
    }

    /**
     * From now on with these settings, without a break: buckets of tiers that stay as they were keep their level, and another
     * Redis is turned to before the old one is left. By one caller at a time.
     */
    public Future<Void> change(LimitOptions next) {
        node.change(next);
        RedisLimiter old = redis;
        boolean same = options.withTiersOf(next).equals(next);
        options = next;
        if (same) {
            if (old != null) {
                old.change(next);
            }
            return Future.succeededFuture();
        }
        redis = redis(next);
        return old == null
                ? Future.succeededFuture()
                : old.close().onSuccess(done -> decidedBefore.addAndGet(old.decidedByNode()));
    }

    /** The Redis that is used; null when the node counts alone. */
    public @Nullable RedisLimiter redis() {
        return redis;
    }

    @Override
    public Future<Verdict> take(String tier, String key) {
        RedisLimiter shared = redis;
        return shared == null ? node.take(tier, key) : shared.take(tier, key);
    }

    @Override
    public String keyOf(String tier, @Nullable String subject, String site) {
        return node.keyOf(tier, subject, site);
    }

    @Override
    public long decidedByNode() {
        RedisLimiter shared = redis;
        return decidedBefore.get() + (shared == null ? 0 : shared.decidedByNode());
    }

    /** Lets go of connections. Requests that still come are decided by this node. */
    public Future<Void> close() {
        RedisLimiter shared = redis;
        return shared == null ? Future.succeededFuture() : shared.close();
    }
}
