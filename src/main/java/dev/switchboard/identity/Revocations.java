package dev.switchboard.identity;

import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.Consumer;

/** Sessions that were ended before their tokens expired, known on every node within a second. */
public interface Revocations {
    /** For a node that hears of nobody's sessions: none ever ends before its tokens do. */
    Revocations UNHEARD = new Revocations() {
        @Override
        public boolean isRevoked(UUID sessionId) {
            return false;
        }

        @Override
        public Future<Void> revoke(UUID sessionId) {
            return Future.failedFuture(Fault.UNAVAILABLE.because("This node ends no sessions."));
        }

        @Override
        public Runnable onRevoked(Consumer<UUID> listener) {
            return () -> {};
        }
    };

    boolean isRevoked(UUID sessionId);

    /** Ends a session on every node. */
    Future<Void> revoke(UUID sessionId);

    /**
     * Runs {@code listener} with each session that is revoked from now on, on any node. May run on any thread.
     *
     * @return takes the listener off
     */
    Runnable onRevoked(Consumer<UUID> listener);
}
