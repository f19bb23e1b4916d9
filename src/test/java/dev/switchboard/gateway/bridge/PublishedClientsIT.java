package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published clients, unchanged, from npm: the Vert.x event-bus client over SockJS in Node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishedClientsIT {
    private static final Path SOURCES = Path.of("src", "test", "node");
    private static final Path HOME = Path.of("target", "published-clients");

    private BridgeServer server;

    private record Ended(int code, String output) {}

    private static Ended run(String... command) throws IOException, InterruptedException {
        Files.createDirectories(HOME);
        File log = Files.createTempFile(HOME, "run", ".log").toFile();
        Process process = new ProcessBuilder(command)
                .directory(HOME.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Ended(process.waitFor(), Files.readString(log.toPath(), StandardCharsets.UTF_8));
    }

    private static boolean available(String program) throws InterruptedException {
        try {
            return run(program, "--version").code() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @BeforeAll
    void install() throws Exception {
        assumeTrue(available("npm") && available("node"), "Skipped: there is no npm (or node) here to run the clients");
        for (String file : List.of("package.json", "package-lock.json", "published-clients.js")) {
            Files.copy(SOURCES.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Ended installed = run("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund");
        assumeTrue(
                installed.code() == 0,
                () -> "Skipped: npm could not fetch the clients (no registry?): " + installed.output());
        server = new BridgeServer(BridgeServer.DEFAULTS);
        server.hub.welcome = "Größe 😀 \"quoted\" \\ \u0001 \u2028 </script>";
        server.onLogout = caller -> server.revocations.revoke(caller.sessionId());
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling", "eventsource"})
    void theVertxClientWorksUnchanged(String transport) throws Exception {
        Ended ended = run(
                "node",
                "published-clients.js",
                "http://127.0.0.1:" + server.port + "/eventbus",
                transport,
                BridgeServer.token(BridgeServer.ALICE),
                UUID.randomUUID().toString());
        assertThat(ended.output()).contains(transport + ": good");
        assertThat(ended.code()).isZero();
    }
}
