package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the WebSocket frames of a server (RFC 6455 §5.2: never masked) in what a socket was sent. Frames are shown where
 * they lie in the read buffer; only one that a read has cut in two is copied.
 */
final class FrameReader {
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;

    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;
    private static final int MAX_FRAME = 64 << 20;

    /** Takes a frame's payload: {@code length} bytes of {@code in} from {@code at}, valid during the call. */
    interface Sink {
        void frame(int opcode, ByteBuf in, int at, int length);
    }

    private final Sink sink;
    private @Nullable ByteBuf cut;

    FrameReader(Sink sink) {
        this.sink = sink;
    }

    /** Reads all of {@code in}, which remains the caller's. */
    void read(ByteBufAllocator allocator, ByteBuf in) {
        ByteBuf begun = cut;
        while (begun != null && in.isReadable()) {
            begun.writeBytes(in, Math.min(missing(begun), in.readableBytes()));
            if (missing(begun) == 0) {
                cut = null;
                try {
                    show(begun);
                } finally {
                    begun.release();
                }
                begun = null;
            }
        }
        while (in.isReadable() && missing(in) == 0) {
            show(in);
        }
        if (in.isReadable()) {
            cut = allocator.buffer(in.readableBytes() + missing(in)).writeBytes(in);
        }
    }

    /** Forgets a frame that never ended. */
    void close() {
        if (cut != null) {
            cut.release();
            cut = null;
        }
    }

    /** How many bytes are needed to go on: the rest of the header, or else of the frame. */
    private static int missing(ByteBuf in) {
        int there = in.readableBytes();
        if (there < 2) {
            return 2 - there;
        }
        int header = headerLength(in);
        if (there < header) {
            return header - there;
        }
        return Math.max(0, header + payloadLength(in) - there);
    }

    private void show(ByteBuf in) {
        int opcode = in.getByte(in.readerIndex()) & 0xF;
        int length = payloadLength(in);
        int at = in.readerIndex() + headerLength(in);
        in.readerIndex(at + length);
        sink.frame(opcode, in, at, length);
    }

    private static int headerLength(ByteBuf in) {
        return switch (in.getByte(in.readerIndex() + 1) & 0x7F) {
            case SHORT_LENGTH -> 4;
            case LONG_LENGTH -> 10;
            default -> 2;
        };
    }

    private static int payloadLength(ByteBuf in) {
        int first = in.getByte(in.readerIndex() + 1) & 0x7F;
        if (first == SHORT_LENGTH) {
            return in.getUnsignedShort(in.readerIndex() + 2);
        }
        if (first < SHORT_LENGTH) {
            return first;
        }
        long length = in.getLong(in.readerIndex() + 2);
        if (length < 0 || length > MAX_FRAME) {
            throw new IllegalStateException("a frame of " + length + " bytes");
        }
        return (int) length;
    }
}
