package dev.switchboard.account;

import dev.switchboard.protocol.AccountOperations.Session;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sessions and the hashes of their refresh tokens, kept until they expire. Times are the database's. */
interface SessionStore {
    /** What a refresh token was good for. */
    enum Outcome {
        /** It is spent now; its successor is stored. */
        SPENT,
        /** It was spent a moment ago and its successor was not used yet: this is the same request again. */
        REPEATED,
        /** It was spent before: somebody else has it too. */
        REUSED,
        /** Its session was ended. */
        ENDED,
        /** There is no such token, or it expired. */
        UNKNOWN
    }

    /** @param nonce what makes the successor; null unless spent or repeated. The ids are null only for an unknown token */
    record Exchange(Outcome outcome, @Nullable UUID sessionId, @Nullable UUID userId, @Nullable Buffer nonce) {}

    /**
     * Stores a new session with its first refresh token, if at this very moment the account is active and has the
     * password that was shown: a sign-in cannot outrun the change that should have prevented it.
     *
     * @return whether it was stored
     */
    Future<Boolean> open(
            UUID session,
            UUID user,
            String passwordHash,
            @Nullable String userAgent,
            Buffer tokenHash,
            Duration lifetime);

    /**
     * Spends a refresh token for a successor, in one step.
     *
     * @param repeatable how long after it was spent a token may be sent again
     */
    Future<Exchange> exchange(
            Buffer tokenHash, Buffer nonce, Buffer successorHash, Duration lifetime, Duration repeatable);

    /** Ends a session, for good. */
    Future<Void> end(UUID session);

    /** Whether the user has such a session. */
    Future<Boolean> owns(UUID user, UUID session);

    /**
     * Ends every session of a user but {@code except}.
     *
     * @return those that were ended now or since {@code since}: whoever repeats this hears of the same ones again
     */
    Future<List<UUID>> endAll(UUID user, @Nullable UUID except, Duration since);

    /** Sessions that were ended in the last {@code since}. */
    Future<List<UUID>> ended(Duration since);

    /** The live sessions of a user, the newest first, at most 100. */
    Future<List<Session>> list(UUID user, @Nullable UUID current);

    /** Deletes some sessions that expired. Returns how many. */
    Future<Integer> deleteExpired(int limit);
}
