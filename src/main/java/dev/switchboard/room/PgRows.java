package dev.switchboard.room;

import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.Message;
import io.vertx.sqlclient.Row;

/** Rows of the tables of rooms, as what they are. */
final class PgRows {
    private PgRows() {}

    static Member member(Row row) {
        return new Member(
                row.getUUID("user_id"),
                row.getString("username"),
                row.getString("role"),
                row.getOffsetDateTime("joined_at").toInstant(),
                row.getLong("read_seq"));
    }

    static Message message(Row row) {
        var editedAt = row.getOffsetDateTime("edited_at");
        return new Message(
                row.getUUID("id"),
                row.getUUID("room_id"),
                row.getLong("seq"),
                row.getUUID("sender_id"),
                row.getString("sender_name"),
                row.getString("type"),
                row.getString("content"),
                row.getString("client_id"),
                row.getUUID("reply_to"),
                row.getOffsetDateTime("created_at").toInstant(),
                editedAt == null ? null : editedAt.toInstant(),
                row.getBoolean("deleted"),
                row.getInteger("version"));
    }
}
