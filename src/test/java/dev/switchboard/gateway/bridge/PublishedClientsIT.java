package dev.switchboard.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import io.vertx.ext.web.handler.FileSystemAccess;
import io.vertx.ext.web.handler.StaticHandler;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published clients, unchanged, from npm: the Vert.x event-bus client over SockJS, in Node and in a browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishedClientsIT {
    private static final Path SOURCES = Path.of("src", "test", "node");
    private static final Path HOME = Path.of("target", "published-clients");

    private BridgeServer server;

    /** Lets every page in. */
    private BridgeServer elsewhere;

    /** Of all who walk in one; null until somebody does. */
    private Playwright playwright;

    private Browser browser;

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
        for (String file : List.of("package.json", "package-lock.json", "walk.js", "page.html")) {
            Files.copy(SOURCES.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Ended installed = run("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund");
        assumeTrue(
                installed.code() == 0,
                () -> "Skipped: npm could not fetch the clients (no registry?): " + installed.output());
        server = server(BridgeServer.PAGE);
        elsewhere = server("*");
    }

    private static BridgeServer server(String origin) throws Exception {
        BridgeServer made = new BridgeServer(
                BridgeServer.DEFAULTS,
                3,
                router -> router.route("/clients/*")
                        .handler(StaticHandler.create(
                                FileSystemAccess.ROOT, HOME.toAbsolutePath().toString())),
                origin);
        made.hub.welcome = "Größe 😀 \"quoted\" \\ \u0001 \u2028 </script>";
        made.onLogout = caller -> made.revocations.revoke(caller.sessionId());
        return made;
    }

    @AfterAll
    void stop() {
        if (playwright != null) {
            playwright.close();
        }
        if (server != null) {
            server.close();
        }
        if (elsewhere != null) {
            elsewhere.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling", "eventsource"})
    void theVertxClientWorksUnchangedInNode(String transport) throws Exception {
        Ended ended = run(
                "node",
                "walk.js",
                "http://127.0.0.1:" + server.port + "/eventbus",
                transport,
                BridgeServer.token(BridgeServer.ALICE),
                UUID.randomUUID().toString());
        assertThat(ended.output()).contains(transport + ": good");
        assertThat(ended.code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling", "eventsource"})
    void theVertxClientWorksUnchangedInChromium(String transport) {
        walkInChromium("/eventbus", transport);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling"})
    void aPageOfAnotherOriginMayUseItWhenAllMay(String transport) {
        walkInChromium("http://127.0.0.1:" + elsewhere.port + "/eventbus", transport);
    }

    private void walkInChromium(String url, String transport) {
        Path chromium = Path.of("/usr/bin/chromium");
        assumeTrue(Files.isExecutable(chromium), "Skipped: there is no " + chromium + " here");
        if (playwright == null) {
            playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            browser = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(chromium));
        }
        try (BrowserContext context = browser.newContext()) {
            Page page = context.newPage();
            page.navigate("http://127.0.0.1:" + server.port + "/clients/page.html");
            Object end = page.evaluate(
                    "a => walk(EventBus, ...a)",
                    List.of(
                            url,
                            transport,
                            BridgeServer.token(BridgeServer.ALICE),
                            UUID.randomUUID().toString()));
            assertThat(end).isEqualTo(transport + ": good");
        }
    }
}
