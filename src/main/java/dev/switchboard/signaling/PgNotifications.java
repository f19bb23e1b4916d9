package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.NotificationOperations.Notification;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Notifications in PostgreSQL; one for each subject, whoever notes it. */
final class PgNotifications implements Notifications {
    private final Database database;

    PgNotifications(Database database) {
        this.database = database;
    }

    @Override
    public Future<Optional<UUID>> missedCall(Call call) {
        return database.query(
                        "INSERT INTO notification (id, user_id, kind, subject_id, from_id)"
                                + " SELECT $1, id, $3, $4, $5 FROM user_account WHERE id = $2 AND NOT EXISTS"
                                + " (SELECT 1 FROM user_block WHERE user_id = $2 AND blocked_id = $5)"
                                // What was noted before is given as well: whoever noted it may not have told it.
                                + " ON CONFLICT (user_id, kind, subject_id) DO UPDATE SET kind = excluded.kind"
                                + " WHERE notification.read_at IS NULL RETURNING id",
                        Tuple.of(Ids.next(), call.calleeId(), MISSED_CALL, call.id(), call.callerId()))
                .map(PgNotifications::first);
    }

    @Override
    public Future<List<Notification>> list(UUID user, @Nullable UUID before, int limit) {
        return database.query(
                        "SELECT n.id, n.kind, n.subject_id, n.from_id, u.display_name, n.created_at, n.read_at"
                                + " FROM notification n LEFT JOIN user_account u ON u.id = n.from_id"
                                + " WHERE n.user_id = $1 AND ($2::uuid IS NULL OR n.id < $2)"
                                + " ORDER BY n.id DESC LIMIT $3",
                        Tuple.of(user, before, limit))
                .map(PgNotifications::notifications);
    }

    @Override
    public Future<Boolean> read(UUID user, UUID notification) {
        return database.query(
                        "UPDATE notification SET read_at = coalesce(read_at, now()) WHERE user_id = $1 AND id = $2",
                        Tuple.of(user, notification))
                .map(rows -> rows.rowCount() > 0);
    }

    private static Optional<UUID> first(RowSet<Row> rows) {
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(rows.iterator().next().getUUID(0));
    }

    private static List<Notification> notifications(RowSet<Row> rows) {
        List<Notification> all = new ArrayList<>(rows.size());
        for (Row row : rows) {
            OffsetDateTime read = row.getOffsetDateTime("read_at");
            all.add(new Notification(
                    row.getUUID("id"),
                    row.getString("kind"),
                    row.getUUID("subject_id"),
                    row.getUUID("from_id"),
                    row.getString("display_name"),
                    row.getOffsetDateTime("created_at").toInstant(),
                    read == null ? null : read.toInstant()));
        }
        return all;
    }
}
