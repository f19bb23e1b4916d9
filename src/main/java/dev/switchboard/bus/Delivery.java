package dev.switchboard.bus;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way to one node's sockets: encoded once by their owner.
 *
 * @param address what clients registered for, for example {@code room:<id>}
 * @param firstSeq the number of the first event, the others follow without a gap; 0 for events without numbers
 * @param events each the JSON of one {@link dev.switchboard.protocol.Event}, UTF-8
 */
public record Delivery(String address, long firstSeq, List<byte[]> events) {
    public static final String ROOM = "room:";
    public static final String USER = "user:";

    /** A delivery to {@code evict:<room>} names, as its only event, the user whose sockets stop following the room. */
    public static final String EVICT = "evict:";

    /** A delivery to {@code others:<user>/<socket>} is for all sockets of a user but one. */
    public static final String OTHERS = "others:";

    /** For one socket alone. */
    public static final String SOCKET = "socket:";

    /**
     * A delivery to {@code unseat:<id>/<socket>}, without events: the socket's place in the meeting may be gone; that in the
     * call is.
     */
    public static final String UNSEAT = "unseat:";

    /** An event for a user's sockets, but for {@code except} where that is not null. */
    public static Delivery toUser(UUID userId, @Nullable String except, List<byte[]> events) {
        return new Delivery(except == null ? USER + userId : OTHERS + userId + "/" + except, 0, events);
    }

    /** Tells a node that a user does not belong to a room any more. */
    public static Delivery eviction(UUID roomId, UUID userId) {
        return new Delivery(EVICT + roomId, 0, List.of(userId.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Tells a node that a socket's place in a meeting may be gone: it should ask; or that a call is over. */
    public static Delivery unseating(UUID id, String socketId) {
        return new Delivery(UNSEAT + id + "/" + socketId, 0, List.of());
    }

    /** Whether these are entries of a room's log. */
    public boolean numbered() {
        return firstSeq > 0;
    }

    /** About how many bytes this is on the wire. */
    public long size() {
        long size = address.length();
        for (byte[] event : events) {
            size += event.length;
        }
        return size;
    }

    /** The number of the last event. */
    public long lastSeq() {
        return firstSeq + events.size() - 1;
    }
}
