package dev.switchboard.gateway.bridge;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** When a socket has something to do, and when it ends, in milliseconds of its event loop's clock. Pure state. */
final class SessionTimes {
    /** Tokens that are good for longer are looked at again after this; it keeps the sums from overflowing. */
    private static final long LONGEST_MS = TimeUnit.DAYS.toMillis(3650);

    private final Supplier<BridgeOptions> options;
    private boolean identified;
    private long heardAt;
    private long heartbeatAt;
    private long warnAt = Deadlines.NEVER;
    private long expiresAt;
    private long leaveAt = Deadlines.NEVER;

    /** @param options asked each time: they may change */
    SessionTimes(Supplier<BridgeOptions> options, long now) {
        this.options = options;
        this.heardAt = now;
        // Anywhere in the first period: sockets that came at once do not beat at once.
        this.heartbeatAt = now
                + ThreadLocalRandom.current()
                        .nextLong(1, options.get().heartbeat().toMillis() + 1);
        this.expiresAt = now + options.get().authTimeout().toMillis();
    }

    /** A frame came from the client. */
    void heard(long now) {
        heardAt = now;
    }

    /** The client showed a token that is good for so long. */
    void identified(long now, long leftMillis) {
        long expiry = now + Math.min(leftMillis, LONGEST_MS);
        identified = true;
        warnAt = expiry - options.get().expiryWarning().toMillis();
        expiresAt = expiry + options.get().expiryGrace().toMillis();
    }

    /** The socket is to be closed then. What was said first counts: the earlier of two random moments is not random. */
    void leave(long atMillis) {
        if (leaveAt == Deadlines.NEVER) {
            leaveAt = atMillis;
        }
    }

    /** Why the socket ends now, or null. */
    @Nullable
    CloseCode end(long now) {
        if (now >= leaveAt) {
            return CloseCode.NODE_DRAINING;
        }
        if (now >= expiresAt) {
            return identified ? CloseCode.SESSION_EXPIRED : CloseCode.UNAUTHORIZED;
        }
        return now - heardAt >= options.get().pingTimeout().toMillis() ? CloseCode.PING_TIMEOUT : null;
    }

    /** Whether the client is to be warned now of the end of its token; true once for each token. */
    boolean warning(long now) {
        if (now < warnAt) {
            return false;
        }
        warnAt = Deadlines.NEVER;
        return true;
    }

    /** Whether a heartbeat is due now; then the next one is a period away. */
    boolean heartbeat(long now) {
        if (now < heartbeatAt) {
            return false;
        }
        heartbeatAt = now + options.get().heartbeat().toMillis();
        return true;
    }

    /** @param wantsWarning whether the client listens for warnings */
    long next(boolean wantsWarning) {
        long next = Math.min(Math.min(expiresAt, heartbeatAt), leaveAt);
        next = Math.min(next, heardAt + options.get().pingTimeout().toMillis());
        return wantsWarning ? Math.min(next, warnAt) : next;
    }
}
