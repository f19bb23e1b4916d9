package dev.switchboard.participant;

import dev.switchboard.protocol.User;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Blocks in PostgreSQL. */
final class PgBlockStore implements BlockStore {
    private static final String BLOCK =
            """
            WITH other AS (SELECT id FROM user_account WHERE id = $2 AND password_hash IS NOT NULL),
            made AS (
              INSERT INTO user_block (user_id, blocked_id) SELECT $1, id FROM other ON CONFLICT DO NOTHING RETURNING 1
            )
            SELECT EXISTS (SELECT 1 FROM other) AS known, EXISTS (SELECT 1 FROM made) AS made
            """;

    private final Database database;

    PgBlockStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<Outcome> block(UUID user, UUID other) {
        return database.query(BLOCK, Tuple.of(user, other)).map(rows -> {
            Row row = rows.iterator().next();
            if (!row.getBoolean("known")) {
                return Outcome.UNKNOWN_USER;
            }
            return row.getBoolean("made") ? Outcome.NEW : Outcome.REPEATED;
        });
    }

    @Override
    public Future<Boolean> unblock(UUID user, UUID other) {
        return database.query("DELETE FROM user_block WHERE user_id = $1 AND blocked_id = $2", Tuple.of(user, other))
                .map(rows -> rows.rowCount() > 0);
    }

    @Override
    public Future<List<User>> list(UUID user, @Nullable UUID cursor, int limit) {
        return database.query(
                        "SELECT u.id, u.username, u.display_name, u.roles, u.avatar_url, u.created_at"
                                + " FROM user_block b JOIN user_account u ON u.id = b.blocked_id"
                                + " WHERE b.user_id = $1 AND ($2::uuid IS NULL OR b.blocked_id > $2)"
                                + " ORDER BY b.blocked_id LIMIT $3",
                        Tuple.of(user, cursor, limit))
                .map(rows -> {
                    List<User> users = new ArrayList<>(rows.size());
                    rows.forEach(row -> users.add(new User(
                            row.getUUID("id"),
                            row.getString("username"),
                            row.getString("display_name"),
                            null,
                            null,
                            List.of(row.getArrayOfStrings("roles")),
                            row.getString("avatar_url"),
                            row.getOffsetDateTime("created_at").toInstant())));
                    return users;
                });
    }
}
