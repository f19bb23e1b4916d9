package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * WebSocket frames of a client (RFC 6455 §5.3). The masking key is zero, which is a key like any other to a server and
 * saves the generator the masking.
 */
final class ClientFrames {
    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_PONG = 0x8A;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTE_LENGTH = 126;
    private static final int NO_MASK = 0;

    private ClientFrames() {}

    /** @param message less than 64 KiB */
    static ByteBuf text(ByteBufAllocator allocator, String message) {
        byte[] payload = message.getBytes(StandardCharsets.UTF_8);
        return header(allocator, FINAL_TEXT, payload.length).writeBytes(payload);
    }

    /** The answer to a ping, with the ping's content. */
    static ByteBuf pong(ByteBufAllocator allocator, ByteBuf ping, int at, int length) {
        return header(allocator, FINAL_PONG, length).writeBytes(ping, at, length);
    }

    private static ByteBuf header(ByteBufAllocator allocator, int first, int length) {
        if (length > 0xFFFF) {
            throw new IllegalArgumentException("a message of " + length + " bytes");
        }
        ByteBuf out = allocator.buffer(length + 8).writeByte(first);
        if (length < TWO_BYTE_LENGTH) {
            out.writeByte(MASKED | length);
        } else {
            out.writeByte(MASKED | TWO_BYTE_LENGTH).writeShort(length);
        }
        return out.writeInt(NO_MASK);
    }
}
