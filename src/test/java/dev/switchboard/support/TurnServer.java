package dev.switchboard.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real coturn on the loopback interface, with the configuration that we recommend. */
public final class TurnServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TurnServer.class);
    private static final Path PROGRAM = Path.of("/usr/bin/turnserver");
    private static final Path CONFIGURATION = Path.of("deploy", "coturn", "turnserver.conf");
    private static final String HOST = "127.0.0.1";

    private final Process process;
    private final int port;
    private final Path log;

    private TurnServer(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /** Whether tests that need it can run here. */
    public static boolean isThere() {
        boolean there = Files.isExecutable(PROGRAM);
        if (!there) {
            LOG.warn("Skipped: there is no {}. It is in Debian's package coturn.", PROGRAM);
        }
        return there;
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param secrets that credentials may be made with
     * @param options beside those of the configuration, such as {@code --allowed-peer-ip=127.0.0.1}
     */
    public static TurnServer start(Path folder, List<String> secrets, String... options) {
        try {
            int port = Ports.free();
            Path log = folder.resolve("turnserver-" + port + ".log");
            List<String> command = new ArrayList<>(List.of(
                    PROGRAM.toString(),
                    "-c",
                    CONFIGURATION.toAbsolutePath().toString(),
                    "--listening-port=" + port,
                    "--listening-ip=" + HOST,
                    "--relay-ip=" + HOST,
                    "--no-tls",
                    "--no-dtls",
                    "--realm=switchboard",
                    // With more threads its first start fails now and then on a machine of few processors.
                    "--relay-threads=1",
                    "--log-file=stdout",
                    "--pidfile=" + folder.resolve("turnserver-" + port + ".pid")));
            secrets.forEach(secret -> command.add("--static-auth-secret=" + secret));
            command.addAll(Stream.of(options).toList());
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            TurnServer server = new TurnServer(process, port, log);
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What clients are told, for {@code TURN_URLS}. */
    public String urls() {
        String address = "turn:" + HOST + ":" + port;
        return address + "?transport=udp," + address + "?transport=tcp";
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + Patience.LONG.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(address(), 200);
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
        close();
        throw new IllegalStateException("coturn does not start:\n" + Files.readString(log));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
