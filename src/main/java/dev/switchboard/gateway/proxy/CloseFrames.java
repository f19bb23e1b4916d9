package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.bridge.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** The only frames that the gateway itself puts into a WebSocket. */
final class CloseFrames {
    private static final int FIN_CLOSE = 0x88;
    private static final int MASKED = 0x80;

    private CloseFrames() {}

    /**
     * A Close frame (RFC 6455 §5.5.1).
     *
     * @param masked whether it is for a server: what clients send is masked
     */
    static ByteBuf of(ByteBufAllocator allocator, CloseCode code, boolean masked) {
        byte[] reason = code.reason().getBytes(StandardCharsets.US_ASCII);
        int length = Short.BYTES + reason.length;
        ByteBuf frame = allocator.buffer(2 + Integer.BYTES + length);
        frame.writeByte(FIN_CLOSE);
        frame.writeByte(masked ? MASKED | length : length);
        int mask = 0;
        if (masked) {
            mask = ThreadLocalRandom.current().nextInt();
            frame.writeInt(mask);
        }
        int payload = frame.writerIndex();
        frame.writeShort(code.code()).writeBytes(reason);
        for (int i = 0; i < length; i++) {
            int key = mask >>> (Byte.SIZE * (Integer.BYTES - 1 - i % Integer.BYTES));
            frame.setByte(payload + i, frame.getByte(payload + i) ^ key);
        }
        return frame;
    }
}
