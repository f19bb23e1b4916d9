package dev.switchboard.account;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.User;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Users in PostgreSQL. Its unique indexes, not a look before, decide who gets a name. */
final class PgUserStore implements UserStore {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String COLUMNS =
            "id, username, display_name, email, phone_number, roles, avatar_url, created_at, password_hash,"
                    + " disabled_at IS NOT NULL AS disabled";

    /** As the indexes have it. */
    private static final String USERNAME = "lower(username COLLATE \"und-x-icu\")";

    private static final String EMAIL = "lower(email COLLATE \"und-x-icu\")";
    private static final String DISPLAY_NAME = "lower(display_name COLLATE \"und-x-icu\")";
    private static final String ARGUMENT = "lower($1::text COLLATE \"und-x-icu\")";
    private static final String CURSOR = "lower($2::text COLLATE \"und-x-icu\")";

    /** What is left of a deleted account is nobody's. */
    private static final String EXISTING = " WHERE id = $1 AND password_hash IS NOT NULL";

    private final Database database;

    PgUserStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<User> insert(User user, String passwordHash) {
        Tuple values = Tuple.tuple()
                .addValue(user.id())
                .addValue(user.username())
                .addValue(user.email())
                .addValue(user.displayName())
                .addValue(user.phoneNumber())
                .addValue(passwordHash)
                .addValue(user.roles().toArray(String[]::new))
                .addValue(user.createdAt().atOffset(ZoneOffset.UTC));
        return unique(database.query(
                        "INSERT INTO user_account"
                                + " (id, username, email, display_name, phone_number, password_hash, roles, created_at)"
                                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                        values))
                .map(user);
    }

    private static <T> Future<T> unique(Future<T> write) {
        return write.recover(failure -> {
            if (failure instanceof PgException e && UNIQUE_VIOLATION.equals(e.getSqlState())) {
                return Future.failedFuture(
                        String.valueOf(e.getConstraint()).contains("email")
                                ? Fault.EMAIL_TAKEN.because("This email address has an account already.")
                                : Fault.USERNAME_TAKEN.because("This username is taken."));
            }
            return Future.failedFuture(failure);
        });
    }

    @Override
    public Future<@Nullable Account> byName(String name) {
        return one(database.query(
                "SELECT " + COLUMNS + " FROM user_account WHERE " + USERNAME + " = " + ARGUMENT
                        + " UNION ALL SELECT " + COLUMNS + " FROM user_account WHERE " + EMAIL + " = " + ARGUMENT
                        + " LIMIT 1",
                Tuple.of(name)));
    }

    @Override
    public Future<@Nullable Account> byId(UUID id) {
        return one(database.query("SELECT " + COLUMNS + " FROM user_account" + EXISTING, Tuple.of(id)));
    }

    @Override
    public Future<User> update(UUID id, Changes c, @Nullable String passwordHash) {
        Tuple values = Tuple.tuple()
                .addValue(id)
                .addValue(c.displayName())
                .addValue(c.email())
                .addValue(c.phoneNumber())
                .addValue(c.avatarUrl())
                .addValue(c.passwordHash())
                .addValue(passwordHash);
        return unique(database.query(
                        "UPDATE user_account SET display_name = coalesce($2, display_name),"
                                + " email = coalesce($3, email), phone_number = nullif(coalesce($4, phone_number), ''),"
                                + " avatar_url = nullif(coalesce($5, avatar_url), ''),"
                                + " password_hash = coalesce($6, password_hash), updated_at = now()"
                                + " WHERE id = $1 AND password_hash = $7 RETURNING " + COLUMNS,
                        values))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw Fault.CONFLICT.because("The account changed at the same moment.");
                    }
                    return account(rows.iterator().next()).user();
                });
    }

    @Override
    public Future<User> grant(UUID id, String role) {
        return existing(database.query(
                "UPDATE user_account SET updated_at = now(),"
                        + " roles = CASE WHEN $2 = ANY (roles) THEN roles ELSE array_append(roles, $2) END"
                        + EXISTING + " RETURNING " + COLUMNS,
                Tuple.of(id, role)));
    }

    @Override
    public Future<User> setRoles(UUID id, Collection<String> roles) {
        return existing(database.query(
                "UPDATE user_account SET roles = $2, updated_at = now()" + EXISTING + " RETURNING " + COLUMNS,
                Tuple.of(id, (Object) roles.toArray(String[]::new))));
    }

    @Override
    public Future<User> setDisabled(UUID id, boolean disabled) {
        return existing(database.query(
                "UPDATE user_account SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END,"
                        + " updated_at = now()" + EXISTING + " RETURNING " + COLUMNS,
                Tuple.of(id, disabled)));
    }

    @Override
    public Future<Void> anonymise(UUID id) {
        return database.query(
                        "UPDATE user_account SET username = 'deleted-' || id, display_name = 'Deleted user',"
                                + " email = NULL, phone_number = NULL, avatar_url = NULL, password_hash = NULL,"
                                + " roles = '{}', disabled_at = now(), updated_at = now() WHERE id = $1",
                        Tuple.of(id))
                .mapEmpty();
    }

    @Override
    public Future<List<User>> find(String prefix, @Nullable String afterUsername, int limit) {
        String pattern = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
        // The order of the index, which is that of the bytes.
        return database.query(
                        "SELECT " + COLUMNS + " FROM user_account WHERE disabled_at IS NULL"
                                + " AND (" + USERNAME + " LIKE " + ARGUMENT
                                + " OR " + DISPLAY_NAME + " LIKE " + ARGUMENT + ")"
                                + " AND ($2::text IS NULL OR " + USERNAME + " ~>~ " + CURSOR + ")"
                                + " ORDER BY " + USERNAME + " USING ~<~ LIMIT $3",
                        Tuple.of(pattern, afterUsername, limit))
                .map(rows -> {
                    List<User> users = new ArrayList<>(rows.size());
                    rows.forEach(row -> users.add(account(row).user()));
                    return users;
                });
    }

    private static Future<@Nullable Account> one(Future<RowSet<Row>> query) {
        return query.map(
                rows -> rows.size() == 0 ? null : account(rows.iterator().next()));
    }

    private static Future<User> existing(Future<RowSet<Row>> update) {
        return update.map(rows -> {
            if (rows.size() == 0) {
                throw Fault.NOT_FOUND.because("No such user.");
            }
            return account(rows.iterator().next()).user();
        });
    }

    private static Account account(Row row) {
        String[] roles = (String[]) row.getValue("roles");
        return new Account(
                new User(
                        row.getUUID("id"),
                        row.getString("username"),
                        row.getString("display_name"),
                        row.getString("email"),
                        row.getString("phone_number"),
                        List.of(roles),
                        row.getString("avatar_url"),
                        row.getOffsetDateTime("created_at").toInstant()),
                row.getString("password_hash"),
                row.getBoolean("disabled"));
    }
}
