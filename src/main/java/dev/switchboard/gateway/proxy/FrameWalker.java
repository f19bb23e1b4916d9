package dev.switchboard.gateway.proxy;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames (RFC 6455 §5.2) of one direction of a WebSocket that passes through as bytes: it reads headers, steps
 * over payloads, and keeps a dozen bytes of state. Extensions change payloads and the reserved bits, never where a frame
 * ends, so it need not know them.
 */
final class FrameWalker {
    private static final int OPCODE = 0x0F;
    private static final int CLOSE = 0x8;
    private static final int LENGTH = 0x7F;
    private static final int MASKED = 0x80;
    private static final int MASK_BYTES = 4;

    private enum Next {
        OPCODE,
        LENGTH,
        LONG_LENGTH,
        MASK,
        PAYLOAD,
        /** A length that no frame can have: where the next one begins is not known any more. */
        LOST
    }

    private Next next = Next.OPCODE;
    private int opcode;
    private boolean masked;
    private int headerLeft;
    private long payload;
    private boolean closed;

    /** Whether what was walked so far ends with a whole frame. */
    boolean atBoundary() {
        return next == Next.OPCODE;
    }

    /** Whether a Close frame went by. */
    boolean closed() {
        return closed;
    }

    /** Walks over everything that is readable; the buffer's indices stay. */
    void walk(ByteBuf bytes) {
        int at = bytes.readerIndex();
        while (at < bytes.writerIndex()) {
            at = step(bytes, at);
        }
    }

    /** Walks to the end of the frame that is under way. Returns how many bytes that took; all of them if it ends later. */
    int walkToBoundary(ByteBuf bytes) {
        int at = bytes.readerIndex();
        while (at < bytes.writerIndex() && !atBoundary()) {
            at = step(bytes, at);
        }
        return at - bytes.readerIndex();
    }

    /** Takes one byte of a header, or as much of a payload as there is. */
    private int step(ByteBuf bytes, int at) {
        switch (next) {
            case OPCODE -> {
                opcode = bytes.getByte(at) & OPCODE;
                next = Next.LENGTH;
            }
            case LENGTH -> length(bytes.getByte(at));
            case LONG_LENGTH -> {
                payload = payload << Byte.SIZE | bytes.getUnsignedByte(at);
                if (--headerLeft == 0) {
                    afterLength();
                }
            }
            case MASK -> {
                if (--headerLeft == 0) {
                    afterHeader();
                }
            }
            case PAYLOAD -> {
                int taken = (int) Math.min(payload, bytes.writerIndex() - at);
                payload -= taken;
                if (payload == 0) {
                    afterFrame();
                }
                return at + taken;
            }
            case LOST -> {
                return bytes.writerIndex();
            }
        }
        return at + 1;
    }

    private void length(byte b) {
        masked = (b & MASKED) != 0;
        int length = b & LENGTH;
        if (length < 126) {
            payload = length;
            afterLength();
        } else {
            payload = 0;
            headerLeft = length == 126 ? Short.BYTES : Long.BYTES;
            next = Next.LONG_LENGTH;
        }
    }

    private void afterLength() {
        if (payload < 0) {
            next = Next.LOST;
        } else if (masked) {
            headerLeft = MASK_BYTES;
            next = Next.MASK;
        } else {
            afterHeader();
        }
    }

    private void afterHeader() {
        next = Next.PAYLOAD;
        if (payload == 0) {
            afterFrame();
        }
    }

    private void afterFrame() {
        closed |= opcode == CLOSE;
        next = Next.OPCODE;
    }
}
