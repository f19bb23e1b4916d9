package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.switchboard.config.Authorities;
import dev.switchboard.gateway.Certificates;
import dev.switchboard.gateway.proxy.SocketGateway.Settings;
import dev.switchboard.gateway.upstream.Address;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real WebSocket clients and servers on both sides: what they agree on, and TLS. */
class SocketPeersTest {

    @TempDir
    private static Path folder;

    private static Certificates keys;

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<ServerWebSocket> accepted = new LinkedBlockingQueue<>();
    /** Vert.x closes a client that nobody refers to any more. */
    private final List<WebSocketClient> clients = new ArrayList<>();

    private SocketGateway gateway;

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = Certificates.make(folder);
    }

    @AfterEach
    void stop() throws Exception {
        result(vertx.close());
        if (gateway != null) {
            gateway.close();
        }
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static PfxOptions store() {
        return new PfxOptions().setPath(keys.store()).setPassword(Certificates.PASSWORD);
    }

    private static Authorities believed() throws Exception {
        return Authorities.read(Path.of(keys.certificate()));
    }

    private static HttpServerOptions listener(boolean tls) {
        var options = new HttpServerOptions();
        return tls ? options.setSsl(true).setUseAlpn(true).setKeyCertOptions(store()) : options;
    }

    private void start(HttpServerOptions service, boolean tlsOfGateway) throws Exception {
        var server = vertx.createHttpServer(service).webSocketHandler(ws -> {
            ws.textMessageHandler(text -> ws.writeTextMessage("echo " + text));
            accepted.add(ws);
        });
        int port = result(server.listen(0, "localhost")).actualPort();
        gateway = new SocketGateway(
                Settings.USUAL, new Address("localhost", port, service.isSsl()), listener(tlsOfGateway), believed());
    }

    private Future<WebSocket> connect(WebSocketClientOptions options, WebSocketConnectOptions how) {
        WebSocketClient client =
                vertx.createWebSocketClient(options.setTrustOptions(store()).setVerifyHost(false));
        clients.add(client);
        return client.connect(
                how.setHost("localhost").setPort(gateway.port).setURI("/ws").setSsl(options.isSsl()));
    }

    private static String echo(WebSocket ws, String text) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        ws.textMessageHandler(answer::complete);
        result(ws.writeTextMessage(text));
        return answer.get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "client", "service", "both"})
    void tlsOnEitherSide(String where) throws Exception {
        boolean outside = where.equals("client") || where.equals("both");
        boolean inside = where.equals("service") || where.equals("both");
        start(listener(inside), outside);
        WebSocket ws = result(connect(new WebSocketClientOptions().setSsl(outside), new WebSocketConnectOptions()));
        String large = "x".repeat(60_000);
        for (int i = 0; i < 20; i++) {
            assertThat(echo(ws, large + i)).isEqualTo("echo " + large + i);
        }
        CompletableFuture<Short> code = new CompletableFuture<>();
        ws.closeHandler(v -> code.complete(ws.closeStatusCode()));
        result(accepted.take().close((short) 4321, "enough"));
        assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo((short) 4321);
        await().until(() -> gateway.held() == 0);
    }

    @Test
    void aServiceWhoseCertificateIsForAnotherNameIsUnreachable() throws Exception {
        start(listener(true), false);
        int port = gateway.upstream.options().addresses().get(0).port();
        try (var stranger =
                new SocketGateway(Settings.USUAL, new Address("127.0.0.1", port, true), listener(false), believed())) {
            try (SocketWire client = stranger.client()) {
                assertThat(client.upgrade("/ws").head().status()).isEqualTo(503);
            }
            await().untilAsserted(() -> assertThat(stranger.upstream.outcomes).containsExactly("UNREACHABLE"));
        }
    }

    @Test
    void theTwoEndsAgreeOnCompression() throws Exception {
        start(listener(false).setPerMessageWebSocketCompressionSupported(true), false);
        WebSocket ws = result(connect(
                new WebSocketClientOptions().setTryUsePerMessageCompression(true), new WebSocketConnectOptions()));
        assertThat(ws.headers().get("Sec-WebSocket-Extensions")).startsWith("permessage-deflate");
        String text = "squeeze me ".repeat(3_000);
        for (int i = 0; i < 5; i++) {
            assertThat(echo(ws, text)).isEqualTo("echo " + text);
        }
        CompletableFuture<Short> code = new CompletableFuture<>();
        ws.closeHandler(v -> code.complete(ws.closeStatusCode()));
        gateway.forwarder.closeWhere(socket -> true);
        assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo((short) 1001);
    }

    @Test
    void theServiceChoosesTheSubprotocol() throws Exception {
        start(listener(false).setWebSocketSubProtocols(List.of("v1.chat")), false);
        WebSocket ws = result(connect(
                new WebSocketClientOptions(),
                new WebSocketConnectOptions().addSubProtocol("v2.chat").addSubProtocol("v1.chat")));
        assertThat(ws.subProtocol()).isEqualTo("v1.chat");
        assertThat(accepted.take().subProtocol()).isEqualTo("v1.chat");
    }

    @Test
    void fragmentsAndPingsArriveAsSuch() throws Exception {
        start(listener(false), false);
        WebSocket ws = result(connect(new WebSocketClientOptions(), new WebSocketConnectOptions()));
        ServerWebSocket service = accepted.take();
        BlockingQueue<WebSocketFrame> frames = new LinkedBlockingQueue<>();
        service.frameHandler(frames::add);
        ws.writeFrame(WebSocketFrame.binaryFrame(Buffer.buffer("one "), false));
        result(ws.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("two"), true)));
        assertThat(frames.take().isFinal()).isFalse();
        WebSocketFrame second = frames.take();
        assertThat(second.isContinuation() && second.isFinal()).isTrue();
        CompletableFuture<Buffer> pong = new CompletableFuture<>();
        ws.pongHandler(pong::complete);
        result(ws.writePing(Buffer.buffer("there?")));
        assertThat(pong.get(30, TimeUnit.SECONDS).toString()).isEqualTo("there?");
    }

    @Test
    void aRefusalReachesTheClient() throws Exception {
        var server = vertx.createHttpServer().webSocketHandshakeHandler(h -> h.reject(418));
        int port = result(server.listen(0, "localhost")).actualPort();
        gateway = new SocketGateway(Settings.USUAL, new Address("localhost", port, false), listener(false), null);
        assertThatThrownBy(() -> result(connect(new WebSocketClientOptions(), new WebSocketConnectOptions())))
                .hasRootCauseInstanceOf(UpgradeRejectedException.class)
                .rootCause()
                .satisfies(e ->
                        assertThat(((UpgradeRejectedException) e).getStatus()).isEqualTo(418));
    }
}
