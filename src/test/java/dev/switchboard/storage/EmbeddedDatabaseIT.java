package dev.switchboard.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseIT {
    /** Shared, so that the programs are unpacked once; each test ends with the database stopped. */
    @TempDir
    private static Path dataDir;

    private final List<Process> nodes = new ArrayList<>();

    /** A node's share in it: opens, says the port, and closes when its standard input ends. */
    static final class Node {
        private Node() {}

        public static void main(String[] args) throws IOException {
            try (EmbeddedDatabase embedded = EmbeddedDatabase.open(Path.of(args[0]))) {
                System.out.println("port " + embedded.port());
                while (System.in.read() >= 0) {
                    // Waits for the end.
                }
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (Process node : nodes) {
            if (node.isAlive()) {
                leave(node);
            }
        }
        // Whatever a test left behind, for example after a failure: come and be the last to go.
        EmbeddedDatabase.open(dataDir).close();
    }

    @Test
    void processesShareItAndTheLastOneOutStopsIt() throws Exception {
        Process first = start();
        Process second = start();
        int port = port(first);
        assertThat(port(second)).isEqualTo(port);

        leave(first);
        assertThat(answers(port)).isTrue();

        leave(second);
        assertThat(answers(port)).isFalse();
    }

    @Test
    void nodesWithinOneProcessShareIt() throws Exception {
        EmbeddedDatabase first = EmbeddedDatabase.open(dataDir);
        EmbeddedDatabase second = EmbeddedDatabase.open(dataDir);
        assertThat(second.port()).isEqualTo(first.port());

        first.close();
        first.close();
        assertThat(answers(second.port())).isTrue();

        second.close();
        assertThat(answers(second.port())).isFalse();
    }

    @Test
    void isFoundAgainAfterItsStarterWasKilled() throws Exception {
        Process killed = start();
        int port = port(killed);
        killed.destroyForcibly().waitFor();
        assertThat(answers(port)).isTrue();

        try (EmbeddedDatabase again = EmbeddedDatabase.open(dataDir)) {
            assertThat(again.port()).isEqualTo(port);
        }
        assertThat(answers(port)).isFalse();
    }

    @Test
    void startsAfterACrashOfTheMachineEvenIfAnotherProgramBearsItsProcessNumber() throws Exception {
        int port;
        try (EmbeddedDatabase embedded = EmbeddedDatabase.open(dataDir)) {
            port = embedded.port();
            execute(embedded, "CREATE TABLE kept (n int)");
            Path pidFile = pidFile();
            long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
            ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
            server.destroyForcibly();
            await().until(() -> !server.isAlive() && !answers(port));
            List<String> lines = new ArrayList<>(Files.readAllLines(pidFile));
            lines.set(0, String.valueOf(ProcessHandle.current().pid()));
            Files.write(pidFile, lines);

            try (EmbeddedDatabase again = EmbeddedDatabase.open(dataDir)) {
                assertThat(again.port()).isEqualTo(port);
                execute(again, "INSERT INTO kept VALUES (1)");
            }
        }
        assertThat(answers(port)).isFalse();
    }

    @Test
    void secondStartIsQuickAndKeepsThePort() throws Exception {
        int port;
        try (EmbeddedDatabase first = EmbeddedDatabase.open(dataDir)) {
            port = first.port();
        }
        long start = System.nanoTime();
        try (EmbeddedDatabase second = EmbeddedDatabase.open(dataDir)) {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Patience.promised(Duration.ofSeconds(3)));
            assertThat(second.port()).isEqualTo(port);
        }
    }

    @Test
    void asksForThePasswordThatOnlyTheOwnerCanRead() throws Exception {
        try (EmbeddedDatabase embedded = EmbeddedDatabase.open(dataDir)) {
            assertThat(answers(embedded.port(), "wrong")).isFalse();
            assertThat(answers(embedded.port(), embedded.password().value())).isTrue();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwordFile())))
                .isEqualTo("rw-------");
    }

    private Process start() throws IOException {
        Process node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Node.class.getName(),
                        dataDir.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        nodes.add(node);
        return node;
    }

    private static int port(Process node) throws IOException {
        BufferedReader out = node.inputReader();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("port ")) {
                return Integer.parseInt(line.substring("port ".length()));
            }
        }
        throw new IOException("the node ended with " + node.onExit().join().exitValue());
    }

    private static void leave(Process node) throws Exception {
        node.getOutputStream().close();
        assertThat(node.waitFor()).isZero();
    }

    private static boolean answers(int port) throws IOException {
        return answers(port, Files.readString(passwordFile()).strip());
    }

    private static boolean answers(int port, String password) {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/switchboard";
        try (Connection connection = DriverManager.getConnection(url, "switchboard", password)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void execute(EmbeddedDatabase embedded, String sql) throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + embedded.port() + "/" + embedded.database();
        try (Connection connection = DriverManager.getConnection(
                        url, embedded.user(), embedded.password().value());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Path passwordFile() {
        return dataDir.resolve("postgres").resolve("password");
    }

    private static Path pidFile() {
        return dataDir.resolve("postgres").resolve("data").resolve("postmaster.pid");
    }
}
