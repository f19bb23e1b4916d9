package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Secret;
import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.http.Admitted;
import dev.switchboard.gateway.http.Exchange;
import dev.switchboard.gateway.proxy.Forwarder;
import dev.switchboard.gateway.proxy.Services;
import dev.switchboard.gateway.proxy.SocketOptions;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.PathPattern;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.gateway.upstream.Upstreams;
import dev.switchboard.identity.Revocations;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WebSockets through the listener as it is set up, with and without HTTP/2 and TLS. */
class ListenerSocketsTest {
    private static final int HEADERS = 16 * 1024;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int ENABLE_CONNECT_PROTOCOL = 8;
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

    private WebSocketClient sockets;

    @AfterEach
    void stop() throws Exception {
        TestGateway.await(vertx.close());
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

    private TlsOptions tls() throws Exception {
        return new TlsOptions.Store(Certificates.make(folder).store(), new Secret(Certificates.PASSWORD));
    }

    private HttpServer start(boolean http2, boolean tls) throws Exception {
        HttpServer service = vertx.createHttpServer()
                .webSocketHandler(ws -> ws.textMessageHandler(text -> ws.writeTextMessage("echo " + text)));
        var address = new Address(
                "127.0.0.1", TestGateway.await(service.listen(0, "127.0.0.1")).actualPort(), false);
        var shared = new Services.Shared(
                new Upstreams(
                        vertx, List.of(new UpstreamOptions("chat", List.of(address), LONG, LONG, LONG, 10, 10, 10))),
                new Forwarder.Settings(1, LONG),
                new SocketOptions(Duration.ofMinutes(5), LONG),
                new NoRevocations(),
                new OriginPolicy(List.of()));
        var route = new Route(
                "routes[0]",
                Set.of(),
                PathPattern.of("/ws"),
                new Access.Public(),
                Route.UNLIMITED,
                LONG,
                1_024,
                new Target.Service("chat", null));
        Services services = TestGateway.await(
                Future.future(p -> vertx.runOnContext(v -> p.complete(new Services(vertx, () -> shared)))));
        Router router = Router.router(vertx);
        router.route("/ws")
                .handler(rc -> services.forward(
                        rc, new Admitted(route, "/ws", null, new Exchange("r-1", "203.0.113.9", tls))));
        var options = Protocols.of(http2, tls ? tls() : null, HEADERS)
                .setHost("localhost")
                .setPort(0)
                .setIdleTimeout(180)
                .setCompressionSupported(true)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        return TestGateway.await(
                PriorKnowledge.createHttpServer(vertx, options, () -> Duration.ofSeconds(10), socket -> true)
                        .requestHandler(router)
                        .listen());
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void aWebSocketPassesAndIsSentAwayWhenTheServerStops(boolean http2, boolean tls) throws Exception {
        HttpServer server = start(http2, tls);
        var client = new WebSocketClientOptions();
        if (tls) {
            client.setSsl(true)
                    .setTrustOptions(new PfxOptions()
                            .setPath(folder.resolve("a.p12").toString())
                            .setPassword(Certificates.PASSWORD));
        }
        // Vert.x closes a client that nobody holds.
        sockets = vertx.createWebSocketClient(client);
        WebSocket ws = TestGateway.await(sockets.connect(new WebSocketConnectOptions()
                .setHost("localhost")
                .setPort(server.actualPort())
                .setURI("/ws")));
        CompletableFuture<String> answer = new CompletableFuture<>();
        CompletableFuture<Short> code = new CompletableFuture<>();
        ws.textMessageHandler(answer::complete);
        ws.closeHandler(v -> code.complete(ws.closeStatusCode()));
        String text = "x".repeat(50_000);
        TestGateway.await(ws.writeTextMessage(text));
        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("echo " + text);
        Future<Void> stopped = server.shutdown(2, TimeUnit.SECONDS);
        assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo((short) 1012);
        TestGateway.await(stopped);
    }

    /** RFC 8441: it is not announced, and to whom it is not such a request is malformed (RFC 9113 §8.5). */
    @Test
    void aWebSocketOverHttp2IsRefused() throws Exception {
        var gateway = new TestGateway(TestGateway.NO_LIMITS, handlers -> {});
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
            socket.setSoTimeout(30_000);
            var ask = new ByteArrayOutputStream();
            ask.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            ask.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            var fields = new ByteArrayOutputStream();
            List.of(
                            Map.entry(":method", "CONNECT"),
                            Map.entry(":protocol", "websocket"),
                            Map.entry(":scheme", "http"),
                            Map.entry(":path", "/ws"),
                            Map.entry(":authority", "a"),
                            Map.entry("sec-websocket-version", "13"))
                    .forEach(field -> {
                        // Literal, not indexed, a new name, no Huffman code (RFC 7541 §6.2.2).
                        fields.write(0);
                        fields.write(field.getKey().length());
                        fields.writeBytes(field.getKey().getBytes(StandardCharsets.US_ASCII));
                        fields.write(field.getValue().length());
                        fields.writeBytes(field.getValue().getBytes(StandardCharsets.US_ASCII));
                    });
            // A HEADERS frame with END_HEADERS, on stream 1.
            ask.writeBytes(new byte[] {0, 0, (byte) fields.size(), 1, 4, 0, 0, 0, 1});
            ask.writeBytes(fields.toByteArray());
            socket.getOutputStream().write(ask.toByteArray());

            var in = new DataInputStream(socket.getInputStream());
            int type = 0;
            byte[] payload = {};
            while (type != RST_STREAM) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                type = in.readUnsignedByte();
                in.skipNBytes(5);
                payload = in.readNBytes(length);
                for (int i = 0; type == SETTINGS && i < length; i += 6) {
                    assertThat(payload[i] << 8 | payload[i + 1]).isNotEqualTo(ENABLE_CONNECT_PROTOCOL);
                }
            }
            assertThat(payload).as("PROTOCOL_ERROR").containsExactly(0, 0, 0, 1);
            // Only the stream: the connection answers a ping still.
            socket.getOutputStream().write(new byte[] {0, 0, 8, PING, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
            while (type != PING) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                type = in.readUnsignedByte();
                in.skipNBytes(5L + length);
            }
        } finally {
            gateway.close();
        }
    }
}
