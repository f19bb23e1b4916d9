package dev.switchboard.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;

/** Switchboard: the jar with its defaults, but for the limit on what a single client may send. */
final class Switchboard implements Target {
    /** A hundred senders stand for thousands of people. */
    private static final String MESSAGES_PER_SOCKET = "1000000";

    private final Path jar;
    private final Path workDir;
    private final Tokens tokens;
    private final BenchDatabase database;

    Switchboard(Path jar, Path workDir, Tokens tokens, BenchDatabase database) {
        this.jar = jar;
        this.workDir = workDir;
        this.tokens = tokens;
        this.database = database;
    }

    @Override
    public String id() {
        return "switchboard";
    }

    @Override
    public String title() {
        try (JarFile file = new JarFile(jar.toFile())) {
            return "Switchboard " + file.getManifest().getMainAttributes().getValue("Implementation-Version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int easyRate() {
        return 100_000;
    }

    @Override
    public ServerProcess start(int core, List<String> flags) {
        Map<String, String> settings = new HashMap<>();
        settings.put("HOST", "127.0.0.1");
        settings.put("DATABASE_URL", database.url());
        settings.put("DATA_DIR", workDir.resolve("node").toString());
        settings.put("JWT_SECRET", tokens.secret());
        settings.put("CLUSTER_NAME", "bench-" + ProcessHandle.current().pid());
        settings.put("SOCKET_MESSAGE_RATE", MESSAGES_PER_SOCKET);
        settings.put("SOCKET_MESSAGE_BURST", MESSAGES_PER_SOCKET);
        return ServerProcess.start(workDir, id(), core, Target.java(flags, "-jar", jar.toString()), settings);
    }

    @Override
    public Protocol clients(Layout layout) {
        return new SwitchboardProtocol(database.populate(layout));
    }

    @Override
    public void collectGarbage(ServerProcess server) {
        server.tell("jcmd", "PID", "GC.run");
    }

    @Override
    public double databaseCpuSeconds() {
        return database.cpuSeconds();
    }

    @Override
    public boolean durable() {
        return true;
    }
}
