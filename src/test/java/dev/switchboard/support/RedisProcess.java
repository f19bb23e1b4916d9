package dev.switchboard.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.RedisServer;

/** A real Redis on a port of its own, that can be frozen, killed and started again. */
@SuppressWarnings("try") // a test that is interrupted while it closes is one that failed
public final class RedisProcess implements AutoCloseable {
    private static final Pattern PROCESS = Pattern.compile("process_id:(\\d+)");

    public final int port;
    private final String password;
    private final String[] settings;
    private RedisServer server;
    private long pid;

    /**
     * @param password empty for none
     * @param settings more lines of its configuration
     */
    public RedisProcess(String password, String... settings) throws IOException {
        this.password = password;
        this.settings = settings;
        this.port = Ports.free();
        start();
    }

    /** Starts it, empty, on its port. */
    public void start() throws IOException {
        var builder =
                RedisServer.newRedisServer().port(port).setting("save \"\"").setting("appendonly no");
        for (String setting : settings) {
            builder.setting(setting);
        }
        server = (password.isEmpty() ? builder : builder.setting("requirepass " + password)).build();
        server.start();
        Matcher process = PROCESS.matcher(call("INFO server"));
        if (!process.find()) {
            throw new IOException("no process id");
        }
        pid = Long.parseLong(process.group(1));
    }

    /** Sends commands that need no reply but one, and returns what comes first. */
    public String call(String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String auth = password.isEmpty() ? "" : "AUTH " + password + "\r\n";
            socket.getOutputStream().write((auth + command + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Its process. */
    public long pid() {
        return pid;
    }

    /** Freezes it: connections stay open, nothing is answered. */
    public void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    public void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", signal, String.valueOf(pid)).start();
        if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IOException("kill " + signal + " failed");
        }
    }

    /** Kills it without a word. */
    public void kill() {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    @Override
    public void close() throws IOException {
        kill();
        server.stop();
    }
}
