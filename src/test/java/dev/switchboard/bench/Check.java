package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every message that one client gets: each must be new, and where the server numbers a room's messages
 * ({@code "seq":}), each number must follow the one before.
 */
final class Check {
    private final Bytes mark = Stamp.mark();
    private final Bytes numbering = new Bytes("\"seq\":");
    private final BitSet seen = new BitSet();
    private long last = -1;
    private @Nullable String fault;

    void add(ByteBuf in, int at, int end) {
        int stamp = mark.first(in, at, end);
        if (stamp < 0) {
            fault = "a message without its content";
            return;
        }
        int number = Stamp.number(in, stamp);
        if (seen.get(number)) {
            fault = "message " + number + " came twice";
        }
        seen.set(number);
        int seq = numbering.first(in, at, end);
        if (seq >= 0) {
            follow(number(in, seq + numbering.length(), end));
        }
    }

    private void follow(long seq) {
        if (last >= 0 && seq != last + 1) {
            fault = "number " + seq + " came after " + last;
        }
        last = seq;
    }

    private static long number(ByteBuf in, int at, int end) {
        long value = 0;
        for (int i = at; i < end && Character.isDigit(in.getByte(i)); i++) {
            value = value * 10 + Character.digit(in.getByte(i), 10);
        }
        return value;
    }

    /**
     * What was wrong, or null.
     *
     * @param delivered how many were counted as deliveries
     */
    @Nullable
    String fault(int delivered) {
        if (fault == null && seen.cardinality() != delivered) {
            return delivered + " deliveries were counted of " + seen.cardinality() + " messages";
        }
        return fault;
    }
}
