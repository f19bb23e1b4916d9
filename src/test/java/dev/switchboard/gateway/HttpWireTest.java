package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no well-behaved client library would send, byte by byte; and how the door closes. */
class HttpWireTest {
    private static final int READ_TIMEOUT_MS = 30_000;

    /** For requests that are under way when the gateway stops. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(25);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final Promise<User> me = Promise.promise();
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = new TestGateway(TestGateway.NO_LIMITS, TestGateway.options(SHUTDOWN), this::serve);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    private void serve(Handlers handlers) {
        handlers.on(AccountOperations.GET_ME, (c, q) -> {
                    asked.countDown();
                    return me.future();
                })
                .on(
                        AccountOperations.VALIDATE_TOKEN,
                        (c, q) -> Future.succeededFuture(new AccountOperations.TokenStatus(true, null)));
    }

    private static User user() {
        return new User(TestGateway.ANNA, "anna", "Anna", null, null, List.of(), null, Instant.EPOCH);
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        return socket;
    }

    /** The lines of a request, its empty line included; what follows is the body. */
    private static String lines(String... lines) {
        return String.join("\r\n", lines);
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Everything up to the end of the connection. */
    private String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String readUntil(Socket socket, String end) throws IOException {
        InputStream in = socket.getInputStream();
        var text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }

    @Test
    void aNodeThatIsAboutToStopAnswersAndEndsTheConnection() throws Exception {
        gateway.ready.set(false);

        assertThat(exchange("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("connection: close\r\n")
                .endsWith("{\"status\":\"ok\"}");
    }

    @Test
    void aLongAddressIsRefused() throws Exception {
        assertThat(exchange("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .matches("(?s)HTTP/1.[01] 414 .*")
                .contains("\"code\":\"uri_too_long\"", "\"path\":\"\"", "\"requestId\":\"");
    }

    @Test
    void largeHeadersAreRefused() throws Exception {
        assertThat(exchange("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(17_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ")
                .contains("\"code\":\"headers_too_large\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
                "GET /api/v1/users/%zz HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna\r\nConnection: close\r\n\r\n",
                "GET /api/v1/messages?limit=%zz HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna\r\nConnection: close\r\n\r\n",
                "nonsense\r\n\r\n",
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\nConnection: close\r\n\r\n{}",
                "GET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\nConnection: close\r\n\r\n"
            })
    void malformedRequestsAreRefused(String request) throws Exception {
        assertThat(exchange(request)).matches("(?s)HTTP/1.[01] 400 .*").contains("\"code\":\"bad_request\"");
    }

    @Test
    void twoFramingsLetNothingThrough() throws Exception {
        String smuggled = exchange(lines(
                "POST /api/v1/auth/validate-token HTTP/1.1",
                "Host: a",
                "Content-Type: application/json",
                "Content-Length: 5",
                "Transfer-Encoding: chunked",
                "",
                "0",
                "",
                "GET /health/live HTTP/1.1",
                "Host: a",
                "Connection: close",
                "",
                ""));

        assertThat(smuggled).startsWith("HTTP/1.1 400 ").doesNotContain("{\"status\":\"ok\"}");
    }

    @Test
    void aRefusedClientCannotSendForEver() throws Exception {
        try (Socket socket = connect()) {
            write(
                    socket,
                    lines(
                            "POST /api/v1/auth/login HTTP/1.1",
                            "Host: a",
                            "Content-Type: application/json",
                            "Transfer-Encoding: chunked",
                            "",
                            ""));
            String chunk = "400\r\n" + "x".repeat(0x400) + "\r\n";
            for (int i = 0; i < 8; i++) {
                write(socket, chunk);
            }
            assertThat(readUntil(socket, "}")).startsWith("HTTP/1.1 413 ").contains("payload_too_large");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aRefusedClientThatEndsKeepsItsConnection() throws Exception {
        try (Socket socket = connect()) {
            write(
                    socket,
                    lines(
                            "POST /api/v1/auth/logout HTTP/1.1",
                            "Host: a",
                            "Content-Type: application/json",
                            "Content-Length: 2",
                            "",
                            "{}GET /health/live HTTP/1.1",
                            "Host: a",
                            "",
                            ""));
            assertThat(readUntil(socket, "{\"status\":\"ok\"}"))
                    .startsWith("HTTP/1.1 401 ")
                    .contains("HTTP/1.1 200 ");
        }
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOn() throws Exception {
        try (Socket socket = connect()) {
            write(
                    socket,
                    lines(
                            "POST /api/v1/auth/validate-token HTTP/1.1",
                            "Host: a",
                            "Content-Type: application/json",
                            "Expect: 100-continue",
                            "Content-Length: 13",
                            "",
                            ""));
            assertThat(readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 100 ");
            write(socket, "{\"token\":\"t\"}");
            assertThat(readUntil(socket, "{\"valid\":true}")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void anUnknownAddressFormHarmsNothing() throws Exception {
        assertThat(exchange("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404 ");
        assertThat(exchange("CONNECT a:80 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 40");
        assertThat(exchange("GET http://evil/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requestsInFlightFinishAndIdleConnectionsDoNotDelayTheStop(boolean drainedBefore) throws Exception {
        try (Socket idle = connect();
                Socket busy = connect()) {
            write(idle, "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
            readUntil(idle, "{\"status\":\"ok\"}");
            write(busy, "GET /api/v1/users/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna\r\n\r\n");
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

            long begun = System.nanoTime();
            Future<?> stopping = drainedBefore ? gateway.drain(SHUTDOWN) : gateway.undeploy();
            Awaitility.await().untilTrue(gateway.drained);
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            assertThat(stopping.isComplete()).isFalse();
            me.complete(user());

            assertThat(readUntil(busy, "}")).startsWith("HTTP/1.1 200 ");
            TestGateway.await(stopping);
            assertThat(System.nanoTime() - begun)
                    .isLessThan(SHUTDOWN.dividedBy(2).toNanos());
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            if (drainedBefore) {
                TestGateway.await(gateway.undeploy());
            }
        }
    }
}
