package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.limit.NodeLimiter;
import dev.switchboard.gateway.proxy.Forwarder;
import dev.switchboard.gateway.proxy.Services;
import dev.switchboard.gateway.proxy.SocketOptions;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.PathPattern;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.gateway.route.RouteOptions;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.gateway.upstream.Upstreams;
import dev.switchboard.identity.Revocations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Socket.IO 4 server behind the whole gateway and its own client in front, unchanged, from npm. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SocketIoIT {
    private static final Path SOURCES = Path.of("src", "test", "node", "socketio");
    private static final Path HOME = Path.of("target", "socketio");
    private static final Pattern LISTENING = Pattern.compile("listening on (\\d+)");

    private Process server;
    private Vertx vertx;
    private TestGateway gateway;
    private final List<Services> services = new CopyOnWriteArrayList<>();

    private static Process start(Path log, String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(HOME.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static Path log(String name) throws IOException {
        return Files.createTempFile(HOME.toAbsolutePath(), name, ".log");
    }

    private static boolean succeeds(Path log, String... command) throws Exception {
        try {
            Process process = start(log, command);
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @BeforeAll
    void begin() throws Exception {
        Files.createDirectories(HOME);
        Path log = log("install");
        assumeTrue(
                succeeds(log, "npm", "--version") && succeeds(log, "node", "--version"),
                "Skipped: there is no npm (or node) here to run Socket.IO");
        for (String file : List.of("package.json", "package-lock.json", "server.js", "walk.js")) {
            Files.copy(SOURCES.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        assumeTrue(
                succeeds(log, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund"),
                () -> "Skipped: npm could not fetch Socket.IO (no registry?), see " + log);
        Path output = log("server");
        server = start(output, "node", "server.js");
        int port = await().atMost(Duration.ofSeconds(30)).until(() -> port(output), found -> found > 0);
        vertx = Vertx.vertx();
        var upstreams = new Upstreams(
                vertx, List.of(new UpstreamOptions("chat", List.of(new Address("127.0.0.1", port, false)))));
        var shared = new Services.Shared(
                upstreams,
                new Forwarder.Settings(TestGateway.LOOPS, Duration.ofSeconds(20)),
                new SocketOptions(Duration.ofSeconds(2), Duration.ofSeconds(25)),
                new NoRevocations(),
                new OriginPolicy(List.of()));
        var route = new Route(
                "routes[0]",
                Set.of(),
                PathPattern.of("/socket.io/**"),
                new Access.User(),
                Route.UNLIMITED,
                Duration.ofSeconds(5),
                1 << 20,
                new Target.Service("chat", null));
        gateway = new TestGateway(
                new NodeLimiter(TestGateway.NO_LIMITS),
                TestGateway.OPTIONS,
                new RouteOptions(false, List.of(route)),
                v -> {
                    var made = new Services(v, () -> shared);
                    services.add(made);
                    return made;
                },
                new TestGateway.Names(),
                handlers -> {});
    }

    /** Nobody signs out. */
    private static final class NoRevocations implements Revocations {
        @Override
        public boolean isRevoked(UUID sessionId) {
            return false;
        }

        @Override
        public Future<Void> revoke(UUID sessionId) {
            return Future.succeededFuture();
        }

        @Override
        public Runnable onRevoked(Consumer<UUID> listener) {
            return () -> {};
        }
    }

    private static int port(Path output) throws IOException {
        Matcher matcher = LISTENING.matcher(Files.readString(output));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    @AfterAll
    void end() throws Exception {
        if (gateway != null) {
            gateway.close();
            TestGateway.await(vertx.close());
        }
        if (server != null) {
            server.destroy();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling", "upgrade"})
    void theClientWorksUnchanged(String way) throws Exception {
        Path output = log(way);
        Process client = start(
                output,
                "node",
                "walk.js",
                "http://127.0.0.1:" + gateway.port,
                way,
                "anna",
                TestGateway.ANNA.toString());
        if (!way.equals("polling")) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !client.isAlive() || Files.readString(output).contains("cut me off"));
            services.forEach(s -> s.closeWhere(socket -> socket.route().name().equals("routes[0]")));
        }
        assertThat(client.waitFor(40, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output)).contains(way + ": good");
        assertThat(client.exitValue()).isZero();
    }
}
