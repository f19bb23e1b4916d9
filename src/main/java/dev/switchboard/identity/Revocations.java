package dev.switchboard.identity;

import java.util.UUID;
import java.util.function.Consumer;

/** Sessions that were ended before their tokens expired, known on every node within a second. */
public interface Revocations {
    boolean isRevoked(UUID sessionId);

    /** Ends a session on every node. */
    io.vertx.core.Future<Void> revoke(UUID sessionId);

    /**
     * Runs {@code listener} with each session that is revoked from now on, on any node. May run on any thread.
     *
     * @return takes the listener off
     */
    Runnable onRevoked(Consumer<UUID> listener);
}
