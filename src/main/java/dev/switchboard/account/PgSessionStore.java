package dev.switchboard.account;

import dev.switchboard.protocol.AccountOperations.Session;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sessions in PostgreSQL. */
final class PgSessionStore implements SessionStore {
    private static final Exchange UNKNOWN = new Exchange(Outcome.UNKNOWN, null, null, null);

    private final Database database;

    PgSessionStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<Boolean> open(
            UUID session,
            UUID user,
            String passwordHash,
            @Nullable String userAgent,
            Buffer tokenHash,
            Duration lifetime) {
        // The share lock puts this before or after any change of the account. After it, the condition sees the change;
        // before it, whoever changed the account ends this session too.
        return database.query(
                        "WITH active AS (SELECT id FROM user_account"
                                + "  WHERE id = $2 AND disabled_at IS NULL AND password_hash = $3 FOR SHARE),"
                                + " made AS (INSERT INTO session (id, user_id, user_agent, expires_at)"
                                + "  SELECT $1, id, $6, now() + make_interval(secs => $5) FROM active"
                                + "  RETURNING id, expires_at)"
                                + " INSERT INTO refresh_token (token_hash, session_id, expires_at)"
                                + " SELECT $4, id, expires_at FROM made",
                        Tuple.of(session, user, passwordHash, tokenHash, seconds(lifetime), userAgent))
                .map(rows -> rows.rowCount() == 1);
    }

    @Override
    public Future<Exchange> exchange(
            Buffer tokenHash, Buffer nonce, Buffer successorHash, Duration lifetime, Duration repeatable) {
        return database.transaction(connection -> connection
                .preparedQuery(
                        "SELECT s.id, s.user_id, s.revoked_at IS NOT NULL AS ended, t.expires_at > now() AS live,"
                                + " t.used_at IS NOT NULL AS used, t.nonce, t.issued_at,"
                                + " t.used_at > now() - make_interval(secs => $2) AS recent"
                                + " FROM refresh_token t JOIN session s ON s.id = t.session_id"
                                + " WHERE t.token_hash = $1 FOR UPDATE")
                .execute(Tuple.of(tokenHash, seconds(repeatable)))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        return Future.succeededFuture(UNKNOWN);
                    }
                    Row token = rows.iterator().next();
                    if (token.getBoolean("ended")) {
                        return Future.succeededFuture(exchange(Outcome.ENDED, token, null));
                    }
                    if (token.getBoolean("used")) {
                        return again(connection, token);
                    }
                    return token.getBoolean("live")
                            ? spend(connection, token, tokenHash, nonce, successorHash, lifetime)
                            : Future.succeededFuture(UNKNOWN);
                }));
    }

    private static Exchange exchange(Outcome outcome, Row token, @Nullable Buffer nonce) {
        return new Exchange(outcome, token.getUUID("id"), token.getUUID("user_id"), nonce);
    }

    private static Future<Exchange> spend(
            SqlConnection connection,
            Row token,
            Buffer tokenHash,
            Buffer nonce,
            Buffer successorHash,
            Duration lifetime) {
        return connection
                .preparedQuery("WITH spent AS (UPDATE refresh_token SET used_at = now(), nonce = $3"
                        + "  WHERE token_hash = $2),"
                        // Those who come with an expired one hear the same whether it was spent or not.
                        + " gone AS (DELETE FROM refresh_token WHERE session_id = $1 AND expires_at < now()),"
                        + " renewed AS (UPDATE session SET last_used_at = now(),"
                        + "  expires_at = now() + make_interval(secs => $5) WHERE id = $1)"
                        + " INSERT INTO refresh_token (token_hash, session_id, expires_at)"
                        + " VALUES ($4, $1, now() + make_interval(secs => $5))")
                .execute(Tuple.of(token.getUUID("id"), tokenHash, nonce, successorHash, seconds(lifetime)))
                .map(done -> exchange(Outcome.SPENT, token, nonce));
    }

    /** Its session is locked, so no successor can be spent meanwhile. */
    private static Future<Exchange> again(SqlConnection connection, Row token) {
        return connection
                .preparedQuery("SELECT 1 FROM refresh_token"
                        + " WHERE session_id = $1 AND issued_at > $2 AND used_at IS NOT NULL LIMIT 1")
                .execute(Tuple.of(token.getUUID("id"), token.getOffsetDateTime("issued_at")))
                .map(later -> token.getBoolean("recent") && later.size() == 0
                        ? exchange(Outcome.REPEATED, token, token.getBuffer("nonce"))
                        : exchange(Outcome.REUSED, token, null));
    }

    @Override
    public Future<Void> end(UUID session) {
        return database.query(
                        "UPDATE session SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL", Tuple.of(session))
                .mapEmpty();
    }

    @Override
    public Future<Boolean> owns(UUID user, UUID session) {
        return database.query("SELECT 1 FROM session WHERE id = $1 AND user_id = $2", Tuple.of(session, user))
                .map(rows -> rows.size() == 1);
    }

    @Override
    public Future<List<UUID>> endAll(UUID user, @Nullable UUID except, Duration since) {
        return ids(database.query(
                "UPDATE session SET revoked_at = coalesce(revoked_at, now()) WHERE user_id = $1"
                        + " AND ($2::uuid IS NULL OR id <> $2)"
                        + " AND (revoked_at IS NULL OR revoked_at > now() - make_interval(secs => $3)) RETURNING id",
                Tuple.of(user, except, seconds(since))));
    }

    @Override
    public Future<List<UUID>> ended(Duration since) {
        return ids(database.query(
                "SELECT id FROM session WHERE revoked_at > now() - make_interval(secs => $1)",
                Tuple.of(seconds(since))));
    }

    private static Future<List<UUID>> ids(Future<RowSet<Row>> query) {
        return query.map(rows -> {
            List<UUID> ids = new ArrayList<>(rows.size());
            rows.forEach(row -> ids.add(row.getUUID("id")));
            return ids;
        });
    }

    @Override
    public Future<List<Session>> list(UUID user, @Nullable UUID current) {
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

    @Override
    public Future<Integer> deleteExpired(int limit) {
        return database.query(
                        "DELETE FROM session WHERE id IN"
                                + " (SELECT id FROM session WHERE expires_at < now() ORDER BY expires_at LIMIT $1)",
                        Tuple.of(limit))
                .map(RowSet::rowCount);
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static Double seconds(Duration duration) {
        return (double) duration.toSeconds();
    }
}
