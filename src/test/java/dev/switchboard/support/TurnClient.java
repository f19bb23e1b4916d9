package dev.switchboard.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** As much of a TURN client as it takes to ask who is let in, and where to (RFC 8489, RFC 8656). */
public final class TurnClient implements AutoCloseable {
    /** What {@link #allocate} and {@link #permit} answer when the server agrees; else its error code. */
    public static final int OK = 0;

    private static final int ALLOCATE = 0x0003;
    private static final int CREATE_PERMISSION = 0x0008;
    private static final int SUCCESS = 0x0100;
    private static final int USERNAME = 0x0006;
    private static final int MESSAGE_INTEGRITY = 0x0008;
    private static final int ERROR_CODE = 0x0009;
    private static final int XOR_PEER_ADDRESS = 0x0012;
    private static final int REALM = 0x0014;
    private static final int NONCE = 0x0015;
    private static final int REQUESTED_TRANSPORT = 0x0019;
    private static final int COOKIE = 0x2112A442;
    private static final int HEADER = 20;
    private static final int INTEGRITY = 24;
    private static final byte[] UDP = {17, 0, 0, 0};

    private final StunTransport transport;
    private final String username;
    private final String password;
    private byte[] realm = {};
    private byte[] nonce = {};

    private TurnClient(StunTransport transport, String username, String password) {
        this.transport = transport;
        this.username = username;
        this.password = password;
    }

    public static TurnClient udp(InetSocketAddress server, String username, String password) throws IOException {
        return new TurnClient(StunTransport.udp(server), username, password);
    }

    public static TurnClient tcp(InetSocketAddress server, String username, String password) throws IOException {
        return new TurnClient(StunTransport.tcp(server), username, password);
    }

    /** Asks for a relayed address: first without credentials, to learn the realm and the nonce, then with them. */
    public int allocate() throws IOException {
        Map<Integer, byte[]> refusal = exchange(ALLOCATE, attribute(REQUESTED_TRANSPORT, UDP), false);
        realm = refusal.getOrDefault(REALM, realm);
        nonce = refusal.getOrDefault(NONCE, nonce);
        return code(exchange(ALLOCATE, attribute(REQUESTED_TRANSPORT, UDP), true));
    }

    /** Asks whether the relay may send to this address. Nothing is sent there. */
    public int permit(String address) throws IOException {
        return code(
                exchange(CREATE_PERMISSION, attribute(XOR_PEER_ADDRESS, peer(InetAddress.getByName(address))), true));
    }

    private Map<Integer, byte[]> exchange(int method, byte[] own, boolean signed) throws IOException {
        byte[] id = new byte[12];
        ThreadLocalRandom.current().nextBytes(id);
        ByteArrayOutputStream attributes = new ByteArrayOutputStream();
        attributes.write(own);
        if (signed) {
            attributes.write(attribute(USERNAME, username.getBytes(StandardCharsets.UTF_8)));
            attributes.write(attribute(REALM, realm));
            attributes.write(attribute(NONCE, nonce));
        }
        byte[] body = attributes.toByteArray();
        ByteBuffer request = ByteBuffer.allocate(HEADER + body.length + (signed ? INTEGRITY : 0))
                .putShort((short) method)
                .putShort((short) (body.length + (signed ? INTEGRITY : 0)))
                .putInt(COOKIE)
                .put(id)
                .put(body);
        if (signed) {
            byte[] sum = integrity(request.array(), request.position());
            request.put(attribute(MESSAGE_INTEGRITY, sum));
        }
        return parse(transport.exchange(request.array()), method);
    }

    private byte[] integrity(byte[] message, int length) {
        try {
            String key = username + ':' + new String(realm, StandardCharsets.UTF_8) + ':' + password;
            Mac mac = Mac.getInstance("HmacSHA1");
            byte[] md5 = MessageDigest.getInstance("MD5").digest(key.getBytes(StandardCharsets.UTF_8));
            mac.init(new SecretKeySpec(md5, "HmacSHA1"));
            mac.update(message, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] attribute(int type, byte[] value) {
        int padded = (value.length + 3) / 4 * 4;
        return ByteBuffer.allocate(4 + padded)
                .putShort((short) type)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    /** An IPv4 address, hidden from routers that rewrite what looks like one. */
    private static byte[] peer(InetAddress address) {
        int number = ByteBuffer.wrap(address.getAddress()).getInt();
        return ByteBuffer.allocate(8)
                .putShort((short) 1)
                .putShort((short) (9 ^ (COOKIE >>> 16)))
                .putInt(number ^ COOKIE)
                .array();
    }

    private static Map<Integer, byte[]> parse(byte[] answer, int method) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(answer);
        int type = buffer.getShort() & 0xffff;
        if ((type & ~(SUCCESS | 0x0010)) != method) {
            throw new IOException("an answer of another kind: " + type);
        }
        Map<Integer, byte[]> attributes = new HashMap<>();
        buffer.position(HEADER);
        while (buffer.remaining() >= 4) {
            int attribute = buffer.getShort() & 0xffff;
            byte[] value = new byte[buffer.getShort() & 0xffff];
            buffer.get(value);
            buffer.position(buffer.position() + (4 - value.length % 4) % 4);
            attributes.put(attribute, value);
        }
        return attributes;
    }

    private static int code(Map<Integer, byte[]> answer) {
        byte[] error = answer.get(ERROR_CODE);
        return error == null ? OK : error[2] * 100 + error[3];
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
