package dev.switchboard.bus;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on its way to one node and not written yet. The event bus has no back-pressure: towards a node that does not
 * read, everything would pile up in memory. For any thread.
 */
final class Outstanding {
    private static final Logger LOG = LoggerFactory.getLogger(Outstanding.class);

    private final String nodeId;
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    Outstanding(String nodeId, long maxBytes) {
        this.nodeId = nodeId;
        this.maxBytes = maxBytes;
    }

    /** @return whether so many bytes may be sent; then {@link #written} must be called once for them */
    boolean take(long size) {
        if (bytes.addAndGet(size) <= maxBytes) {
            return true;
        }
        bytes.addAndGet(-size);
        if (dropped.getAndIncrement() == 0) {
            LOG.warn("{} does not read what it is sent: nothing more is forwarded to it for now", nodeId);
        }
        return false;
    }

    void written(long size) {
        if (bytes.addAndGet(-size) == 0) {
            long missed = dropped.getAndSet(0);
            if (missed > 0) {
                LOG.warn("{} reads again; {} deliveries were not sent to it", nodeId, missed);
            }
        }
    }
}
