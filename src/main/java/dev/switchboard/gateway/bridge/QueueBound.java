package dev.switchboard.gateway.bridge;

/**
 * How many bytes may wait for a client. One message may be larger than the bound by itself, a page of history for
 * example, but only one, and the bound holds again when it is gone.
 */
final class QueueBound {
    private long oversized;

    /**
     * Whether the client is too slow.
     *
     * @param queued what waits, in bytes, with what was just added
     * @param added what was just added
     */
    boolean broken(long queued, long added, long bound) {
        if (queued <= bound) {
            oversized = 0;
        } else if (queued - added <= bound) {
            oversized = added;
        }
        return queued > bound + oversized;
    }
}
