package dev.switchboard.gateway.bridge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Bridge messages as the bytes of WebSocket frames from a server (RFC 6455 §5.2: never masked, always final). Written
 * below Netty's own encoder, so that one buffer serves every socket.
 */
final class BridgeFrames {
    private static final int TEXT = 0x81;
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;
    private static final int PONG = 0x8A;

    /** What Netty says of a close frame without a code. */
    private static final int NO_CODE = -1;

    private static final byte[] SOCKJS_START = {'a', '[', '"'};
    private static final byte[] SOCKJS_BETWEEN = {'"', ',', '"'};
    private static final byte[] SOCKJS_END = {'"', ']'};
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private static final ByteBuf SOCKJS_OPEN_FRAME = constant(TEXT, "o");
    private static final ByteBuf SOCKJS_HEARTBEAT_FRAME = constant(TEXT, "h");
    private static final ByteBuf PING_FRAME = constant(PING, "");

    private BridgeFrames() {}

    /** {@code o}: what a SockJS session begins with. Shared; the caller takes a duplicate. */
    static ByteBuf sockJsOpen() {
        return SOCKJS_OPEN_FRAME.duplicate();
    }

    /** {@code h}. */
    static ByteBuf sockJsHeartbeat() {
        return SOCKJS_HEARTBEAT_FRAME.duplicate();
    }

    /** A WebSocket ping without content. */
    static ByteBuf ping() {
        return PING_FRAME.duplicate();
    }

    /** The answer to a ping: the same content. */
    static ByteBuf pong(ByteBufAllocator allocator, ByteBuf content) {
        int length = content.readableBytes();
        ByteBuf out = allocator.directBuffer(headerLength(length) + length);
        writeHeader(out, PONG, length);
        return out.writeBytes(content, content.readerIndex(), length);
    }

    /** A WebSocket close frame. */
    static ByteBuf close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        // A close frame without a code reads as 1005 (RFC 6455 §7.4.1), and is answered by one without.
        int length = code == NO_CODE ? 0 : Short.BYTES + text.length;
        ByteBuf out = Unpooled.buffer(headerLength(length) + length);
        writeHeader(out, CLOSE, length);
        return length == 0 ? out : out.writeShort(code).writeBytes(text);
    }

    /** {@code c[code,"reason"]}. */
    static ByteBuf sockJsClose(CloseCode code) {
        byte[] text = ("c[" + code.code() + ",\"" + code.reason() + "\"]").getBytes(StandardCharsets.UTF_8);
        ByteBuf out = Unpooled.buffer(headerLength(text.length) + text.length);
        write(out, TEXT, text);
        return out;
    }

    /** One message as one frame. The caller owns the buffer; it is direct, so that no socket copies it. */
    static ByteBuf frame(ByteBufAllocator allocator, Connection.Form form, byte[] message) {
        ByteBuf out = allocator.directBuffer(frameLength(form, message));
        write(out, form, message);
        return out;
    }

    /** The exact number of bytes that {@link #write(ByteBuf, Connection.Form, byte[])} will add. */
    static int frameLength(Connection.Form form, byte[] message) {
        int payload = form == Connection.Form.SOCKJS ? sockJsLength(message) : message.length;
        return headerLength(payload) + payload;
    }

    /**
     * Adds one message as one frame.
     *
     * @param form any but {@link Connection.Form#FALLBACK}
     * @param message JSON, UTF-8
     */
    static void write(ByteBuf out, Connection.Form form, byte[] message) {
        switch (form) {
            case SOCKJS -> {
                writeHeader(out, TEXT, sockJsLength(message));
                out.writeBytes(SOCKJS_START);
                writeEscaped(out, message);
                out.writeBytes(SOCKJS_END);
            }
            case RAW_TEXT -> write(out, TEXT, message);
            case RAW_BINARY -> write(out, BINARY, message);
            case FALLBACK -> throw new IllegalArgumentException("no frames on a fallback transport");
        }
    }

    /** Adds several messages as one SockJS frame {@code a["…","…"]}; one header and one parse for all of them. */
    static void writeSockJs(ByteBuf out, Iterable<byte[]> messages) {
        int length = SOCKJS_START.length + SOCKJS_END.length - SOCKJS_BETWEEN.length;
        for (byte[] message : messages) {
            length += SOCKJS_BETWEEN.length + escapedLength(message);
        }
        writeHeader(out, TEXT, length);
        byte[] before = SOCKJS_START;
        for (byte[] message : messages) {
            out.writeBytes(before);
            writeEscaped(out, message);
            before = SOCKJS_BETWEEN;
        }
        out.writeBytes(SOCKJS_END);
    }

    /** The bytes of {@code a["…"]} around one message. */
    static int sockJsLength(byte[] message) {
        return SOCKJS_START.length + escapedLength(message) + SOCKJS_END.length;
    }

    private static int escapedLength(byte[] json) {
        int length = json.length;
        for (byte b : json) {
            if (b == '"' || b == '\\') {
                length++;
            } else if (b >= 0 && b < ' ') {
                length += 5;
            }
        }
        return length;
    }

    /** JSON within a JSON text (RFC 8259 §7): quotes, backslashes and control characters; UTF-8 passes as it is. */
    private static void writeEscaped(ByteBuf out, byte[] json) {
        int from = 0;
        for (int i = 0; i < json.length; i++) {
            byte b = json[i];
            if (b != '"' && b != '\\' && (b < 0 || b >= ' ')) {
                continue;
            }
            out.writeBytes(json, from, i - from);
            from = i + 1;
            out.writeByte('\\');
            if (b >= ' ') {
                out.writeByte(b);
            } else {
                out.writeByte('u').writeByte('0').writeByte('0');
                out.writeByte(HEX[b >> 4]).writeByte(HEX[b & 0xF]);
            }
        }
        out.writeBytes(json, from, json.length - from);
    }

    private static void write(ByteBuf out, int opcode, byte[] payload) {
        writeHeader(out, opcode, payload.length);
        out.writeBytes(payload);
    }

    private static int headerLength(int payload) {
        if (payload <= 125) {
            return 2;
        }
        return payload <= 0xFFFF ? 4 : 10;
    }

    private static void writeHeader(ByteBuf out, int opcode, int payload) {
        out.writeByte(opcode);
        switch (headerLength(payload)) {
            case 2 -> out.writeByte(payload);
            case 4 -> out.writeByte(126).writeShort(payload);
            default -> out.writeByte(127).writeLong(payload);
        }
    }

    private static ByteBuf constant(int opcode, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = Unpooled.directBuffer(headerLength(bytes.length) + bytes.length);
        write(out, opcode, bytes);
        return Unpooled.unreleasableBuffer(out.asReadOnly());
    }
}
