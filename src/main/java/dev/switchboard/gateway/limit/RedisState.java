package dev.switchboard.gateway.limit;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether Redis serves this node, over all connections to it. Each change is logged once. Safe to share. */
final class RedisState {
    private static final Logger LOG = LoggerFactory.getLogger(RedisState.class);

    private final RedisAddress address;
    private final AtomicInteger down = new AtomicInteger();
    private final LongAdder byNode = new LongAdder();

    RedisState(RedisAddress address) {
        this.address = address;
    }

    /** A connection that served does no more. */
    void down(String reason) {
        if (down.getAndIncrement() == 0) {
            LOG.warn("Redis at {} is out of use ({}): limits hold for each node by itself", address, reason);
        }
    }

    /** A connection that was {@link #down} serves again. */
    void up() {
        if (down.decrementAndGet() == 0) {
            LOG.info("Redis at {} is in use again: limits hold for all nodes together", address);
        }
    }

    /** This node decided in the place of Redis. */
    void decidedByNode() {
        byNode.increment();
    }

    boolean isUp() {
        return down.get() == 0;
    }

    long decidedByNodeCount() {
        return byNode.sum();
    }
}
