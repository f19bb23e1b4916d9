package dev.switchboard.account;

import dev.switchboard.identity.AccessTokens;
import dev.switchboard.identity.Revocations;
import dev.switchboard.identity.TokenOptions;
import dev.switchboard.protocol.AccountOperations.Session;
import dev.switchboard.protocol.AccountOperations.SignedIn;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.User;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sessions and their refresh tokens. A refresh token is 256 random bits, stored as its SHA-256, good once. Whoever shows a
 * spent one ends the session: either the token was stolen, or its thief was faster (RFC 9700 §4.14.2).
 */
final class Sessions {
    private static final int TOKEN_BYTES = 32;

    private final Database database;
    private final AccessTokens accessTokens;
    private final Revocations revocations;
    private final TokenOptions options;
    private final SecureRandom random = new SecureRandom();

    Sessions(Database database, AccessTokens accessTokens, Revocations revocations, TokenOptions options) {
        this.database = database;
        this.accessTokens = accessTokens;
        this.revocations = revocations;
        this.options = options;
    }

    /** A new session. */
    Future<SignedIn> open(User user) {
        UUID session = Ids.next();
        String token = newToken();
        OffsetDateTime expiry = expiry();
        return database.query(
                        "WITH made AS (INSERT INTO session (id, user_id, expires_at) VALUES ($1, $2, $3))"
                                + " INSERT INTO refresh_token (token_hash, session_id, expires_at)"
                                + " SELECT $4, $1, $3",
                        Tuple.of(session, user.id(), expiry, hash(token)))
                .map(done -> signedIn(user, session, token));
    }

    /** Who a refresh token belongs to, and whether it was still good. */
    record Spent(UUID sessionId, UUID userId) {}

    /**
     * Spends a refresh token.
     *
     * @return fails with {@code unauthorized} when it is unknown or expired; with {@code session_revoked}, having ended the
     *     session, when it was spent before
     */
    Future<Spent> spend(String refreshToken) {
        return database.query(
                        "UPDATE refresh_token t SET used_at = now() FROM session s"
                                + " WHERE t.token_hash = $1 AND t.used_at IS NULL AND t.expires_at > now()"
                                + " AND s.id = t.session_id AND s.revoked_at IS NULL"
                                + " RETURNING s.id, s.user_id",
                        Tuple.of(hash(refreshToken)))
                .compose(rows -> rows.size() > 0
                        ? Future.succeededFuture(spent(rows.iterator().next()))
                        : refuse(refreshToken));
    }

    private static Spent spent(Row row) {
        return new Spent(row.getUUID("id"), row.getUUID("user_id"));
    }

    private Future<Spent> refuse(String refreshToken) {
        return database.query(
                        "SELECT session_id FROM refresh_token WHERE token_hash = $1 AND used_at IS NOT NULL",
                        Tuple.of(hash(refreshToken)))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        return Future.failedFuture(Fault.UNAUTHORIZED.because("The refresh token is not valid."));
                    }
                    return end(rows.iterator().next().getUUID("session_id"))
                            .compose(done -> Future.failedFuture(Fault.SESSION_REVOKED.because(
                                    "The refresh token was used before. The session was ended; sign in again.")));
                });
    }

    /** Goes on with a session whose refresh token was just spent. */
    Future<SignedIn> renew(User user, UUID session) {
        String token = newToken();
        OffsetDateTime expiry = expiry();
        return database.query(
                        "WITH renewed AS (UPDATE session SET last_used_at = now(), expires_at = $3 WHERE id = $1)"
                                + " INSERT INTO refresh_token (token_hash, session_id, expires_at) VALUES ($2, $1, $3)",
                        Tuple.of(session, hash(token), expiry))
                .map(done -> signedIn(user, session, token));
    }

    private SignedIn signedIn(User user, UUID session, String refreshToken) {
        return new SignedIn(
                user,
                accessTokens.issue(user, session),
                refreshToken,
                "Bearer",
                options.accessTokenTtl().toSeconds());
    }

    /** Ends one session, on every node. */
    Future<Void> end(UUID session) {
        return database.query("UPDATE session SET revoked_at = now() WHERE id = $1", Tuple.of(session))
                .compose(done -> revocations.revoke(session));
    }

    /** Ends one session of this user; fails with {@code not_found} when it is somebody else's. */
    Future<Void> end(UUID session, UUID user) {
        return database.query("SELECT 1 FROM session WHERE id = $1 AND user_id = $2", Tuple.of(session, user))
                .compose(rows -> rows.size() == 0
                        ? Future.failedFuture(Fault.NOT_FOUND.because("No such session."))
                        : end(session));
    }

    /** Ends every session of a user but {@code except}. */
    Future<Void> endAll(UUID user, @Nullable UUID except) {
        return database.query(
                        "UPDATE session SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL"
                                + " AND ($2::uuid IS NULL OR id <> $2) RETURNING id",
                        Tuple.of(user, except))
                .compose(rows -> {
                    List<Future<Void>> ends = new ArrayList<>();
                    rows.forEach(row -> ends.add(revocations.revoke(row.getUUID("id"))));
                    return Future.join(ends).mapEmpty();
                });
    }

    /** The live sessions of a user, the newest first. */
    Future<List<Session>> list(UUID user, @Nullable UUID current) {
        return database.query(
                        "SELECT id, created_at, last_used_at, user_agent FROM session WHERE user_id = $1"
                                + " AND revoked_at IS NULL AND expires_at > now() ORDER BY created_at DESC LIMIT 100",
                        Tuple.of(user))
                .map(rows -> {
                    List<Session> sessions = new ArrayList<>(rows.size());
                    rows.forEach(row -> sessions.add(new Session(
                            row.getUUID("id"),
                            instant(row, "created_at"),
                            instant(row, "last_used_at"),
                            row.getString("user_agent"),
                            row.getUUID("id").equals(current))));
                    return sessions;
                });
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private OffsetDateTime expiry() {
        return Instant.now().plus(options.refreshTokenTtl()).atOffset(ZoneOffset.UTC);
    }

    private String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Buffer hash(String token) {
        try {
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
