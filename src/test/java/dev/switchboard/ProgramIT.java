package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import dev.switchboard.support.ProcessNode.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as its users run it. */
class ProgramIT {
    /** What the JVM makes of SIGTERM after all hooks have run: 128 + 15. */
    private static final int TERMINATED = 143;

    private static final int FAILED = 1;

    /** {@code SHUTDOWN_TIMEOUT}, a handover of keys that may take 10 s, and a moment for the rest. */
    private static final Duration STOP = Duration.ofSeconds(30);

    /** 8 s of silence are allowed, it is looked at each second, and what a node says of itself may be a second old. */
    private static final Duration TAKEN_FOR_GONE = Patience.promised(Duration.ofSeconds(10));

    private static final Duration GONE_AT_ONCE = Patience.promised(Duration.ofSeconds(3));

    @TempDir
    private Path folder;

    private final Map<String, String> settings = new HashMap<>(Map.of(
            "CLUSTER_NAME",
            "program-" + UUID.randomUUID(),
            "CLUSTER_PORT",
            String.valueOf(Ports.cluster()),
            "RATE_LIMIT_AUTH",
            "0"));

    @AfterEach
    void stopTheDatabase() throws IOException {
        // Of a test that failed; those that pass leave none.
        if (Files.exists(postmaster())) {
            long postgres =
                    Long.parseLong(Files.readAllLines(postmaster()).get(0).strip());
            ProcessHandle.of(postgres).ifPresent(server -> {
                server.destroyForcibly();
                server.onExit().join();
            });
        }
    }

    private Path postmaster() {
        return folder.resolve("data/postgres/data/postmaster.pid");
    }

    /** Started quickly: the first test has Java as users have it. */
    private ProcessNode start() {
        return ProcessNode.start(folder, settings, Ports.free(), Launch.SMALL);
    }

    private static JsonNode cluster(ProcessNode node) {
        return new Api(node.door()).call("GET", "/health", null, null).body().at("/info/cluster");
    }

    private static void assertStopsCleanly(ProcessNode node) {
        long asked = System.nanoTime();
        assertThat(node.stop()).isEqualTo(TERMINATED);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(STOP);
        assertThat(node.log())
                .contains("Stopping")
                .contains("Stopped.")
                .doesNotContain("Exception")
                .doesNotContain("cleanly");
        assertThat(node.errors()).isEmpty();
    }

    @Test
    void withNothingSetItMakesWhatItNeedsAndASecondNodeJoins() {
        try (ProcessNode first = ProcessNode.start(folder, settings).awaitReady()) {
            await().until(() -> first.log().contains("is ready."));
            assertThat(first.log())
                    .contains("Open     http://localhost:" + first.door().getPort() + "/")
                    .contains("Node     ")
                    .contains("Cluster  " + settings.get("CLUSTER_NAME") + ", 1 member,")
                    .contains("JWT_SECRET is not set")
                    .doesNotContain("WARNING")
                    .doesNotContain("Exception");
            assertThat(first.errors()).as("warnings of the JVM").isEmpty();
            Account ann = new Api(first.door()).register("ann");
            try (ProcessNode second = start().awaitReady()) {
                await().until(() -> second.log().contains("2 members"));
                // The same database, and the same secret.
                assertThat(new Api(second.door())
                                .call("GET", "/api/v1/users/me", ann, null)
                                .ok()
                                .get("id")
                                .asText())
                        .isEqualTo(ann.id());
                assertStopsCleanly(first);
                assertThat(new Api(second.door()).login(ann.username()).id()).isEqualTo(ann.id());
                await().until(() -> cluster(second).get("members").asInt() == 1);
                assertStopsCleanly(second);
            }
            assertThat(postmaster()).as("the last one out stops the database").doesNotExist();
        }
    }

    @Test
    void whoIsToldToStopWhileStartingLeavesNothingBehind() {
        try (ProcessNode node = start()) {
            await().atMost(Patience.LONG).until(() -> Files.exists(postmaster()));
            assertThat(node.stop()).isEqualTo(TERMINATED);
            assertThat(postmaster()).doesNotExist();
        }
    }

    private void assertFailsWithOneLine(ProcessNode node, String... parts) {
        assertThat(node.await()).isEqualTo(FAILED);
        assertThat(node.errors().lines()).hasSize(1);
        assertThat(node.errors()).startsWith("switchboard: ").contains(parts);
    }

    private ProcessHandle database() {
        try {
            return ProcessHandle.of(Long.parseLong(
                            Files.readAllLines(postmaster()).get(0).strip()))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anEmbeddedDatabaseThatDiesIsStartedAgainByWhoeverIsLeft() {
        try (ProcessNode first = start().awaitReady();
                ProcessNode second = start().awaitReady()) {
            Account ann = new Api(first.door()).register("ann");
            // Whoever started it is not there any more.
            first.kill();
            for (int i = 0; i < 2; i++) {
                ProcessHandle died = database();
                died.destroyForcibly();
                // While it starts there may be no such file.
                await().atMost(Patience.LONG)
                        .ignoreExceptions()
                        .until(() -> database().pid() != died.pid());
                await().atMost(Patience.LONG)
                        .until(() -> new Api(second.door())
                                        .call("GET", "/api/v1/users/me", ann, null)
                                        .status()
                                == 200);
            }
            assertThat(new Api(second.door()).register("bob").id()).isNotEmpty();
            assertThat(second.stop()).isEqualTo(TERMINATED);
        }
        assertThat(postmaster()).doesNotExist();
    }

    @Test
    void aUsedPortIsSaidInOneLine() throws IOException {
        try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            settings.put("HOST", "127.0.0.1");
            try (ProcessNode node = ProcessNode.start(folder, settings, used.getLocalPort())) {
                assertFailsWithOneLine(node, "server.port (PORT)", String.valueOf(used.getLocalPort()), "in use");
            }
        }
    }

    @Test
    void aDatabaseThatCannotBeReachedIsSaidInOneLine() {
        settings.put("DATABASE_URL", "postgres://nobody:secret@127.0.0.1:1/none");
        try (ProcessNode node = start()) {
            assertFailsWithOneLine(node, "database.url (DATABASE_URL)", "127.0.0.1:1/none");
            assertThat(node.errors() + node.log()).doesNotContain("secret@");
        }
    }

    @Test
    void whoCannotUseItsDatabaseTroublesNobody() {
        try (ProcessNode first = start().awaitReady()) {
            settings.put("DATABASE_URL", "postgres://nobody:secret@127.0.0.1:1/none");
            try (ProcessNode second = start()) {
                assertFailsWithOneLine(second, "database.url (DATABASE_URL)");
                assertThat(second.log()).doesNotContain("Exception");
            }
            assertThat(first.log()).doesNotContain("joined");
            assertStopsCleanly(first);
        }
    }

    @Test
    void aSecondInstallationWithADatabaseOfItsOwnIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        try (ProcessNode first = start().awaitReady()) {
            try (ProcessNode second = ProcessNode.start(elsewhere, settings)) {
                assertFailsWithOneLine(
                        second, settings.get("CLUSTER_NAME"), "CLUSTER_NAME", "CLUSTER_PORT", "DATABASE_URL");
                assertThat(second.log()).doesNotContain("Exception");
            }
            assertThat(elsewhere.resolve("data/postgres/data/postmaster.pid")).doesNotExist();
            await().until(() -> cluster(first).get("members").asInt() == 1);
            assertThat(new Api(first.door()).register("ann").id()).isNotEmpty();
            assertStopsCleanly(first);
        }
    }

    @Test
    void aBadValueIsSaidInOneLine() {
        settings.put("SHUTDOWN_TIMEOUT", "soon");
        try (ProcessNode node = start()) {
            assertFailsWithOneLine(node, "server.shutdownTimeout (SHUTDOWN_TIMEOUT)", "soon");
        }
    }

    @Test
    void aGatewayThatWaitsForANodeThatOwnsStateSaysSoAndCanBeStopped() {
        settings.put("NODE_ROLE", "gateway");
        try (ProcessNode node = start()) {
            await().atMost(Patience.LONG)
                    .until(() -> node.log().contains("Waiting for a node that owns state, at [127.0.0.1]"));
            assertThat(node.stop()).isEqualTo(TERMINATED);
            assertThat(node.log()).doesNotContain("Exception");
        }
    }

    @Test
    void aFrozenNodeIsTakenForGoneWithinTenSecondsAndComesBack() {
        try (Postgres postgres = Postgres.create()) {
            settings.putAll(ProcessNode.newCluster(postgres, 2));
            try (ProcessNode first = start();
                    ProcessNode second = start()) {
                first.awaitReady();
                second.awaitReady();
                await().until(() -> cluster(first).get("members").asInt() == 2);
                long frozen = System.nanoTime();
                second.freeze();
                await().atMost(TAKEN_FOR_GONE)
                        .until(() -> cluster(first).get("members").asInt() == 1);
                System.out.printf("taken for gone after %d ms%n", (System.nanoTime() - frozen) / 1_000_000);
                assertThat(new Api(first.door()).register("ann").id()).isNotEmpty();
                second.thaw();
                await().atMost(Patience.LONG)
                        .until(() -> cluster(first).get("members").asInt() == 2);
                await().atMost(Patience.LONG).until(second::isReady);
                assertThat(new Api(second.door()).register("bob").id()).isNotEmpty();
            }
        }
    }

    @Test
    void aKilledNodeIsGoneAtOnce() {
        try (Postgres postgres = Postgres.create()) {
            settings.put("DATABASE_URL", postgres.url());
            try (ProcessNode first = start();
                    ProcessNode second = start()) {
                first.awaitReady();
                second.awaitReady();
                await().until(() -> cluster(first).get("members").asInt() == 2);
                long killed = System.nanoTime();
                second.kill();
                await().atMost(GONE_AT_ONCE)
                        .until(() -> cluster(first).get("members").asInt() == 1);
                System.out.printf("gone after %d ms%n", (System.nanoTime() - killed) / 1_000_000);
            }
        }
    }

    @Test
    void jsonLogsAreOneObjectForEachEvent() throws IOException {
        settings.put("LOG_FORMAT", "json");
        try (ProcessNode node = start().awaitReady()) {
            String event = node.log()
                    .lines()
                    .filter(line -> line.contains("JWT_SECRET"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Api.JSON.readTree(event).get("level").asText()).isEqualTo("WARN");
            assertStopsCleanly(node);
        }
    }
}
