package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Handlers;
import dev.switchboard.gateway.http.ClientTimes;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send little by little (slowloris and its kin), byte by byte. */
class SlowClientsTest {
    private static final Duration HEADER = Duration.ofMillis(600);
    private static final Duration BODY = Duration.ofMillis(800);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(3);
    private static final Duration STALL = Duration.ofMillis(1_500);
    private static final int MIN_RATE = 1_000;
    private static final int READ_TIMEOUT_MS = 30_000;
    private static final int DRIP_MS = 50;

    private static final Promise<User> LATE = Promise.promise();
    private static final ScheduledExecutorService DRIPS = Executors.newScheduledThreadPool(2);
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        var times = new ClientTimes(HEADER, BODY, MIN_RATE, KEEP_ALIVE, STALL);
        gateway = new TestGateway(
                TestGateway.NO_LIMITS,
                TestGateway.options(times, TestGateway.DEFAULTS.headers()),
                SlowClientsTest::serve);
    }

    @AfterAll
    static void stop() throws Exception {
        DRIPS.shutdownNow();
        gateway.close();
    }

    private static void serve(Handlers handlers) {
        handlers.on(AccountOperations.GET_ME, (c, q) -> LATE.future())
                .on(
                        AccountOperations.VALIDATE_TOKEN,
                        (c, q) -> Future.succeededFuture(new AccountOperations.TokenStatus(true, null)));
    }

    private static Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String rest(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException reset) {
            return "";
        }
    }

    /** Sends a byte again and again until the connection takes no more. */
    private static ScheduledFuture<?> drip(Socket socket, String text) {
        return DRIPS.scheduleAtFixedRate(
                () -> {
                    try {
                        write(socket, text);
                    } catch (IOException gone) {
                        throw new IllegalStateException(gone);
                    }
                },
                DRIP_MS,
                DRIP_MS,
                TimeUnit.MILLISECONDS);
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void halfAHeadIsAnswered408() throws Exception {
        long start = System.nanoTime();
        try (Socket socket = connect()) {
            write(socket, "GET /health/live HTTP/1.1\r\nHost: a\r\nX-Half: ");

            assertThat(rest(socket))
                    .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                    .contains("connection: close", "\"code\":\"request_timeout\"", "\"requestId\":\"");
        }
        assertThat(since(start)).isGreaterThanOrEqualTo(HEADER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\r\n", "X-a: b\r\n"})
    void aHeadThatDripsIsCut(String drop) throws Exception {
        long start = System.nanoTime();
        try (Socket socket = connect()) {
            if (!drop.isBlank()) {
                write(socket, "GET / HTTP/1.1\r\nHost: a\r\nX-Long: ");
            }
            ScheduledFuture<?> drops = drip(socket, drop);
            assertThat(rest(socket)).matches("(?s)(HTTP/1.1 408 .*)?");
            drops.cancel(true);
        }
        assertThat(since(start)).isBetween(HEADER, HEADER.plusSeconds(25));
    }

    @Test
    void whoeverSaysNothingIsClosedWithoutAWord() throws Exception {
        try (Socket socket = connect()) {
            assertThat(rest(socket)).isEmpty();
        }
    }

    @Test
    void anIdleConnectionIsKeptForAWhileAndHasAFreshTimeForItsNextHead() throws Exception {
        try (Socket socket = connect()) {
            String request = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
            write(socket, request);
            assertThat(read(socket, "{\"status\":\"ok\"}")).startsWith("HTTP/1.1 200 ");
            // Longer than a head may take, shorter than a connection is kept.
            DRIPS.schedule(() -> null, HEADER.plusMillis(400).toMillis(), TimeUnit.MILLISECONDS)
                    .get();
            long idle = System.nanoTime();
            write(socket, request);
            assertThat(read(socket, "{\"status\":\"ok\"}")).startsWith("HTTP/1.1 200 ");
            assertThat(rest(socket)).isEmpty();
            assertThat(since(idle)).isGreaterThanOrEqualTo(KEEP_ALIVE);
        }
    }

    @Test
    void theSecondHeadMustComeInTimeToo() throws Exception {
        try (Socket socket = connect()) {
            write(socket, "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
            read(socket, "{\"status\":\"ok\"}");
            write(socket, "GET /health/live HT");
            assertThat(rest(socket)).startsWith("HTTP/1.1 408 ");
        }
    }

    private static String read(Socket socket, String end) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private static final String LOGIN =
            "POST /api/v1/auth/validate-token HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

    @Test
    void aBodyThatDoesNotComeIsAnswered408() throws Exception {
        long start = System.nanoTime();
        try (Socket socket = connect()) {
            write(socket, LOGIN + "Content-Length: 13\r\n\r\n{\"tok");

            assertThat(rest(socket))
                    .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                    .contains(
                            "\"code\":\"request_timeout\"",
                            "\"path\":\"/api/v1/auth/validate-token\"",
                            "connection: close");
        }
        assertThat(since(start)).isGreaterThanOrEqualTo(BODY);
    }

    @Test
    void aBodyThatDripsIsCut() throws Exception {
        try (Socket socket = connect()) {
            write(socket, LOGIN + "Transfer-Encoding: chunked\r\n\r\n");
            ScheduledFuture<?> drops = drip(socket, "1\r\n \r\n");
            assertThat(rest(socket)).startsWith("HTTP/1.1 408 ");
            drops.cancel(true);
        }
    }

    @Test
    void aBodyThatComesFastEnoughMayTakeLonger() throws Exception {
        // Most of it at once, the rest for longer than a body of no bytes may take.
        String spaces = " ".repeat(10);
        int pieces = 30;
        String beginning = " ".repeat(3 * MIN_RATE);
        try (Socket socket = connect()) {
            String token = "{\"token\":\"t\"}";
            int length = beginning.length() + pieces * spaces.length() + token.length();
            write(socket, LOGIN + "Content-Length: " + length + "\r\n\r\n" + beginning);
            long start = System.nanoTime();
            var done = new CountDownLatch(pieces);
            ScheduledFuture<?> drops = DRIPS.scheduleAtFixedRate(
                    () -> {
                        try {
                            if (done.getCount() > 0) {
                                write(socket, spaces);
                                done.countDown();
                            }
                        } catch (IOException gone) {
                            throw new IllegalStateException(gone);
                        }
                    },
                    DRIP_MS,
                    DRIP_MS,
                    TimeUnit.MILLISECONDS);
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            drops.cancel(false);
            assertThat(since(start)).isGreaterThan(BODY.plusMillis(500));
            write(socket, token);
            assertThat(read(socket, "{\"valid\":true}")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void anAnswerMayTakeLongerThanAnyOfThese() throws Exception {
        try (Socket socket = connect()) {
            write(socket, "GET /api/v1/users/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer anna\r\n\r\n");
            DRIPS.schedule(
                    () -> LATE.tryComplete(
                            new User(TestGateway.ANNA, "anna", "Anna", null, null, List.of(), null, Instant.EPOCH)),
                    KEEP_ALIVE.plusMillis(600).toMillis(),
                    TimeUnit.MILLISECONDS);
            assertThat(read(socket, "}")).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatIsTakenLateIsNotCutButOneThatIsNotTakenIs(boolean taken) throws Exception {
        int size = 12_000_000;
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4_096);
            socket.setSoTimeout(READ_TIMEOUT_MS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port));
            write(socket, "GET /eventbus/answer?size=" + size + " HTTP/1.1\r\nHost: a\r\n\r\n");
            // Once the first time is over, the second not yet; or both are.
            Duration pause = taken
                    ? KEEP_ALIVE.plusMillis(700)
                    : KEEP_ALIVE.multipliedBy(2).plusSeconds(3);
            DRIPS.schedule(() -> null, pause.toMillis(), TimeUnit.MILLISECONDS).get();
            int got = 0;
            try {
                byte[] piece = new byte[1 << 16];
                for (int n = 0;
                        n >= 0 && got < size;
                        n = socket.getInputStream().read(piece)) {
                    got += n;
                }
            } catch (SocketException cut) {
                assertThat(taken).isFalse();
            }
            assertThat(got >= size).isEqualTo(taken);
        }
    }

    @Test
    void aWebSocketIsNoSlowRequest() throws Exception {
        var heard = new CompletableFuture<String>();
        var socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + gateway.port + "/eventbus/socket"), new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket ws, CharSequence text, boolean last) {
                                heard.complete(text.toString());
                                return WebSocket.Listener.super.onText(ws, text, last);
                            }
                        })
                .get(20, TimeUnit.SECONDS);
        DRIPS.schedule(
                () -> socket.sendText("still here", true),
                KEEP_ALIVE.plusMillis(800).toMillis(),
                TimeUnit.MILLISECONDS);

        assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo("still here");
        socket.abort();
    }

    @Test
    void manyHalfOpenConnectionsDoNotKeepOthersOut() throws Exception {
        List<Socket> half = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket socket = connect();
                half.add(socket);
                write(socket, "GET / HTTP/1.1\r\nHost: ");
            }
            var client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port + "/health/live"))
                    .timeout(Duration.ofSeconds(30));
            assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            for (Socket socket : half) {
                assertThat(rest(socket)).startsWith("HTTP/1.1 408 ");
            }
        } finally {
            for (Socket socket : half) {
                socket.close();
            }
        }
    }
}
