package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import java.util.HexFormat;

/**
 * What a message of the benchmark says: when it was due to be sent and its number, in hexadecimal, filled up to the size
 * that is measured. Plain letters, so that no protocol escapes it.
 */
final class Stamp {
    /** Bytes of a message's body as JSON: two of them are the quotes. */
    static final int BODY_BYTES = 110;

    private static final HexFormat HEX = HexFormat.of();
    private static final String MARK = "@@";
    private static final int TIME_DIGITS = 16;
    private static final int NUMBER_DIGITS = 8;
    private static final int LENGTH = MARK.length() + TIME_DIGITS + NUMBER_DIGITS;
    private static final String FILLING = "x".repeat(BODY_BYTES - 2 - LENGTH);

    private Stamp() {}

    /** The mark, the time in nanoseconds and the number: 26 characters. */
    static String brief(long nanos, int number) {
        return MARK + HEX.toHexDigits(nanos) + HEX.toHexDigits(number);
    }

    /** A body of {@link #BODY_BYTES} bytes, without its quotes. */
    static String body(long nanos, int number) {
        return brief(nanos, number) + FILLING;
    }

    /** What every stamp begins with, for {@link #nanos} and {@link #number}. */
    static Bytes mark() {
        return new Bytes(MARK);
    }

    /** The time of the stamp whose mark stands at {@code at}. */
    static long nanos(ByteBuf in, int at) {
        return hexadecimal(in, at + MARK.length(), TIME_DIGITS);
    }

    static int number(ByteBuf in, int at) {
        return (int) hexadecimal(in, at + MARK.length() + TIME_DIGITS, NUMBER_DIGITS);
    }

    private static long hexadecimal(ByteBuf in, int at, int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            value = value << 4 | Character.digit(in.getByte(at + i), 16);
        }
        return value;
    }
}
