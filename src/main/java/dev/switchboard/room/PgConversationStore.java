package dev.switchboard.room;

import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Message;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Conversations in PostgreSQL. */
final class PgConversationStore implements ConversationStore {
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    /** Both inserts in one statement: there is never a conversation without its members. */
    private static final String CREATE =
            """
            WITH made AS (
              INSERT INTO room (id, kind, title, direct_key, created_by, client_id) VALUES ($1, $2, $3, $4, $5, $7)
              ON CONFLICT DO NOTHING
              RETURNING id
            ), members AS (
              INSERT INTO room_member (room_id, user_id, role)
              SELECT made.id, m.id, CASE WHEN m.id = $5 AND $2 <> 'direct' THEN 'owner' ELSE 'member' END
              FROM made, unnest($6::uuid[]) AS m(id)
            )
            SELECT id FROM made
            """;

    private static final String FIND_MADE = "SELECT id, created_by = $2 AND client_id = $3 AS repeated FROM room"
            + " WHERE direct_key = $1 OR (created_by = $2 AND client_id = $3)";

    /** What was written before somebody came is history, not unread. */
    private static final String ADD_MEMBERS =
            """
            WITH wanted AS (
              SELECT id FROM user_account
              WHERE id = ANY($2) AND (SELECT count(*) FROM user_account WHERE id = ANY($2)) = cardinality($2::uuid[])
            ), counted AS (
              UPDATE room SET members_version = members_version + 1
              WHERE id = $1 AND kind <> 'channel' AND EXISTS (SELECT FROM wanted)
              RETURNING id, head_seq, members_version
            ), entered AS (
              SELECT * FROM counted
              UNION ALL SELECT id, head_seq, members_version FROM room WHERE id = $1 AND kind = 'channel'
            ), added AS (
              INSERT INTO room_member (room_id, user_id, role, read_seq)
              SELECT e.id, w.id, 'member', e.head_seq FROM entered e, wanted w
              ON CONFLICT (room_id, user_id) DO UPDATE SET role = room_member.role
              RETURNING user_id, role, joined_at, read_seq
            )
            SELECT a.user_id, u.username, a.role, a.joined_at, a.read_seq, e.members_version
            FROM added a JOIN user_account u ON u.id = a.user_id, entered e
            """;

    /** One row for each of the users asked for; the members of small rooms come as an array. */
    private static final String VIEW =
            """
            SELECT me.user_id AS viewer, r.id, r.kind, r.slug, r.title, r.head_seq, r.created_at, me.read_seq,
              (SELECT count(*) FROM room_member c WHERE c.room_id = r.id) AS member_count,
              (SELECT count(*) FROM (SELECT 1 FROM message u WHERE u.room_id = r.id AND u.seq > me.read_seq
                 AND u.sender_id <> me.user_id AND NOT u.deleted LIMIT 1000) AS counted) AS unread,
              last.*
            FROM room_member me JOIN room r ON r.id = me.room_id
            LEFT JOIN LATERAL (
              SELECT l.id AS m_id, l.seq, l.sender_id, l.sender_name, l.type, l.content, l.client_id, l.reply_to,
                l.created_at AS m_created_at, l.edited_at, l.deleted, l.version
              FROM message l WHERE l.room_id = r.id ORDER BY l.seq DESC LIMIT 1) AS last ON true
            """;

    /** In one statement, because nobody would hand over in the name of a node that died in between. */
    private static final String REMOVE =
            """
            WITH gone AS (
              DELETE FROM room_member WHERE room_id = $1 AND user_id = $2 RETURNING role
            ), rest AS (
              SELECT user_id, role, joined_at FROM room_member WHERE room_id = $1 AND user_id <> $2
            ), heir AS (
              SELECT user_id FROM rest
              WHERE (SELECT role FROM gone) = 'owner' AND NOT EXISTS (SELECT FROM rest WHERE role = 'owner')
              ORDER BY role = 'admin' DESC, joined_at, user_id LIMIT 1
            ), raised AS (
              UPDATE room_member m SET role = 'owner' FROM heir WHERE m.room_id = $1 AND m.user_id = heir.user_id
            )
            UPDATE room SET members_version = members_version + 1 WHERE id = $1
            RETURNING members_version, (SELECT user_id FROM heir) AS heir
            """;

    private static final String SET_ROLE =
            """
            WITH changed AS (
              UPDATE room_member SET role = $3 WHERE room_id = $1 AND user_id = $2 RETURNING user_id
            )
            UPDATE room SET members_version = members_version + 1 WHERE id = $1 AND EXISTS (SELECT FROM changed)
            RETURNING members_version
            """;

    private final Database database;

    PgConversationStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<Made> create(NewConversation c) {
        List<UUID> members = new ArrayList<>(c.others());
        members.add(c.owner());
        Tuple values = Tuple.tuple()
                .addValue(c.id())
                .addValue(c.kind())
                .addValue(c.title())
                .addValue(c.directKey())
                .addValue(c.owner())
                .addValue(members.toArray(UUID[]::new))
                .addValue(c.clientId());
        return database.query(CREATE, values)
                .recover(failure -> failure instanceof PgException e && FOREIGN_KEY_VIOLATION.equals(e.getSqlState())
                        ? Future.failedFuture(Fault.NOT_FOUND.because("No such user."))
                        : Future.failedFuture(failure))
                .compose(rows -> rows.size() > 0 ? Future.succeededFuture(new Made(c.id(), Outcome.NEW)) : findMade(c));
    }

    private Future<Made> findMade(NewConversation c) {
        return database.query(FIND_MADE, Tuple.of(c.directKey(), c.owner(), c.clientId()))
                .map(found -> {
                    if (found.size() == 0) {
                        throw Fault.UNAVAILABLE.because("The conversation was deleted at this moment.");
                    }
                    Row room = found.iterator().next();
                    boolean repeated = Boolean.TRUE.equals(room.getBoolean("repeated"));
                    return new Made(room.getUUID("id"), repeated ? Outcome.REPEATED : Outcome.EXISTING);
                });
    }

    @Override
    public Future<Map<UUID, Conversation>> views(UUID roomId, Collection<UUID> users) {
        return database.query(VIEW + " WHERE r.id = $1 AND me.user_id = ANY($2)", Tuple.of(roomId, (Object)
                        users.toArray(UUID[]::new)))
                .compose(rows -> conversations(rows).map(views -> {
                    Map<UUID, Conversation> byUser = new HashMap<>();
                    int i = 0;
                    for (Row row : rows) {
                        byUser.put(row.getUUID("viewer"), views.get(i++));
                    }
                    return byUser;
                }));
    }

    @Override
    public Future<List<Conversation>> list(UUID user, @Nullable String cursor, int limit) {
        String order = "coalesce(last.m_created_at, r.created_at)";
        if (cursor == null) {
            return database.query(
                            VIEW + " WHERE me.user_id = $1 ORDER BY " + order + " DESC, r.id DESC LIMIT $2",
                            Tuple.of(user, limit))
                    .compose(this::conversations);
        }
        int split = cursor.indexOf('_');
        OffsetDateTime at;
        UUID id;
        try {
            at = OffsetDateTime.parse(cursor.substring(0, Math.max(0, split)));
            id = UUID.fromString(cursor.substring(split + 1));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            return Future.failedFuture(FaultException.invalid("cursor", "is not one that we gave"));
        }
        return database.query(
                        VIEW + " WHERE me.user_id = $1 AND (" + order + ", r.id) < ($3, $4) ORDER BY " + order
                                + " DESC, r.id DESC LIMIT $2",
                        Tuple.of(user, limit, at, id))
                .compose(this::conversations);
    }

    /** Where the list goes on after this conversation. */
    static String cursor(Conversation last) {
        Message message = last.lastMessage();
        return (message == null ? last.createdAt() : message.createdAt()).atOffset(ZoneOffset.UTC) + "_" + last.id();
    }

    @Override
    public Future<@Nullable Conversation> bySlug(String slug, UUID user) {
        return database.query(
                        "SELECT id, kind, slug, title, head_seq, created_at,"
                                + " (SELECT count(*) FROM room_member c WHERE c.room_id = room.id) AS member_count"
                                + " FROM room WHERE slug = $1",
                        Tuple.of(slug))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        return Future.succeededFuture(null);
                    }
                    Row room = rows.iterator().next();
                    return views(room.getUUID("id"), List.of(user)).map(views -> {
                        Conversation asMember = views.get(user);
                        return asMember != null ? asMember : conversation(room, null, 0, 0, null);
                    });
                });
    }

    private Future<List<Conversation>> conversations(RowSet<Row> rows) {
        List<UUID> small = new ArrayList<>();
        rows.forEach(row -> {
            if (row.getLong("member_count") <= Conversation.SMALL) {
                small.add(row.getUUID("id"));
            }
        });
        return membersOf(small).map(members -> {
            List<Conversation> result = new ArrayList<>(rows.size());
            rows.forEach(row -> result.add(conversation(
                    row,
                    members.get(row.getUUID("id")),
                    row.getLong("read_seq"),
                    row.getLong("unread"),
                    row.getUUID("m_id") == null ? null : lastMessage(row))));
            return result;
        });
    }

    private static Conversation conversation(
            Row row, @Nullable List<Member> members, long readSeq, long unread, @Nullable Message last) {
        return new Conversation(
                row.getUUID("id"),
                row.getString("kind"),
                row.getString("slug"),
                row.getString("title"),
                members,
                row.getLong("member_count").intValue(),
                row.getLong("head_seq"),
                readSeq,
                unread,
                last,
                row.getOffsetDateTime("created_at").toInstant());
    }

    private static Message lastMessage(Row row) {
        OffsetDateTime editedAt = row.getOffsetDateTime("edited_at");
        return new Message(
                row.getUUID("m_id"),
                row.getUUID("id"),
                row.getLong("seq"),
                row.getUUID("sender_id"),
                row.getString("sender_name"),
                row.getString("type"),
                row.getString("content"),
                row.getString("client_id"),
                row.getUUID("reply_to"),
                row.getOffsetDateTime("m_created_at").toInstant(),
                editedAt == null ? null : editedAt.toInstant(),
                row.getBoolean("deleted"),
                row.getInteger("version"));
    }

    private Future<Map<UUID, List<Member>>> membersOf(Collection<UUID> rooms) {
        if (rooms.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        return database.query(
                        "SELECT m.room_id, m.user_id, u.username, m.role, m.joined_at, m.read_seq FROM room_member m"
                                + " JOIN user_account u ON u.id = m.user_id WHERE m.room_id = ANY($1)"
                                + " ORDER BY m.joined_at, m.user_id",
                        Tuple.of(rooms.toArray(UUID[]::new)))
                .map(rows -> {
                    Map<UUID, List<Member>> byRoom = new HashMap<>();
                    rows.forEach(row -> byRoom.computeIfAbsent(row.getUUID("room_id"), r -> new ArrayList<>())
                            .add(PgRoomStore.member(row)));
                    return byRoom;
                });
    }

    @Override
    public Future<Added> addMembers(UUID roomId, Collection<UUID> users) {
        return database.query(ADD_MEMBERS, Tuple.of(roomId, (Object) users.toArray(UUID[]::new)))
                .map(rows -> {
                    List<Member> members = new ArrayList<>(rows.size());
                    rows.forEach(row -> members.add(PgRoomStore.member(row)));
                    return new Added(
                            members,
                            rows.size() == 0 ? 0 : rows.iterator().next().getLong("members_version"));
                });
    }

    private static Future<List<Member>> members(Future<RowSet<Row>> query) {
        return query.map(rows -> {
            List<Member> members = new ArrayList<>(rows.size());
            rows.forEach(row -> members.add(PgRoomStore.member(row)));
            return members;
        });
    }

    @Override
    public Future<Removal> removeMember(UUID roomId, UUID user) {
        return database.query(REMOVE, Tuple.of(roomId, user)).map(rows -> {
            Row room = counted(rows, "No such conversation.");
            return new Removal(room.getLong("members_version"), room.getUUID("heir"));
        });
    }

    @Override
    public Future<Long> setRole(UUID roomId, UUID user, String role) {
        return database.query(SET_ROLE, Tuple.of(roomId, user, role))
                .map(rows -> counted(rows, "No such member.").getLong("members_version"));
    }

    @Override
    public Future<Long> rename(UUID roomId, String title) {
        return database.query(
                        "UPDATE room SET title = $2, members_version = members_version + 1 WHERE id = $1"
                                + " RETURNING members_version",
                        Tuple.of(roomId, title))
                .map(rows -> counted(rows, "No such conversation.").getLong("members_version"));
    }

    private static Row counted(RowSet<Row> rows, String otherwise) {
        if (rows.size() == 0) {
            throw Fault.NOT_FOUND.because(otherwise);
        }
        return rows.iterator().next();
    }

    @Override
    public Future<Void> delete(UUID roomId, UUID by) {
        Tuple room = Tuple.of(roomId);
        // The room's row first: a commit under way ends before it, and what it stored is seen by the statements after
        // it.
        // Members go with the room; messages and changes have no foreign key.
        return database.transaction(c -> c.preparedQuery("DELETE FROM room WHERE id = $1")
                        .execute(room)
                        .compose(rows -> rows.rowCount() == 0
                                ? Future.failedFuture(Fault.NOT_FOUND.because("No such conversation."))
                                : c.preparedQuery("DELETE FROM message WHERE room_id = $1")
                                        .execute(room))
                        .compose(done -> c.preparedQuery("DELETE FROM room_change WHERE room_id = $1")
                                .execute(room))
                        .compose(done -> c.preparedQuery(
                                        "INSERT INTO deleted_room (room_id, deleted_by) VALUES ($1, $2)")
                                .execute(Tuple.of(roomId, by)))
                        .compose(done -> c.preparedQuery(
                                        "DELETE FROM deleted_room WHERE deleted_at < now() - interval '10 minutes'")
                                .execute()))
                .mapEmpty();
    }

    @Override
    public Future<Boolean> wasDeleted(UUID roomId, UUID by) {
        return database.query("SELECT FROM deleted_room WHERE room_id = $1 AND deleted_by = $2", Tuple.of(roomId, by))
                .map(rows -> rows.size() > 0);
    }

    @Override
    public Future<List<Member>> members(UUID roomId, @Nullable String prefix, @Nullable UUID after, int limit) {
        String pattern = prefix == null
                ? null
                : prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
        return members(database.query(
                "SELECT m.user_id, u.username, m.role, m.joined_at, m.read_seq FROM room_member m"
                        + " JOIN user_account u ON u.id = m.user_id"
                        + " WHERE m.room_id = $1 AND ($2::uuid IS NULL OR m.user_id > $2)"
                        + " AND ($4::text IS NULL OR lower(u.username COLLATE \"und-x-icu\")"
                        + " LIKE lower($4::text COLLATE \"und-x-icu\")) ORDER BY m.user_id LIMIT $3",
                Tuple.of(roomId, after, limit, pattern)));
    }
}
