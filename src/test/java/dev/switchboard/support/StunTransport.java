package dev.switchboard.support;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Carries one STUN request and its answer. */
interface StunTransport extends AutoCloseable {
    /** Until a packet is sent again. */
    int TIMEOUT_MILLIS = 2_000;

    int TRIES = 10;

    byte[] exchange(byte[] request) throws IOException;

    @Override
    void close() throws IOException;

    static StunTransport udp(InetSocketAddress server) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(server);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new StunTransport() {
            @Override
            public byte[] exchange(byte[] request) throws IOException {
                DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
                for (int tries = 1; ; tries++) {
                    socket.send(new DatagramPacket(request, request.length));
                    try {
                        socket.receive(answer);
                        return Arrays.copyOf(answer.getData(), answer.getLength());
                    } catch (SocketTimeoutException e) {
                        if (tries == TRIES) {
                            throw e;
                        }
                    }
                }
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }

    static StunTransport tcp(InetSocketAddress server) throws IOException {
        Socket socket = new Socket();
        socket.connect(server, TRIES * TIMEOUT_MILLIS);
        socket.setSoTimeout(TRIES * TIMEOUT_MILLIS);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        return new StunTransport() {
            @Override
            public byte[] exchange(byte[] request) throws IOException {
                socket.getOutputStream().write(request);
                byte[] head = in.readNBytes(20);
                int length = ByteBuffer.wrap(head).getShort(2) & 0xffff;
                byte[] answer = Arrays.copyOf(head, head.length + length);
                in.readFully(answer, head.length, length);
                return answer;
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }
}
