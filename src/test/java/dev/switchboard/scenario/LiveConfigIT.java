package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.app.Node;
import dev.switchboard.gateway.Certificates;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Scrape;
import dev.switchboard.support.TestNodes;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files under a node's {@code conf} folder are edited while it serves. */
class LiveConfigIT {
    @TempDir
    private Path conf;

    private final Vertx vertx = Vertx.vertx();
    private TestNodes nodes;
    private Api api;
    private Account anna;

    @BeforeEach
    void start() throws Exception {
        write("switchboard.yaml", "log: { level: info }\n");
        nodes = TestNodes.start(0);
        nodes.add(conf, Map.of("CONFIG_WATCH", "100ms"));
        api = new Api(nodes.doors().get(0));
        anna = api.register("anna");
    }

    @AfterEach
    void stop() throws Exception {
        nodes.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private void write(String file, String text) throws IOException {
        Path draft = Files.writeString(conf.resolve(".draft"), text);
        Files.move(draft, conf.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    private JsonNode health() {
        return api.call("GET", "/health", null, null).body().at("/info/config");
    }

    private int status(String path) {
        return api.call("GET", path, anna, null).status();
    }

    private void awaitStatus(String path, int status) {
        await().untilAsserted(() -> assertThat(status(path)).isEqualTo(status));
    }

    private void awaitHealth(String status) {
        await().untilAsserted(() -> assertThat(health().get("status").asText()).isEqualTo(status));
    }

    private String service(String says) throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.response().end("{\"from\":\"" + says + "\"}"))
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
        return "http://127.0.0.1:" + server.actualPort();
    }

    @Test
    void routesAndServicesComeAndGo() throws Exception {
        assertThat(status("/shop/1")).isEqualTo(404);
        write(
                "routes.yaml",
                "upstreams: { shop: { addresses: " + service("one") + " } }\n"
                        + "routes:\n  - { path: /shop/**, upstream: shop }\n");
        awaitStatus("/shop/1", 200);
        write(
                "routes.yaml",
                "upstreams: { till: { addresses: " + service("two") + " } }\n"
                        + "routes:\n  - { path: /shop/**, upstream: till }\n  - { path: /till, upstream: till }\n");
        awaitStatus("/till", 200);
        assertThat(api.call("GET", "/shop/1", anna, null).ok().get("from").asText())
                .isEqualTo("two");
        write("routes.yaml", "routes: []\n");
        awaitStatus("/till", 404);
    }

    @Test
    void metricsMoveToAPortOfTheirOwnAndBack() throws Exception {
        URI door = nodes.doors().get(0);
        assertThat(Scrape.of(door).sum("switchboard_config_changes_total")).isZero();
        int port = Ports.free();
        write("switchboard.yaml", "metrics: { port: " + port + ", host: 127.0.0.1 }\n");
        // Until then the answer is no JSON.
        await().ignoreExceptions().until(() -> status("/metrics") == 404);
        Scrape own = Scrape.of(URI.create("http://127.0.0.1:" + port));
        assertThat(own.sum("switchboard_config_rejected")).isZero();
        write("switchboard.yaml", "metrics: { prot: 1 }\n");
        await().until(() -> Scrape.of(URI.create("http://127.0.0.1:" + port)).sum("switchboard_config_rejected") == 1);
        write("switchboard.yaml", "metrics: { host: 127.0.0.1 }\n");
        await().until(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return !socket.isConnected();
            } catch (ConnectException gone) {
                return true;
            }
        });
        // The port goes before the change is done.
        await().untilAsserted(() -> {
            Scrape again = Scrape.of(door);
            assertThat(again.sum("switchboard_config_changes_total", "result", "applied"))
                    .isEqualTo(2);
            assertThat(again.sum("switchboard_config_changes_total", "result", "rejected"))
                    .isEqualTo(1);
            assertThat(again.sum("switchboard_config_rejected")).isZero();
        });
    }

    @Test
    void whatIsWrongChangesNothingAndIsSaid() throws Exception {
        String hash = health().get("hash").asText();
        for (String wrong :
                new String[] {"server: { port: abc }\n", "server: [", "", "# nothing\n", "servr: { port: 1 }\n"}) {
            write("switchboard.yaml", wrong);
            awaitHealth("rejected");
            assertThat(health().at("/errors/0").asText()).isNotEmpty();
            assertThat(health().get("hash").asText()).isEqualTo(hash);
            write("switchboard.yaml", "log: { level: info }\n");
            awaitHealth("ok");
        }
        Files.delete(conf.resolve("switchboard.yaml"));
        awaitHealth("rejected");
        assertThat(health().at("/errors/0").asText()).contains("is gone");
        write("switchboard.yaml", "meetings: { grace: 7s }\n");
        awaitHealth("ok");
        assertThat(health().get("hash").asText()).isNotEqualTo(hash);
        assertThat(nodes.node(0).config().refused()).isEqualTo(6);
        assertThat(nodes.node(0).config().accepted()).isEqualTo(1);
    }

    @Test
    void headersOriginsLimitsAndMeetingsChangeInPlaceAndSocketsStay() throws Exception {
        try (BusClient socket = BusClient.connect(api.base(), anna)) {
            write(
                    "switchboard.yaml",
                    """
                    server: { corsOrigin: "https://a.example", headers: { X-Mine: "yes" } }
                    limits: { tiers: { default: { limit: 2, window: 1h, burst: 2 } } }
                    meetings: { maxParticipants: 3 }
                    cluster: { name: other }
                    """);
            await().until(() -> nodes.node(0).config().accepted() == 1);
            await().untilAsserted(() -> assertThat(health().path("pending"))
                    .extracting(JsonNode::asText)
                    .containsExactly("cluster"));
            assertThat(status("/api/v1/users/me")).isEqualTo(200);
            assertThat(status("/api/v1/users/me")).isEqualTo(200);
            assertThat(status("/api/v1/users/me")).isEqualTo(429);
            write("switchboard.yaml", "meetings: { maxParticipants: 3 }\n");
            awaitStatus("/api/v1/users/me", 200);
            assertThat(api.call("POST", "/api/v1/meetings", anna, Map.of("title", "x", "capacity", 4))
                            .status())
                    .isEqualTo(400);
            await().until(() -> !health().has("pending"));
            assertThat(socket.request("user:me", Map.of()).get("id").asText()).isEqualTo(anna.id());
        }
    }

    @Test
    void aListenerMovesAndTheOldOneIsDrained() throws Exception {
        int old = api.base().getPort();
        int free = Ports.free();
        try (BusClient socket = BusClient.connect(api.base(), anna);
                var taken = new java.net.ServerSocket(0)) {
            write("switchboard.yaml", "server: { port: " + taken.getLocalPort() + " }\n");
            awaitHealth("rejected");
            assertThat(health().at("/errors/0").asText())
                    .contains("server.port")
                    .contains("cannot listen");
            assertThat(nodes.node(0).port()).isEqualTo(old);

            write("switchboard.yaml", "server: { port: " + free + " }\n");
            assertThat(socket.closed().get(20, TimeUnit.SECONDS)).isEqualTo(1012);
            api = new Api(URI.create("http://127.0.0.1:" + free));
            awaitHealth("ok");
            assertThat(nodes.node(0).port()).isEqualTo(free);
            try (BusClient again = BusClient.connect(api.base(), anna)) {
                write("switchboard.yaml", "server: { port: " + free + ", maxFrame: 32KiB }\n");
                assertThat(again.closed().get(20, TimeUnit.SECONDS)).isEqualTo(1012);
            }
            assertThat(status("/api/v1/users/me")).isEqualTo(200);
        }
    }

    @Test
    void secretsRotate() throws Exception {
        String first = "a secret that is only good for tests, really";
        String second = "another secret that is only good for tests";
        write("switchboard.yaml", "auth: { jwtSecret: \"" + second + "\", acceptedSecrets: [\"" + first + "\"] }\n");
        await().until(() -> nodes.node(0).config().accepted() == 1);
        assertThat(status("/api/v1/users/me")).isEqualTo(200);
        Account berta = api.register("berta");
        write("switchboard.yaml", "auth: { jwtSecret: \"" + second + "\" }\n");
        awaitStatus("/api/v1/users/me", 401);
        assertThat(api.call("GET", "/api/v1/users/me", berta, null).status()).isEqualTo(200);
    }

    @Test
    void nodesSeeThatOthersHaveOtherSettings(@TempDir Path other) throws Exception {
        Files.writeString(other.resolve("switchboard.yaml"), "meetings: { grace: 7s }\n");
        nodes.add(other, Map.of("CONFIG_WATCH", "100ms"));

        awaitHealth("mismatch");
        assertThat(health().get("nodes")).hasSize(1);
        write("switchboard.yaml", "meetings: { grace: 7s }\n");
        awaitHealth("ok");
    }

    @Test
    void certificatesAreReplacedWhileConnectionsStay(@TempDir Path other, @TempDir Path renewed) throws Exception {
        Certificates first = Certificates.make(other);
        Certificates second = Certificates.make(renewed);
        Files.writeString(
                other.resolve("switchboard.yaml"),
                "server: { tls: { certificate: " + first.certificate() + ", key: " + first.key() + " } }\n");
        Node node = nodes.add(other, Map.of("CONFIG_WATCH", "100ms"));
        byte[] old;
        try (SSLSocket open = connect(node)) {
            old = shown(open);
            // The one before the other: until both are there nothing changes.
            replace(second.certificate(), first.certificate());
            await().until(() -> node.config().refused() == 1);
            try (SSLSocket meanwhile = connect(node)) {
                assertThat(shown(meanwhile)).isEqualTo(old);
            }
            replace(second.key(), first.key());
            await().until(() -> node.config().accepted() == 1);
            try (SSLSocket after = connect(node)) {
                assertThat(shown(after)).isNotEqualTo(old);
            }
            open.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(open.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void whoTheServicesAreBelievedIsReplacedToo(@TempDir Path other, @TempDir Path renewed) throws Exception {
        Certificates first = Certificates.make(other);
        Certificates second = Certificates.make(renewed);
        int port = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(second.certificate())
                                .setKeyPath(second.key())))
                .requestHandler(request -> request.response().end("{\"from\":\"behind TLS\"}"))
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS)
                .actualPort();
        Path believed = Files.copy(Path.of(first.certificate()), conf.resolve("services.pem"));
        write(
                "routes.yaml",
                "upstreams: { safe: { addresses: 'https://localhost:" + port + "', tls: { ca: " + believed + " } } }\n"
                        + "routes: [{ path: /safe, upstream: safe }]\n");
        awaitStatus("/safe", 503);

        write("services.pem", "not a certificate\n");
        awaitHealth("rejected");
        assertThat(health().at("/errors/0").asText()).contains("upstreams.safe.tls.ca");
        write("services.pem", Files.readString(Path.of(second.certificate())));
        awaitStatus("/safe", 200);
        awaitHealth("ok");
    }

    /** At once: of half a file the node would say that it is bad, and count that. */
    private static void replace(String by, String file) throws IOException {
        Path draft = Files.copy(Path.of(by), Path.of(file + "~"));
        Files.move(draft, Path.of(file), StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] shown(SSLSocket socket) throws Exception {
        return socket.getSession().getPeerCertificates()[0].getEncoded();
    }

    /** Believes every certificate: what is looked at is which one it is. */
    private static SSLSocket connect(Node node) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", node.port());
        socket.startHandshake();
        return socket;
    }
}
