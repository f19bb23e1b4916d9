package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** A text to look for in frames. Where it was found last is tried first: frames of a kind are built alike. */
final class Bytes {
    private final byte[] text;
    private int usual;

    Bytes(String text) {
        this.text = text.getBytes(StandardCharsets.US_ASCII);
    }

    int length() {
        return text.length;
    }

    /** Whether the text stands at {@code at} and ends before {@code end}. */
    boolean at(ByteBuf in, int at, int end) {
        if (at + text.length > end) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (in.getByte(at + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Where it stands, if it does, between {@code from} and {@code end}, or -1. Not always the first place. */
    int anywhere(ByteBuf in, int from, int end) {
        if (at(in, from + usual, end)) {
            return from + usual;
        }
        int found = first(in, from, end);
        if (found >= 0) {
            usual = found - from;
        }
        return found;
    }

    /** The first place between {@code from} and {@code end} where it stands, or -1. */
    int first(ByteBuf in, int from, int end) {
        for (int i = from; i + text.length <= end; i++) {
            if (at(in, i, end)) {
                return i;
            }
        }
        return -1;
    }
}
