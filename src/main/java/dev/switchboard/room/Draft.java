package dev.switchboard.room;

import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Message;
import dev.switchboard.room.Room.ClientKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry that waits for its number.
 *
 * @param type {@link Event#MESSAGE_NEW}, {@link Event#MESSAGE_UPDATED} or {@link Event#MESSAGE_DELETED}
 * @param message how the message will stand; the {@code seq} of a new one is set with the number
 */
record Draft(String type, Instant at, Message message) {

    static Draft created(Message message) {
        return new Draft(Event.MESSAGE_NEW, message.createdAt(), message);
    }

    boolean isNew() {
        return type.equals(Event.MESSAGE_NEW);
    }

    /** What identifies a new message of a client that may repeat itself. */
    @Nullable
    ClientKey clientKey() {
        String clientId = message.clientId();
        return isNew() && clientId != null ? new ClientKey(message.senderId(), clientId) : null;
    }

    Event<Message> numbered(long seq) {
        Message m = message;
        Message placed = isNew()
                ? new Message(
                        m.id(),
                        m.roomId(),
                        seq,
                        m.senderId(),
                        m.senderName(),
                        m.type(),
                        m.content(),
                        m.clientId(),
                        m.replyTo(),
                        m.createdAt(),
                        m.editedAt(),
                        m.deleted(),
                        m.version())
                : m;
        return Event.numbered(type, seq, at, placed);
    }
}
