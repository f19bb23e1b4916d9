package dev.switchboard.gateway.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.bus.Json;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A WebSocket client (RFC 6455) that sends whatever bytes a test wants, right or wrong. */
final class RawWebSocket implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static final String RAW = "/eventbus/websocket";
    static final String SOCKJS = "/eventbus/123/abcdefgh/websocket";

    final Socket socket;
    final int status;
    private final DataInputStream in;
    private final OutputStream out;
    private final boolean sockJs;
    private final Deque<JsonNode> messages = new ArrayDeque<>();

    static final class Frame {
        private final int opcode;
        private final byte[] payload;

        Frame(int opcode, byte[] payload) {
            this.opcode = opcode;
            this.payload = payload;
        }

        int opcode() {
            return opcode;
        }

        byte[] payload() {
            return payload;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }
    }

    RawWebSocket(int port, String path, String... headers) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
        sockJs = !path.equals(RAW);
        var head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        status = Integer.parseInt(line().split(" ", -1)[1]);
        while (!line().isEmpty()) {
            // Nothing in the headers matters here.
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** One frame, masked as clients must. */
    void frame(int opcode, boolean last, byte[] payload) throws IOException {
        var frame = new ByteArrayOutputStream();
        frame.write((last ? 0x80 : 0) | opcode);
        if (payload.length <= 125) {
            frame.write(0x80 | payload.length);
        } else if (payload.length <= 0xFFFF) {
            frame.write(0x80 | 126);
            frame.writeBytes(
                    ByteBuffer.allocate(2).putShort((short) payload.length).array());
        } else {
            frame.write(0x80 | 127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        byte[] mask = {1, 2, 3, 4};
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i % 4]);
        }
        out.write(frame.toByteArray());
    }

    /** One bridge message, wrapped as the transport wants it. */
    void send(String json) throws IOException {
        text(sockJs ? Json.MAPPER.writeValueAsString(new String[] {json}) : json);
    }

    void text(String text) throws IOException {
        frame(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    Frame next() throws IOException {
        int head = in.readUnsignedByte();
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw new EOFException();
        }
        return new Frame(head & 0xF, payload);
    }

    /** The next bridge message; heartbeats, pings and the opening are passed over. */
    JsonNode message() throws IOException {
        while (messages.isEmpty()) {
            Frame frame = next();
            if (frame.opcode() == CLOSE) {
                throw new IOException("closed with " + frame.closeCode());
            }
            if (frame.opcode() == PING) {
                continue;
            }
            String text = frame.text();
            if (!sockJs) {
                messages.add(Json.MAPPER.readTree(text));
            } else if (text.startsWith("a")) {
                for (JsonNode message : Json.MAPPER.readTree(text.substring(1))) {
                    messages.add(Json.MAPPER.readTree(message.textValue()));
                }
            }
        }
        return messages.remove();
    }

    /** Reads on until the server's close frame. */
    Frame untilClosed() throws IOException {
        Frame frame = next();
        while (frame.opcode() != CLOSE) {
            frame = next();
        }
        return frame;
    }

    /** Sends a request and waits for its reply or failure; other messages are passed over. */
    JsonNode request(String address, @Nullable Object body) throws IOException {
        sendRequest("r-" + address, address, body);
        return replyTo("r-" + address);
    }

    void sendRequest(String replyAddress, String address, @Nullable Object body) throws IOException {
        var frame = Json.MAPPER.createObjectNode().put("type", "send").put("address", address);
        frame.put("replyAddress", replyAddress);
        frame.set("body", body == null ? null : Json.tree(body));
        send(frame.toString());
    }

    JsonNode replyTo(String replyAddress) throws IOException {
        JsonNode message = message();
        while (!message.path("address").asText().equals(replyAddress)) {
            message = message();
        }
        return message;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
