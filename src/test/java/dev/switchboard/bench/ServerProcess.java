package dev.switchboard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/** A server under test: a process on a core of its own, with its output in a file. */
final class ServerProcess implements AutoCloseable {
    private static final int START_SECONDS = 60;
    private static final int STOP_SECONDS = 20;
    private static final int TAIL = 2_000;

    private final Process process;
    private final InetSocketAddress address;
    private final Path log;

    private ServerProcess(Process process, InetSocketAddress address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /**
     * Starts a server and waits until it has printed that it is ready.
     *
     * @param command what to run; it is told its port by the variable {@code PORT}
     * @throws IllegalStateException with the end of its output when it does not come up
     */
    static ServerProcess start(
            Path workDir, String name, int core, List<String> command, Map<String, String> settings) {
        return start(workDir, name, pinned(core, command), freePort(), settings, ServerProcess::saysReady);
    }

    /** The same on whatever core is free. */
    static ServerProcess startAnywhere(Path workDir, String name, List<String> command, Map<String, String> settings) {
        return start(workDir, name, command, freePort(), settings, ServerProcess::saysReady);
    }

    private boolean saysReady() {
        return output().contains("ready");
    }

    /** The same for a server that says nothing and has its port on its command line: it is ready when it listens. */
    static ServerProcess startSilent(Path workDir, String name, int core, IntFunction<List<String>> command) {
        int port = freePort();
        return start(workDir, name, pinned(core, command.apply(port)), port, Map.of(), ServerProcess::listens);
    }

    private static List<String> pinned(int core, List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        return pinned;
    }

    private static ServerProcess start(
            Path workDir,
            String name,
            List<String> command,
            int port,
            Map<String, String> settings,
            Predicate<ServerProcess> ready) {
        Path log = workDir.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(settings);
        builder.environment().put("PORT", Integer.toString(port));
        try {
            Files.createDirectories(workDir);
            ServerProcess server = new ServerProcess(
                    builder.start(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port), log);
            Runtime.getRuntime().addShutdownHook(new Thread(server.process::destroyForcibly));
            boolean up = Waiting.until(START_SECONDS, () -> !server.isAlive() || ready.test(server));
            if (!up || !server.isAlive()) {
                server.close();
                throw new IllegalStateException(name + " did not start:\n" + server.tail());
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    double cpuSeconds() {
        return ProcFs.cpuSeconds(process.pid());
    }

    double residentBytes() {
        return ProcFs.residentBytes(process.pid());
    }

    /** Runs another program that is told the number of this process, and waits for it. Returns what it printed. */
    String tell(String... command) {
        List<String> line = new ArrayList<>(List.of(command));
        line.replaceAll(word -> word.equals("PID") ? Long.toString(process.pid()) : word);
        try {
            Process told = new ProcessBuilder(line).redirectErrorStream(true).start();
            String printed = new String(told.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!told.waitFor(STOP_SECONDS, TimeUnit.SECONDS) || told.exitValue() != 0) {
                throw new IllegalStateException("failed: " + String.join(" ", line));
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The end of what it printed. */
    String tail() {
        String output = output();
        return output.substring(Math.max(0, output.length() - TAIL));
    }

    private String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        if (!Waiting.until(STOP_SECONDS, () -> !process.isAlive())) {
            process.destroyForcibly();
        }
    }
}
