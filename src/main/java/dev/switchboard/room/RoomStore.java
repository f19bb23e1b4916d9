package dev.switchboard.room;

import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations.Sent;
import dev.switchboard.room.Room.ClientKey;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The log of each room, kept for good. */
interface RoomStore {
    /** What one room adds to its log, if its head and its members are still what its owner thinks. */
    record Append(UUID roomId, long expectedHead, long expectedVersion, List<Event<Message>> events) {}

    /**
     * How far a room has come.
     *
     * @param seq the number of the last event
     * @param version counts the changes of members, roles and title
     */
    record Head(long seq, long version) {}

    /** Some {@code (sender, clientId)} of a commit was stored before; nothing of that commit was. */
    final class DuplicateClientId extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DuplicateClientId() {
            super("duplicate client id", null, false, false);
        }
    }

    /** The room with its members, or null when there is none. */
    Future<@Nullable Room> load(UUID roomId);

    /**
     * Appends to several rooms in one transaction.
     *
     * @return the rooms that were appended to; a room that is not among them has another head, other members, or newer
     *     versions of changed messages by now, and nothing of it was stored. Fails with {@link DuplicateClientId}, or with anything else when it is not known what was stored.
     */
    Future<Set<UUID>> commit(List<Append> appends);

    /** The stored answers of those keys that were stored. */
    Future<Map<ClientKey, Sent>> findSent(Collection<ClientKey> keys);

    /** Events after a number in order, at most {@code limit}. */
    Future<List<Event<Message>>> events(UUID roomId, long afterSeq, int limit);

    /** The heads of these rooms, as they are stored. */
    Future<Map<UUID, Head>> heads(Collection<UUID> rooms);

    /** Messages before (or after) a place, at most {@code limit}, the nearest ones, in rising order. */
    Future<List<Message>> history(UUID roomId, @Nullable Long before, @Nullable Long after, int limit);

    /** One message, or null. */
    Future<@Nullable Message> message(UUID messageId);

    /** Moves a member's marker forward, never back, and counts what is unread after it (at most 1 000 are counted). */
    Future<Long> markRead(UUID roomId, UUID userId, long seq);
}
