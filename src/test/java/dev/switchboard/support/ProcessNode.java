package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A node as its users run it: the program in a process of its own, which can be killed and frozen. */
public final class ProcessNode implements AutoCloseable {
    private static final Path JAR = Path.of("target", "switchboard.jar");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    private final Process process;
    private final URI door;
    private final Path log;
    private final Path errors;

    private ProcessNode(Process process, URI door, Path log, Path errors) {
        this.process = process;
        this.door = door;
        this.log = log;
        this.errors = errors;
    }

    /**
     * How a process is started.
     *
     * @param within a command that runs the program, in a network namespace for example; empty for none
     * @param host at which its door is found
     * @param java options of Java, besides those for a short start
     */
    public record Launch(List<String> within, String host, List<String> java) {
        public static final Launch USUAL = new Launch(List.of(), "127.0.0.1", List.of("-Xmx512m"));

        /** For many nodes on one machine: a smaller heap, and code that is compiled once, quickly. */
        public static final Launch SMALL = new Launch(
                List.of(), "127.0.0.1", List.of("-Xmx256m", "-XX:MetaspaceSize=96m", "-XX:TieredStopAtLevel=1"));
    }

    /** Settings that nodes of a new cluster of their own have in common, by the names of their environment variables. */
    public static Map<String, String> newCluster(Postgres database) {
        return new HashMap<>(Map.of(
                "DATABASE_URL",
                database.url(),
                "CLUSTER_NAME",
                "test-" + UUID.randomUUID(),
                "CLUSTER_PORT",
                String.valueOf(Ports.cluster()),
                "JWT_SECRET",
                "a secret that is only good for tests, really",
                "RATE_LIMIT_RPS",
                "0",
                "RATE_LIMIT_AUTH",
                "0"));
    }

    /**
     * The same, of which it is known where so many nodes are. A node that was taken for gone looks for the others at all
     * places, and waits for 5 s at each where nobody is: of the usual ten that is most of a minute.
     */
    public static Map<String, String> newCluster(Postgres database, int nodes) {
        Map<String, String> settings = newCluster(database);
        int first = Integer.parseInt(settings.get("CLUSTER_PORT"));
        settings.put(
                "CLUSTER_MEMBERS",
                IntStream.range(first, first + nodes)
                        .mapToObj(port -> "127.0.0.1:" + port)
                        .collect(Collectors.joining(",")));
        return settings;
    }

    /**
     * Starts a node; does not wait for it.
     *
     * @param settings by the names of their environment variables
     */
    public static ProcessNode start(Path folder, Map<String, String> settings) {
        return start(folder, settings, Ports.free());
    }

    /** The same on a port that the caller chose. */
    public static ProcessNode start(Path folder, Map<String, String> settings, int port) {
        return start(folder, settings, port, Launch.USUAL);
    }

    /** The same, started otherwise. */
    public static ProcessNode start(Path folder, Map<String, String> settings, int port, Launch launch) {
        Path log = folder.resolve("node-" + port + ".log");
        Path errors = folder.resolve("node-" + port + ".err");
        List<String> command = new ArrayList<>(launch.within());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(launch.java());
        command.addAll(List.of("-jar", JAR.toAbsolutePath().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(log.toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(settings);
        builder.environment().put("PORT", String.valueOf(port));
        try {
            URI door = URI.create("http://" + launch.host() + ":" + port);
            return new ProcessNode(builder.start(), door, log, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the node serves. */
    public ProcessNode awaitReady() {
        return await(this::isReady);
    }

    /** Waits until it says that it serves: for a node without a door. */
    public ProcessNode awaitStarted() {
        return await(() -> log().contains("is ready"));
    }

    private ProcessNode await(BooleanSupplier ready) {
        long deadline = System.nanoTime() + Patience.LONG.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the node ended:\n" + log() + errors());
            }
            if (ready.getAsBoolean()) {
                return this;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        throw new IllegalStateException("the node is not ready:\n" + log());
    }

    public boolean isReady() {
        HttpRequest request = HttpRequest.newBuilder(door().resolve("/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How many nodes it sees, and whether all state is where it belongs with its backups. */
    public String cluster() {
        JsonNode cluster;
        try {
            cluster = new Api(door).call("GET", "/health", null, null).body().at("/info/cluster");
        } catch (UncheckedIOException e) {
            // It was frozen, for example, and its connections with it.
            return "no answer";
        }
        return cluster.path("members").asInt() + (cluster.path("safe").asBoolean() ? " at rest" : " on the move");
    }

    /** Whether it sees so many nodes, itself included, and all state is where it belongs. */
    public boolean isAtRestWith(int members) {
        return cluster().equals(members + " at rest");
    }

    public URI door() {
        return door;
    }

    public long pid() {
        return process.pid();
    }

    /** What it printed. */
    public String log() {
        return read(log);
    }

    /** What it printed to its standard error stream. */
    public String errors() {
        return read(errors);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Stops the process as a long pause of its machine would. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    /** {@code SIGTERM}; returns the exit code. */
    public int stop() {
        terminate();
        return await();
    }

    /** {@code SIGTERM}, without waiting for the end. */
    public void terminate() {
        process.destroy();
    }

    /** Waits until it ends by itself; returns the exit code. */
    public int await() {
        try {
            if (!process.waitFor(Patience.LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the node does not end:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All of them at once. */
    public static void closeAll(Collection<ProcessNode> nodes) {
        nodes.forEach(node -> node.process.destroyForcibly());
        nodes.forEach(ProcessNode::await);
    }

    /** Waits for its end: its folder goes next, and nobody may write there meanwhile. */
    @Override
    public void close() {
        kill();
    }
}
