package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Secret;
import dev.switchboard.gateway.http.ClientConnections;
import dev.switchboard.gateway.http.TrustedProxies;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.SocketFactory;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which protocol a client gets. */
class ProtocolsTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String UPGRADE =
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
    private static final int HEADERS = 16 * 1024;

    private Duration patience = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final AtomicInteger connections = new AtomicInteger();

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() throws Exception {
        TestGateway.await(vertx.close());
    }

    private int listen(HttpServerOptions options) throws Exception {
        return listen(options, socket -> true);
    }

    private int listen(HttpServerOptions options, Predicate<NetSocket> admission) throws Exception {
        HttpServer server = PriorKnowledge.createHttpServer(
                        vertx, options.setHost("127.0.0.1").setPort(0), () -> patience, admission)
                .connectionHandler(connection -> connections.incrementAndGet())
                .requestHandler(request -> request.response()
                        .end(request.version() + " " + request.method() + " "
                                + request.headers().contains("upgrade")));
        return TestGateway.await(server.listen()).actualPort();
    }

    private static String raw(int port, String... pieces) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.setTcpNoDelay(true);
            for (String piece : pieces) {
                socket.getOutputStream().write(piece.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
            }
            InputStream in = socket.getInputStream();
            var text = new StringBuilder();
            while (text.indexOf("false") < 0 && text.indexOf("true") < 0) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                text.append((char) next);
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "PRI", "P", "OPTIONS"})
    void anOfferToUpgradeIsIgnored(String method) throws Exception {
        int port = listen(Protocols.of(true, null, HEADERS));
        String request = method + " / HTTP/1.1\r\nHost: a\r\n" + UPGRADE + "\r\n";

        assertThat(raw(port, request)).startsWith("HTTP/1.1 200 ").endsWith("HTTP_1_1 " + method + " true");
        assertThat(raw(port, request.split("(?<=.)", -1)))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("HTTP_1_1 " + method + " true");
    }

    @Test
    void otherUpgradesAreNotTouched() throws Exception {
        int port = listen(Protocols.of(true, null, HEADERS));

        assertThat(raw(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"))
                .endsWith("HTTP_1_1 GET true");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutTlsItIsSpokenFromTheFirstByte(boolean http2) throws Exception {
        int port = listen(Protocols.of(http2, null, HEADERS));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
            socket.getOutputStream().write(PREFACE.substring(0, 9).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            socket.getOutputStream().write(PREFACE.substring(9).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(settings);
            socket.getOutputStream().flush();
            byte[] answer = socket.getInputStream().readNBytes(9);

            // A SETTINGS frame has type 4; HTTP/1.1 answers with letters.
            assertThat(answer[3] == 4 && answer[0] == 0).isEqualTo(http2);
        }
    }

    @Test
    void aClientOfTheJdkOffersAndGoesOn() throws Exception {
        int port = listen(Protocols.of(true, null, HEADERS));
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(answer.body()).isEqualTo("HTTP_1_1 GET true");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneAddressHasOnlySoManyConnections(boolean tls) throws Exception {
        Certificates made = Certificates.make(folder);
        var limit = new ClientConnections(2, new TrustedProxies(List.of()));
        int port = listen(
                Protocols.of(true, tls ? new TlsOptions.Pem(made.certificate(), made.key()) : null, HEADERS),
                limit::admit);
        SocketFactory sockets = tls ? made.trusting().getSocketFactory() : SocketFactory.getDefault();
        String request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        try (Socket first = sockets.createSocket("localhost", port);
                Socket second = sockets.createSocket("localhost", port)) {
            for (Socket open : List.of(first, second)) {
                open.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                assertThat(open.getInputStream().read()).isEqualTo('H');
            }
            try (Socket third = sockets.createSocket("localhost", port)) {
                third.setSoTimeout(30_000);
                assertThat(third.getInputStream().read()).isNegative();
            }
            assertThat(limit.refused()).isEqualTo(1);
        }
        // As long as the first two are not seen to be gone it is sent away still, which it may notice when it writes.
        Awaitility.await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            try (Socket again = sockets.createSocket("localhost", port)) {
                again.setSoTimeout(30_000);
                again.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                return again.getInputStream().read() == 'H';
            }
        });
    }

    @Test
    void theConnectionIsSetUpBeforeItsFirstRequest() throws Exception {
        int port = listen(Protocols.of(true, null, HEADERS));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write('P');
            socket.getOutputStream().flush();
            socket.getOutputStream().write('U');
            socket.getOutputStream().flush();
            Awaitility.await().untilAtomic(connections, Matchers.is(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "PRI * HTTP/2.0"})
    void whoDoesNotSayWhatItSpeaksIsSentAway(String beginning) throws Exception {
        patience = Duration.ofMillis(800);
        int port = listen(Protocols.of(true, null, HEADERS));

        assertThat(raw(port, beginning)).isEmpty();
        assertThat(connections).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"true,true,HTTP_2", "true,false,HTTP_2", "false,true,HTTP_1_1"})
    void withTlsTheyAgreeOnIt(boolean http2, boolean pem, String version) throws Exception {
        Certificates made = Certificates.make(folder);
        TlsOptions tls = pem
                ? new TlsOptions.Pem(made.certificate(), made.key())
                : new TlsOptions.Store(made.store(), new Secret(Certificates.PASSWORD));
        int port = listen(Protocols.of(http2, tls, HEADERS));
        HttpResponse<String> answer = HttpClient.newBuilder()
                .sslContext(made.trusting())
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.body()).isEqualTo(version + " GET false");
    }
}
