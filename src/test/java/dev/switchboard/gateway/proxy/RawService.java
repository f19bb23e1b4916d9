package dev.switchboard.gateway.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service that says what the test says, byte by byte. Each connection has a thread of its own. */
final class RawService implements AutoCloseable {
    /** What is done with a connection; it is closed afterwards. */
    interface Script {
        void serve(Peer peer) throws IOException;
    }

    /** The gateway, as the service sees it. */
    static final class Peer {
        private static final int LONGEST_WAIT_MS = 30_000;

        final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(LONGEST_WAIT_MS);
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        /** Everything up to {@code end}, or up to the end of the connection. */
        String readUntil(String end) throws IOException {
            var text = new StringBuilder();
            while (text.indexOf(end) < 0) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                text.append((char) next);
            }
            return text.toString();
        }

        /** The head of a request; empty when the connection has ended. */
        String head() throws IOException {
            return readUntil("\r\n\r\n");
        }

        String read(int bytes) throws IOException {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        }

        /** Whether the gateway has closed the connection. */
        boolean isClosed() throws IOException {
            return in.read() < 0;
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Cuts without a farewell. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    final List<String> heads = new CopyOnWriteArrayList<>();
    final List<Peer> peers = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    RawService(Script script) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(() -> accept(script));
    }

    /** Answers every request of a connection with {@code answer}. */
    static Script always(RawService[] self, String answer) {
        return peer -> {
            for (String head = peer.head(); !head.isEmpty(); head = peer.head()) {
                self[0].heads.add(head);
                peer.write(answer);
            }
        };
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept(Script script) {
        while (!listener.isClosed()) {
            try {
                var peer = new Peer(listener.accept());
                peers.add(peer);
                threads.execute(() -> {
                    try (peer.socket) {
                        script.serve(peer);
                    } catch (IOException ended) {
                        // The other side, or the test, has closed it.
                    }
                });
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Peer peer : peers) {
                peer.socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
