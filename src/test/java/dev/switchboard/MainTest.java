package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Ports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says without starting anything, and what it says when it cannot start. */
class MainTest {
    @TempDir
    private Path conf;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private int runWith(String yaml) throws IOException {
        Files.writeString(conf.resolve("switchboard.yaml"), yaml.replace("CLUSTER_PORT", String.valueOf(Ports.free())));
        return run("--conf", conf.toString());
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void helpAndVersion() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("--conf DIR", "--check-config");
        assertThat(run("--version")).isZero();
        assertThat(said()).isEmpty();
    }

    @Test
    void wrongArgumentsAreAUsageError() {
        assertThat(run("--port", "80")).isEqualTo(2);
        assertThat(said()).startsWith("switchboard: unknown option --port").contains("Usage:");
        err.reset();
        assertThat(run("--conf")).isEqualTo(2);
        assertThat(said()).startsWith("switchboard: --conf needs a folder or a file");
    }

    @Test
    void checkConfigStartsNothing() throws IOException {
        Files.writeString(conf.resolve("switchboard.yaml"), "server:\n  port: 1\n");
        assertThat(run("--check-config", "--conf", conf.toString())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("good");
    }

    @Test
    void printConfigSaysWhereEachValueIsFromAndNoSecret() throws IOException {
        Path file = Files.writeString(
                conf.resolve("switchboard.yaml"),
                """
                server:
                  port: 1
                auth:
                  jwtSecret: a long secret that must not be shown
                  acceptedSecrets: [another long secret that must not be shown, a third]
                node:
                  dataDir: ${HOME}/x
                """);
        assertThat(run("--print-config", "--conf", conf.toString())).isEqualTo(1);
        Files.writeString(file, Files.readString(file).replace(", a third", ""));
        assertThat(run("--print-config", "--conf", conf.toString())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .contains(
                        "server.port: 1  # " + file,
                        "server.http2: true  # default",
                        "auth.jwtSecret: ***  # " + file,
                        "auth.acceptedSecrets[0]: ***  # " + file,
                        "node.dataDir: " + System.getenv("HOME") + "/x  # environment HOME")
                .noneMatch(line -> line.contains("must not be shown"));
    }

    @Test
    void allMistakesAreReportedTogetherEachInOneLine() throws IOException {
        assertThat(runWith("server:\n  port: eighty\ncluster:\n  port: 0\nnode:\n  colour: red\n"))
                .isEqualTo(1);
        assertThat(said().lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("switchboard: "))
                .anyMatch(line -> line.contains("server.port"))
                .anyMatch(line -> line.contains("cluster.port"))
                .anyMatch(line -> line.contains("node.colour"));
    }

    private void assertOneLine(String... parts) {
        assertThat(said().lines()).hasSize(1);
        assertThat(said()).startsWith("switchboard: ").contains(parts);
    }

    @Test
    void aUsedPort() throws IOException {
        try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(runWith("server:\n  host: 127.0.0.1\n  port: " + used.getLocalPort() + "\n"))
                    .isEqualTo(1);
            assertOneLine("server.port (PORT)", String.valueOf(used.getLocalPort()), "in use");
        }
    }

    @Test
    void aHostThatIsNotThisMachine() throws IOException {
        assertThat(runWith("server:\n  host: 192.0.2.1\n  port: 0\n")).isEqualTo(1);
        assertOneLine("server.host (HOST)", "192.0.2.1");
    }

    @Test
    void anUnreachableDatabase() throws IOException {
        assertThat(
                        runWith(
                                """
                        server: {port: 0, host: 127.0.0.1}
                        cluster: {name: main-test, port: CLUSTER_PORT}
                        database: {url: 'postgres://nobody:secret@127.0.0.1:1/none'}
                        """))
                .isEqualTo(1);
        assertOneLine("database.url (DATABASE_URL)", "127.0.0.1:1/none");
        assertThat(said()).doesNotContain("secret");
    }

    @Test
    void aClusterHostThatIsNotThisMachine() throws IOException {
        assertThat(
                        runWith(
                                """
                        node: {role: gateway}
                        server: {port: 0, host: 127.0.0.1}
                        cluster: {name: main-test, host: 192.0.2.1, port: CLUSTER_PORT}
                        """))
                .isEqualTo(1);
        assertOneLine("cluster.host (CLUSTER_HOST)", "192.0.2.1");
    }

    @Test
    void membersThatAreNoAddresses() throws IOException {
        assertThat(runWith("cluster: {members: ['10.0.0.1:http', 'a b']}\n")).isEqualTo(1);
        assertOneLine("cluster.members", "10.0.0.1:http");
    }

    @Test
    void aKeyStoreThatIsNotThere() throws IOException {
        assertThat(
                        runWith(
                                """
                        node: {role: gateway}
                        server: {port: 0, host: 127.0.0.1}
                        cluster:
                          name: main-test
                          port: CLUSTER_PORT
                          tls: {enabled: true, keyStore: none.p12, trustStore: none.p12}
                        """))
                .isEqualTo(1);
        assertOneLine("cluster.tls.keyStore (CLUSTER_TLS_KEY_STORE)", "none.p12");
    }

    @Test
    void aClusterFileThatIsNone() throws IOException {
        Files.writeString(conf.resolve("cluster.xml"), "<hazelcast><nonsense/></hazelcast>");
        assertThat(
                        runWith(
                                """
                        node: {role: gateway}
                        server: {port: 0, host: 127.0.0.1}
                        """))
                .isEqualTo(1);
        assertOneLine("cluster.xml");
    }

    @Test
    void aFolderWithoutSettings() {
        assertThat(run("--conf", conf.toString())).isEqualTo(1);
        assertOneLine("--conf");
    }
}
