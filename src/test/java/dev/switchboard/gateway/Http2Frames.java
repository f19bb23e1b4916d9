package dev.switchboard.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A client of HTTP/2 (RFC 9113) that sends the frames that a test wants, whatever they do to the other side. */
public final class Http2Frames implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    public static final int PRIORITY = 0x20;
    public static final int ENHANCE_YOUR_CALM = 11;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int HEAD = 9;
    private static final int PRIORITY_BYTES = 5;
    private static final int READ_TIMEOUT_MS = 30_000;
    private static final int SMALL_BUFFER = 4_096;

    /** Indexed fields of HPACK (RFC 7541, appendix A): {@code :method}, {@code :scheme}. */
    private static final int GET = 0x82;

    private static final int POST = 0x83;
    private static final int HTTP = 0x86;

    /** A frame of the other side. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Frame(int type, int flags, int stream, byte[] payload) {
        /** Of RST_STREAM at 0, of GOAWAY at 4. */
        public int error() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? Integer.BYTES : 0);
        }

        /** Of HEADERS: an entry of HPACK's static table, or its name is and three digits follow. */
        public String status() {
            int begin = (flags & PRIORITY) == 0 ? 0 : PRIORITY_BYTES;
            return switch (payload[begin] & 0xff) {
                case 0x88 -> "200";
                case 0x8c -> "400";
                case 0x8d -> "404";
                default -> new String(payload, begin + 2, 3, StandardCharsets.US_ASCII);
            };
        }
    }

    public final Socket socket = new Socket();
    private final OutputStream out;
    private final InputStream in;

    /** Says the preface and has default settings. */
    public Http2Frames(int port) throws IOException {
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        out = socket.getOutputStream();
        in = socket.getInputStream();
        out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0);
    }

    public void send(int type, int flags, int stream, byte... payload) throws IOException {
        out.write(frame(type, flags, stream, payload));
    }

    public static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(HEAD + payload.length)
                .putInt(payload.length << Byte.SIZE | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    public static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    /** A head in HPACK, with every field that a request must have. */
    public static byte[] request(boolean get, String path, byte... more) {
        var block = new ByteArrayOutputStream();
        block.write(get ? GET : POST);
        block.write(HTTP);
        // Not indexed; the name is the static table's: :path, :authority.
        block.write(0x04);
        text(block, path);
        block.write(0x01);
        text(block, "a");
        block.writeBytes(more);
        return block.toByteArray();
    }

    /** A field that goes into the dynamic table, where index 62 is the newest. */
    public static byte[] indexed(String name, String value) {
        var block = new ByteArrayOutputStream();
        block.write(0x40);
        text(block, name);
        text(block, value);
        return block.toByteArray();
    }

    /** A field that goes into no table. */
    public static byte[] plain(String name, String value) {
        var block = new ByteArrayOutputStream();
        block.write(0);
        text(block, name);
        text(block, value);
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int most = 0x7f;
        if (bytes.length < most) {
            block.write(bytes.length);
        } else {
            // An integer with a prefix of seven bits (RFC 7541 §5.1).
            block.write(most);
            int rest = bytes.length - most;
            for (; rest > most; rest >>= 7) {
                block.write((rest & most) | 0x80);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /** @return null when the connection has ended */
    public Frame read() throws IOException {
        byte[] head = in.readNBytes(HEAD);
        if (head.length < HEAD) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(head);
        int lengthAndType = fields.getInt();
        int flags = fields.get();
        int stream = fields.getInt();
        byte[] payload = in.readNBytes(lengthAndType >>> Byte.SIZE);
        return new Frame(lengthAndType & 0xff, flags, stream, payload);
    }

    /** The next frame of a type; null when the connection ends before. */
    public Frame await(int... types) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame == null || Arrays.stream(types).anyMatch(type -> type == frame.type())) {
                return frame;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
