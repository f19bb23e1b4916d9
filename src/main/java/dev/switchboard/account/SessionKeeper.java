package dev.switchboard.account;

import dev.switchboard.identity.Revocations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the cluster's list of revoked sessions in step with the database, and the database free of expired ones. The
 * database is what counts: a whole cluster that starts again has an empty list, and a node may die between writing to the
 * one and to the other. One for each node; used on one context.
 */
final class SessionKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);
    private static final long EVERY_MS = 5_000;
    private static final int AT_ONCE = 100;
    private static final int DELETED_AT_ONCE = 500;

    /** Rows become visible later than the time they bear: by the longest that a statement may take, and more. */
    private static final Duration OVERLAP = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final SessionStore store;
    private final Revocations revocations;
    private final Duration tokenLife;
    private long lastRead;
    private boolean stopped;

    /** @param tokenLife how long a token of a session that was ended can live on */
    SessionKeeper(Vertx vertx, SessionStore store, Revocations revocations, Duration tokenLife) {
        this.vertx = vertx;
        this.store = store;
        this.revocations = revocations;
        this.tokenLife = tokenLife;
    }

    /** Completes when no token of an ended session passes any more; then goes on until {@link #stop}. */
    Future<Void> start() {
        return announce(tokenLife).onSuccess(done -> again());
    }

    void stop() {
        stopped = true;
    }

    private void again() {
        vertx.setTimer(EVERY_MS, t -> {
            if (stopped) {
                return;
            }
            Duration missed = Duration.ofNanos(System.nanoTime() - lastRead).plus(OVERLAP);
            announce(missed.compareTo(tokenLife) < 0 ? missed : tokenLife)
                    .compose(done -> store.deleteExpired(DELETED_AT_ONCE))
                    .onFailure(e -> {
                        if (!stopped) {
                            LOG.warn("Ended sessions could not be looked after: {}", e.toString());
                        }
                    })
                    .onComplete(done -> again());
        });
    }

    private Future<Void> announce(Duration since) {
        long now = System.nanoTime();
        return store.ended(since)
                .compose(ended -> announce(new ArrayDeque<>(ended)))
                .onSuccess(done -> lastRead = now);
    }

    private Future<Void> announce(Deque<UUID> ended) {
        List<Future<Void>> batch = new ArrayList<>(AT_ONCE);
        while (batch.size() < AT_ONCE && !ended.isEmpty()) {
            UUID session = ended.poll();
            if (!revocations.isRevoked(session)) {
                batch.add(revocations.revoke(session));
            }
        }
        return batch.isEmpty() ? Future.succeededFuture() : Future.join(batch).compose(done -> announce(ended));
    }
}
