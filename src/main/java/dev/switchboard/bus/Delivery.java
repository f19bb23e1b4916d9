package dev.switchboard.bus;

import java.util.List;

/**
 * Events on their way to one node's sockets: encoded once by their owner.
 *
 * @param address what clients registered for, for example {@code room:<id>}
 * @param firstSeq the number of the first event, the others follow without a gap; 0 for events without numbers
 * @param events each the JSON of one {@link dev.switchboard.protocol.Event}, UTF-8
 */
public record Delivery(String address, long firstSeq, List<byte[]> events) {
    /** Whether these are entries of a room's log. */
    public boolean numbered() {
        return firstSeq > 0;
    }

    /** The number of the last event. */
    public long lastSeq() {
        return firstSeq + events.size() - 1;
    }
}
