package dev.switchboard.room;

import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.ConversationOperations.Page;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Message;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
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

/** Conversations in PostgreSQL, as they are shown. */
final class PgConversationViews implements ConversationViews {
    /** One row for each of the users asked for; the members of small rooms come as an array. */
    private static final String VIEW =
            """
            SELECT me.user_id AS viewer, r.id AS conversation_id, r.kind, r.slug, r.title, r.head_seq, r.created_at AS made_at, me.read_seq,
              (SELECT count(*) FROM room_member c WHERE c.room_id = r.id) AS member_count,
              (SELECT count(*) FROM (SELECT 1 FROM message u WHERE u.room_id = r.id AND u.seq > me.read_seq
                 AND u.sender_id <> me.user_id AND NOT u.deleted LIMIT 1000) AS counted) AS unread,
              last.*
            FROM room_member me JOIN room r ON r.id = me.room_id
            LEFT JOIN LATERAL (
              SELECT l.id, l.room_id, l.seq, l.sender_id, l.sender_name, l.type, l.content, l.client_id, l.reply_to,
                l.created_at, l.edited_at, l.deleted, l.version
              FROM message l WHERE l.room_id = r.id ORDER BY l.seq DESC LIMIT 1) AS last ON true
            """;

    private static final String NEWEST = "coalesce(last.created_at, r.created_at)";

    private final Database database;

    PgConversationViews(Database database) {
        this.database = database;
    }

    /** Where a list goes on: after the conversation whose newest message, or whose making, was then. */
    private record Place(OffsetDateTime at, UUID id) {
        static Place of(Conversation last) {
            Message message = last.lastMessage();
            return new Place(
                    (message == null ? last.createdAt() : message.createdAt()).atOffset(ZoneOffset.UTC), last.id());
        }

        static Place parse(String cursor) {
            int split = cursor.indexOf('_');
            try {
                return new Place(
                        OffsetDateTime.parse(cursor.substring(0, Math.max(0, split))),
                        UUID.fromString(cursor.substring(split + 1)));
            } catch (DateTimeParseException | IllegalArgumentException e) {
                throw FaultException.invalid("cursor", "is not one that we gave");
            }
        }

        @Override
        public String toString() {
            return at + "_" + id;
        }
    }

    @Override
    public Future<Map<UUID, Conversation>> of(UUID roomId, Collection<UUID> users) {
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
    public Future<Page> list(UUID user, @Nullable String cursor, int limit) {
        Tuple values = Tuple.of(user, limit + 1);
        String after = "";
        if (cursor != null) {
            Place place = Place.parse(cursor);
            values.addValue(place.at()).addValue(place.id());
            after = " AND (" + NEWEST + ", r.id) < ($3, $4)";
        }
        String list = VIEW + " WHERE me.user_id = $1" + after + " ORDER BY " + NEWEST + " DESC, r.id DESC LIMIT $2";
        return database.query(list, values).compose(this::conversations).map(found -> {
            boolean more = found.size() > limit;
            List<Conversation> items = more ? found.subList(0, limit) : found;
            return new Page(items, more ? Place.of(items.get(limit - 1)).toString() : null);
        });
    }

    @Override
    public Future<@Nullable Conversation> bySlug(String slug, UUID user) {
        return database.query(
                        "SELECT id AS conversation_id, kind, slug, title, head_seq, created_at AS made_at,"
                                + " (SELECT count(*) FROM room_member c WHERE c.room_id = room.id) AS member_count"
                                + " FROM room WHERE slug = $1",
                        Tuple.of(slug))
                .compose(rows -> {
                    if (rows.size() == 0) {
                        return Future.succeededFuture(null);
                    }
                    Row room = rows.iterator().next();
                    return of(room.getUUID("conversation_id"), List.of(user)).map(seen -> {
                        Conversation asMember = seen.get(user);
                        return asMember != null ? asMember : conversation(room, null, 0, 0, null);
                    });
                });
    }

    private Future<List<Conversation>> conversations(RowSet<Row> rows) {
        List<UUID> small = new ArrayList<>();
        rows.forEach(row -> {
            if (row.getLong("member_count") <= Conversation.SMALL) {
                small.add(row.getUUID("conversation_id"));
            }
        });
        return membersOf(small).map(members -> {
            List<Conversation> result = new ArrayList<>(rows.size());
            rows.forEach(row -> result.add(conversation(
                    row,
                    members.get(row.getUUID("conversation_id")),
                    row.getLong("read_seq"),
                    row.getLong("unread"),
                    row.getUUID("id") == null ? null : PgRows.message(row))));
            return result;
        });
    }

    private static Conversation conversation(
            Row row, @Nullable List<Member> members, long readSeq, long unread, @Nullable Message last) {
        return new Conversation(
                row.getUUID("conversation_id"),
                row.getString("kind"),
                row.getString("slug"),
                row.getString("title"),
                members,
                row.getLong("member_count").intValue(),
                row.getLong("head_seq"),
                readSeq,
                unread,
                last,
                row.getOffsetDateTime("made_at").toInstant());
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
                            .add(PgRows.member(row)));
                    return byRoom;
                });
    }

    @Override
    public Future<List<Member>> members(UUID roomId, @Nullable String prefix, @Nullable UUID after, int limit) {
        String pattern = prefix == null
                ? null
                : prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
        return database.query(
                        "SELECT m.user_id, u.username, m.role, m.joined_at, m.read_seq FROM room_member m"
                                + " JOIN user_account u ON u.id = m.user_id"
                                + " WHERE m.room_id = $1 AND ($2::uuid IS NULL OR m.user_id > $2)"
                                + " AND ($4::text IS NULL OR lower(u.username COLLATE \"und-x-icu\")"
                                + " LIKE lower($4::text COLLATE \"und-x-icu\")) ORDER BY m.user_id LIMIT $3",
                        Tuple.of(roomId, after, limit, pattern))
                .map(rows -> {
                    List<Member> members = new ArrayList<>(rows.size());
                    rows.forEach(row -> members.add(PgRows.member(row)));
                    return members;
                });
    }
}
