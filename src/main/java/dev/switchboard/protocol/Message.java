package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.Rules.OneOf;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message of a room, as it stands now.
 *
 * @param seq its place in the room: the number of its creation
 * @param content null once it is deleted
 * @param version 1 at creation, one more with each edit or deletion; the highest wins
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Message(
        UUID id,
        UUID roomId,
        long seq,
        UUID senderId,
        String senderName,
        @OneOf({"text", "file", "system"}) String type,
        @Nullable String content,
        @Nullable String clientId,
        @Nullable UUID replyTo,
        Instant createdAt,
        @Nullable Instant editedAt,
        boolean deleted,
        int version) {

    /** Content longer than this many Unicode code points is refused. */
    public static final int MAX_CHARACTERS = 10_000;

    /** Content longer than this many bytes of UTF-8 is refused. */
    public static final int MAX_BYTES = 40_000;

    /** This message with new content, one version on. */
    public Message edited(String newContent, Instant at) {
        return new Message(
                id,
                roomId,
                seq,
                senderId,
                senderName,
                type,
                newContent,
                clientId,
                replyTo,
                createdAt,
                at,
                false,
                version + 1);
    }

    /** This message without its content, one version on; it keeps its place. */
    public Message tombstone(Instant at) {
        return new Message(
                id, roomId, seq, senderId, senderName, type, null, clientId, replyTo, createdAt, at, true, version + 1);
    }
}
