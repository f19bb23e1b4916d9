package dev.switchboard.room;

import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations.Sent;
import dev.switchboard.room.Room.ClientKey;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The log in PostgreSQL. A commit is one statement: it moves each head by compare-and-set and stores what follows it. */
final class PgRoomStore implements RoomStore {
    private static final String UNIQUE_VIOLATION = "23505";

    /**
     * Only rooms whose head and members are what their owner thinks take part; that fences owners that are not owners any
     * more.
     *
     * <p>The sub-selects hide from the planner how long the arrays are: it would think that a plan for just this length is
     * better than the one it has, and plan every commit anew, which costs the database as much as the commit itself.
     */
    private static final String COMMIT =
            """
            WITH stale AS (
              SELECT c.room_id
              FROM unnest((SELECT $15::uuid[]), $18::uuid[], $26::int[]) AS c(room_id, message_id, version)
              WHERE c.version > 1 AND (SELECT m.version FROM message m WHERE m.id = c.message_id) >= c.version
            ), head AS (
              UPDATE room r SET head_seq = h.next
              FROM unnest((SELECT $1::uuid[]), $2::bigint[], $3::bigint[], $4::bigint[]) AS h(id, expected, next, version)
              WHERE r.id = h.id AND r.head_seq = h.expected AND r.members_version = h.version
                AND NOT EXISTS (SELECT FROM stale WHERE stale.room_id = r.id)
              RETURNING r.id
            ), created AS (
              INSERT INTO message (id, room_id, seq, sender_id, sender_name, type, content, client_id, reply_to, created_at)
              SELECT m.id, m.room_id, m.seq, m.sender_id, m.sender_name, m.type, m.content, m.client_id, m.reply_to, m.at
              FROM unnest((SELECT $5::uuid[]), $6::uuid[], $7::bigint[], $8::uuid[], $9::text[], $10::text[], $11::text[],
                          $12::text[], $13::uuid[], $14::timestamptz[])
                AS m(id, room_id, seq, sender_id, sender_name, type, content, client_id, reply_to, at)
              JOIN head ON head.id = m.room_id
            ), logged AS (
              INSERT INTO room_change (room_id, seq, kind, message_id, at)
              SELECT c.room_id, c.seq, c.kind, c.message_id, c.at
              FROM unnest((SELECT $15::uuid[]), $16::bigint[], $17::text[], $18::uuid[], $19::timestamptz[])
                AS c(room_id, seq, kind, message_id, at)
              JOIN head ON head.id = c.room_id
            ), changed AS (
              UPDATE message m SET content = u.content, version = u.version, edited_at = u.at, deleted = u.deleted
              FROM unnest((SELECT $20::uuid[]), $21::uuid[], $22::text[], $23::int[], $24::timestamptz[], $25::boolean[])
                AS u(room_id, id, content, version, at, deleted)
              JOIN head ON head.id = u.room_id
              WHERE m.id = u.id
            )
            SELECT id FROM head
            """;

    private static final String MESSAGE_COLUMNS =
            "m.id, m.room_id, m.seq, m.sender_id, m.sender_name, m.type, m.content, m.client_id, m.reply_to,"
                    + " m.created_at, m.edited_at, m.deleted, m.version";

    private static final String EVENTS =
            "SELECT '" + Event.MESSAGE_NEW + "' AS kind, m.seq AS event_seq, m.created_at AS at, "
                    + MESSAGE_COLUMNS
                    + " FROM message m WHERE m.room_id = $1 AND m.seq > $2 AND m.seq <= $3"
                    + " UNION ALL SELECT c.kind, c.seq, c.at, " + MESSAGE_COLUMNS
                    + " FROM room_change c JOIN message m ON m.id = c.message_id"
                    + " WHERE c.room_id = $1 AND c.seq > $2 AND c.seq <= $3 ORDER BY event_seq";

    private final Database database;

    PgRoomStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<@Nullable Room> load(UUID roomId) {
        return database.query("SELECT kind, title, head_seq, members_version FROM room WHERE id = $1", Tuple.of(roomId))
                .compose(rooms -> {
                    if (rooms.size() == 0) {
                        return Future.succeededFuture(null);
                    }
                    Row room = rooms.iterator().next();
                    return members(roomId)
                            .map(members -> new Room(
                                    roomId,
                                    room.getString("kind"),
                                    room.getString("title"),
                                    room.getLong("head_seq"),
                                    room.getLong("members_version"),
                                    members));
                });
    }

    private Future<Map<UUID, Member>> members(UUID roomId) {
        return database.query(
                        "SELECT m.user_id, u.username, m.role, m.joined_at, m.read_seq FROM room_member m"
                                + " JOIN user_account u ON u.id = m.user_id WHERE m.room_id = $1 ORDER BY m.joined_at",
                        Tuple.of(roomId))
                .map(rows -> {
                    Map<UUID, Member> members = new LinkedHashMap<>();
                    rows.forEach(row -> members.put(row.getUUID("user_id"), PgRows.member(row)));
                    return members;
                });
    }

    @Override
    public Future<Set<UUID>> commit(List<Append> appends) {
        return database.query(COMMIT, CommitRows.of(appends))
                .map(rows -> {
                    Set<UUID> accepted = new HashSet<>();
                    rows.forEach(row -> accepted.add(row.getUUID("id")));
                    return accepted;
                })
                .recover(failure ->
                        Future.failedFuture(isDuplicateClientId(failure) ? new DuplicateClientId() : failure));
    }

    /** The primary key, too: then it is this very message, whose commit came through unnoticed. */
    private static boolean isDuplicateClientId(Throwable failure) {
        return failure instanceof PgException e
                && UNIQUE_VIOLATION.equals(e.getSqlState())
                && ("message_client_id_key".equals(e.getConstraint()) || "message_pkey".equals(e.getConstraint()));
    }

    @Override
    public Future<Map<ClientKey, Sent>> findSent(Collection<ClientKey> keys) {
        UUID[] senders = keys.stream().map(ClientKey::senderId).toArray(UUID[]::new);
        String[] clientIds = keys.stream().map(ClientKey::clientId).toArray(String[]::new);
        return database.query(
                        "SELECT m.sender_id, m.client_id, m.id, m.seq, m.created_at FROM message m"
                                + " JOIN unnest($1::uuid[], $2::text[]) AS k(sender_id, client_id)"
                                + " ON k.sender_id = m.sender_id AND k.client_id = m.client_id",
                        Tuple.of(senders, (Object) clientIds))
                .map(rows -> {
                    Map<ClientKey, Sent> found = new HashMap<>();
                    rows.forEach(row -> found.put(
                            new ClientKey(row.getUUID("sender_id"), row.getString("client_id")),
                            new Sent(
                                    row.getUUID("id"),
                                    row.getLong("seq"),
                                    row.getOffsetDateTime("created_at").toInstant(),
                                    true)));
                    return found;
                });
    }

    @Override
    public Future<List<Event<Message>>> events(UUID roomId, long afterSeq, int limit) {
        return database.query(EVENTS, Tuple.of(roomId, afterSeq, afterSeq + limit))
                .map(rows -> {
                    List<Event<Message>> events = new ArrayList<>(rows.size());
                    rows.forEach(row -> events.add(Event.numbered(
                            row.getString("kind"),
                            row.getLong("event_seq"),
                            row.getOffsetDateTime("at").toInstant(),
                            PgRows.message(row))));
                    return events;
                });
    }

    @Override
    public Future<Map<UUID, Head>> heads(Collection<UUID> rooms) {
        return database.query(
                        "SELECT id, head_seq, members_version FROM room WHERE id = ANY($1)",
                        Tuple.of(rooms.toArray(UUID[]::new)))
                .map(rows -> {
                    Map<UUID, Head> heads = new HashMap<>();
                    rows.forEach(row -> heads.put(
                            row.getUUID("id"), new Head(row.getLong("head_seq"), row.getLong("members_version"))));
                    return heads;
                });
    }

    @Override
    public Future<List<Message>> history(UUID roomId, @Nullable Long before, @Nullable Long after, int limit) {
        String select = "SELECT " + MESSAGE_COLUMNS + " FROM message m WHERE m.room_id = $1 AND m.seq ";
        if (after != null) {
            return messages(database.query(
                    select + "> $2 AND m.seq < $3 ORDER BY m.seq LIMIT $4",
                    Tuple.of(roomId, after, before == null ? Long.MAX_VALUE : before, limit)));
        }
        return messages(database.query(
                        select + "< $2 ORDER BY m.seq DESC LIMIT $3",
                        Tuple.of(roomId, before == null ? Long.MAX_VALUE : before, limit)))
                .map(newestFirst -> {
                    Collections.reverse(newestFirst);
                    return newestFirst;
                });
    }

    private static Future<List<Message>> messages(Future<RowSet<Row>> query) {
        return query.map(rows -> {
            List<Message> messages = new ArrayList<>(rows.size());
            rows.forEach(row -> messages.add(PgRows.message(row)));
            return messages;
        });
    }

    @Override
    public Future<@Nullable Message> message(UUID messageId) {
        return messages(database.query(
                        "SELECT " + MESSAGE_COLUMNS + " FROM message m WHERE m.id = $1", Tuple.of(messageId)))
                .map(found -> found.isEmpty() ? null : found.get(0));
    }

    @Override
    public Future<Long> markRead(UUID roomId, UUID userId, long seq) {
        return database.query(
                        "WITH marked AS (UPDATE room_member SET read_seq = greatest(read_seq, $3)"
                                + " WHERE room_id = $1 AND user_id = $2 RETURNING read_seq)"
                                + " SELECT count(*) AS unread FROM (SELECT 1 FROM message m, marked"
                                + " WHERE m.room_id = $1 AND m.seq > marked.read_seq AND m.sender_id <> $2"
                                + " AND NOT m.deleted LIMIT 1000) AS counted",
                        Tuple.of(roomId, userId, seq))
                .map(rows -> rows.iterator().next().getLong("unread"));
    }
}
