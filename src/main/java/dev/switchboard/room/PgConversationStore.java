package dev.switchboard.room;

import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.Fault;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

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
    public Future<Added> addMembers(UUID roomId, Collection<UUID> users) {
        return database.query(ADD_MEMBERS, Tuple.of(roomId, (Object) users.toArray(UUID[]::new)))
                .map(rows -> {
                    List<Member> members = new ArrayList<>(rows.size());
                    rows.forEach(row -> members.add(PgRows.member(row)));
                    return new Added(
                            members,
                            rows.size() == 0 ? 0 : rows.iterator().next().getLong("members_version"));
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
}
