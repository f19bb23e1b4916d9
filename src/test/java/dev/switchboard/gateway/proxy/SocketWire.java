package dev.switchboard.gateway.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One end of a connection, byte by byte: the client of the gateway, or the service behind it. */
final class SocketWire implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final boolean client;

    /** A frame as it came. {@code first} is its first byte: FIN, the reserved bits and the opcode. */
    static final class Frame {
        private final int first;
        private final boolean masked;
        private final byte[] payload;

        Frame(int first, boolean masked, byte[] payload) {
            this.first = first;
            this.masked = masked;
            this.payload = payload;
        }

        int first() {
            return first;
        }

        boolean masked() {
            return masked;
        }

        byte[] payload() {
            return payload;
        }

        int opcode() {
            return first & 0xF;
        }

        boolean last() {
            return (first & 0x80) != 0;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }

        String closeReason() {
            return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
    }

    /** The head of a request or an answer. */
    record Head(String line, List<String> headers) {
        int status() {
            return Integer.parseInt(line.split(" ", -1)[1]);
        }

        List<String> all(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(h -> h.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(h -> h.substring(prefix.length()).strip())
                    .toList();
        }
    }

    SocketWire(Socket socket, boolean client) throws IOException {
        this.socket = socket;
        this.client = client;
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    static SocketWire connect(int port) throws IOException {
        return new SocketWire(new Socket(InetAddress.getLoopbackAddress(), port), true);
    }

    void send(String... lines) throws IOException {
        bytes(String.join("\r\n", lines).concat("\r\n\r\n").getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** Asks for an upgrade, with more headers. */
    SocketWire upgrade(String path, String... headers) throws IOException {
        send(Stream.concat(
                        Stream.of(
                                "GET " + path + " HTTP/1.1",
                                "Host: gateway.example.org",
                                "Connection: keep-alive, Upgrade",
                                "Upgrade: websocket",
                                "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Key: " + KEY),
                        Stream.of(headers))
                .toArray(String[]::new));
        return this;
    }

    /** Answers an upgrade as it should be. */
    SocketWire accept(String... headers) throws IOException {
        send(acceptHead(headers));
        return this;
    }

    static String[] acceptHead(String... headers) {
        return Stream.concat(
                        Stream.of(
                                "HTTP/1.1 101 Switching Protocols",
                                "Connection: Upgrade",
                                "Upgrade: websocket",
                                "Sec-WebSocket-Accept: " + acceptOf(KEY)),
                        Stream.of(headers))
                .toArray(String[]::new);
    }

    static String acceptOf(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Head head() throws IOException {
        String first = line();
        List<String> headers = new ArrayList<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            headers.add(header);
        }
        return new Head(first, headers);
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

    /** The body of an answer with a length. */
    String body(Head head) throws IOException {
        return new String(read(Integer.parseInt(head.all("content-length").get(0))), StandardCharsets.UTF_8);
    }

    byte[] read(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    /** Whether the other side has closed, and nothing more had come. */
    boolean ended() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    byte[] frame(int first, byte[] payload) {
        var frame = new ByteArrayOutputStream();
        int mask = client ? 0x80 : 0;
        frame.write(first);
        if (payload.length <= 125) {
            frame.write(mask | payload.length);
        } else if (payload.length <= 0xFFFF) {
            frame.write(mask | 126);
            frame.writeBytes(
                    ByteBuffer.allocate(2).putShort((short) payload.length).array());
        } else {
            frame.write(mask | 127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        if (client) {
            frame.writeBytes(MASK);
        }
        for (int i = 0; i < payload.length; i++) {
            frame.write(client ? payload[i] ^ MASK[i % 4] : payload[i]);
        }
        return frame.toByteArray();
    }

    void frame(int opcode, String payload) throws IOException {
        bytes(frame(0x80 | opcode, payload.getBytes(StandardCharsets.UTF_8)));
    }

    void close(int code, String reason) throws IOException {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        bytes(frame(
                0x80 | CLOSE,
                ByteBuffer.allocate(2 + text.length)
                        .putShort((short) code)
                        .put(text)
                        .array()));
    }

    Frame next() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        long length = second & 0x7F;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        boolean masked = (second & 0x80) != 0;
        byte[] mask = masked ? read(4) : new byte[4];
        byte[] payload = read((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return new Frame(first, masked, payload);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
