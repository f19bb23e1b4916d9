package dev.switchboard.meeting;

import dev.switchboard.protocol.Meeting;
import dev.switchboard.protocol.MeetingOperations.Stay;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Meetings in PostgreSQL. */
final class PgMeetingLog implements MeetingLog {
    private static final String COLUMNS =
            "m.id, m.title, m.description, m.owner_id, m.capacity, m.locked, m.lobby, m.created_at, m.ended_at";

    private static final String LIST =
            """
            WITH mine AS (
              SELECT id FROM meeting WHERE owner_id = $1
              UNION SELECT meeting_id FROM meeting_stay WHERE user_id = $1
            )
            SELECT %s FROM meeting m JOIN mine USING (id)
            WHERE $2::uuid IS NULL OR m.id < $2 ORDER BY m.id DESC LIMIT $3
            """
                    .formatted(COLUMNS);

    private static final String SAVE_STAYS =
            """
            INSERT INTO meeting_stay AS s (id, meeting_id, user_id, username, joined_at, left_at)
            SELECT n.id, m.id, n.user_id, n.username, n.joined_at, n.left_at
            FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[])
              AS n (id, user_id, username, joined_at, left_at)
            JOIN meeting m ON m.id = $1
            ON CONFLICT (id) DO UPDATE SET left_at = coalesce(s.left_at, excluded.left_at)
            """;

    private static final String SAVE_BARRED =
            """
            WITH gone AS (DELETE FROM meeting_bar WHERE meeting_id = $1 AND user_id <> ALL ($2))
            INSERT INTO meeting_bar (meeting_id, user_id) SELECT m.id, u FROM meeting m, unnest($2) AS u
            WHERE m.id = $1 ON CONFLICT DO NOTHING
            """;

    private final Database database;

    PgMeetingLog(Database database) {
        this.database = database;
    }

    @Override
    public Future<Terms> create(Terms terms, @Nullable String clientId) {
        Tuple values = Tuple.tuple()
                .addValue(terms.id())
                .addValue(terms.title())
                .addValue(terms.description())
                .addValue(terms.ownerId())
                .addValue(terms.capacity())
                .addValue(terms.lobby())
                .addValue(utc(terms.createdAt()))
                .addValue(clientId);
        return database.query(
                        "INSERT INTO meeting (id, title, description, owner_id, capacity, lobby, created_at, client_id)"
                                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                        values)
                .compose(rows -> database.query(
                        "SELECT " + COLUMNS + " FROM meeting m WHERE m.id = $1"
                                + " OR (m.owner_id = $2 AND m.client_id = $3)",
                        Tuple.of(terms.id(), terms.ownerId(), clientId)))
                .map(rows -> terms(rows.iterator().next()));
    }

    @Override
    public Future<Optional<Stored>> load(UUID meeting) {
        return database.query(
                        "SELECT " + COLUMNS + ", ARRAY (SELECT user_id FROM meeting_bar WHERE meeting_id = m.id"
                                + " ORDER BY user_id) AS barred FROM meeting m WHERE m.id = $1",
                        Tuple.of(meeting))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next())
                                .map(row -> new Stored(terms(row), List.of(row.getArrayOfUUIDs("barred")))));
    }

    @Override
    public Future<List<Terms>> list(UUID user, @Nullable UUID cursor, int limit) {
        return database.query(LIST, Tuple.of(user, cursor, limit)).map(rows -> {
            List<Terms> all = new ArrayList<>(rows.size());
            rows.forEach(row -> all.add(terms(row)));
            return all;
        });
    }

    @Override
    public Future<Map<UUID, List<UUID>>> ever(Collection<UUID> meetings) {
        return database.query(
                        "SELECT m.id, ARRAY (SELECT DISTINCT user_id FROM meeting_stay WHERE meeting_id = m.id LIMIT $2)"
                                + " AS users FROM unnest($1::uuid[]) AS m (id)",
                        Tuple.of(meetings.toArray(UUID[]::new), Meeting.MAX_SHOWN))
                .map(rows -> {
                    Map<UUID, List<UUID>> ever = new HashMap<>();
                    rows.forEach(row -> ever.put(row.getUUID("id"), List.of(row.getArrayOfUUIDs("users"))));
                    return ever;
                });
    }

    @Override
    public Future<List<Stay>> stays(UUID meeting, @Nullable UUID cursor, int limit) {
        return database.query(
                        "SELECT id, user_id, username, joined_at, left_at FROM meeting_stay WHERE meeting_id = $1"
                                + " AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
                        Tuple.of(meeting, cursor, limit))
                .map(rows -> {
                    List<Stay> stays = new ArrayList<>(rows.size());
                    rows.forEach(row -> stays.add(new Stay(
                            row.getUUID("id"),
                            row.getUUID("user_id"),
                            row.getString("username"),
                            row.getOffsetDateTime("joined_at").toInstant(),
                            instant(row.getOffsetDateTime("left_at")))));
                    return stays;
                });
    }

    @Override
    public Future<Void> save(MeetingRecord meeting) {
        Future<?> stays = meeting.unsaved().isEmpty() ? Future.succeededFuture() : saveStays(meeting);
        return stays.compose(done -> meeting.dirty() ? saveTerms(meeting) : Future.succeededFuture());
    }

    private Future<?> saveStays(MeetingRecord meeting) {
        // The end of a stay comes after its beginning.
        Map<UUID, StoredStay> last = new LinkedHashMap<>();
        meeting.unsaved().forEach(stay -> last.put(stay.id(), stay));
        List<StoredStay> stays = List.copyOf(last.values());
        return database.query(
                SAVE_STAYS,
                Tuple.tuple()
                        .addValue(meeting.id())
                        .addValue(array(stays, StoredStay::id).toArray(UUID[]::new))
                        .addValue(array(stays, StoredStay::userId).toArray(UUID[]::new))
                        .addValue(array(stays, StoredStay::username).toArray(String[]::new))
                        .addValue(array(stays, s -> utc(s.joinedAt())).toArray(OffsetDateTime[]::new))
                        .addValue(array(stays, s -> utc(s.leftAt())).toArray(OffsetDateTime[]::new)));
    }

    private static <T> List<T> array(List<StoredStay> stays, Function<StoredStay, T> field) {
        List<T> values = new ArrayList<>(stays.size());
        stays.forEach(stay -> values.add(field.apply(stay)));
        return values;
    }

    private Future<Void> saveTerms(MeetingRecord meeting) {
        Terms terms = meeting.terms();
        Tuple values = Tuple.tuple()
                .addValue(terms.id())
                .addValue(terms.title())
                .addValue(terms.description())
                .addValue(terms.capacity())
                .addValue(terms.locked())
                .addValue(terms.lobby())
                .addValue(utc(terms.endedAt()));
        return database.query(
                        "UPDATE meeting SET title = $2, description = $3, capacity = $4, locked = $5, lobby = $6,"
                                + " ended_at = coalesce(ended_at, $7) WHERE id = $1",
                        values)
                .compose(rows -> database.query(SAVE_BARRED, Tuple.of(terms.id(), (Object)
                        meeting.barred().toArray(UUID[]::new))))
                .mapEmpty();
    }

    @Override
    public Future<Void> endStays(UUID meeting, Instant at) {
        return database.query(
                        "UPDATE meeting_stay SET left_at = $2 WHERE meeting_id = $1 AND left_at IS NULL",
                        Tuple.of(meeting, utc(at)))
                .mapEmpty();
    }

    @Override
    public Future<Void> delete(UUID meeting) {
        return database.query("DELETE FROM meeting WHERE id = $1", Tuple.of(meeting))
                .mapEmpty();
    }

    private static Terms terms(Row row) {
        return new Terms(
                row.getUUID("id"),
                row.getString("title"),
                row.getString("description"),
                row.getUUID("owner_id"),
                row.getInteger("capacity"),
                row.getBoolean("locked"),
                row.getBoolean("lobby"),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row.getOffsetDateTime("ended_at")));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
