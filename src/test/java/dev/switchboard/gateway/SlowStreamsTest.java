package dev.switchboard.gateway;

import static dev.switchboard.gateway.Http2Frames.CONTINUATION;
import static dev.switchboard.gateway.Http2Frames.DATA;
import static dev.switchboard.gateway.Http2Frames.END_HEADERS;
import static dev.switchboard.gateway.Http2Frames.END_STREAM;
import static dev.switchboard.gateway.Http2Frames.GOAWAY;
import static dev.switchboard.gateway.Http2Frames.HEADERS;
import static dev.switchboard.gateway.Http2Frames.PING;
import static dev.switchboard.gateway.Http2Frames.RST_STREAM;
import static dev.switchboard.gateway.Http2Frames.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Handlers;
import dev.switchboard.gateway.Http2Frames.Frame;
import dev.switchboard.gateway.http.ClientTimes;
import dev.switchboard.protocol.AccountOperations;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send or take little by little (slowloris and its kin), by HTTP/2. */
class SlowStreamsTest {
    private static final Duration HEADER = Duration.ofMillis(600);
    private static final Duration BODY = Duration.ofMillis(800);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(3);
    private static final Duration STALL = Duration.ofSeconds(1);
    private static final int MIN_RATE = 40_000;

    /** By then what is too late has been noticed, on a slow machine too. */
    private static final Duration SWEEP = Duration.ofSeconds(25);

    private static final int DRIP_MS = 50;
    private static final int CANCEL = 8;

    /** More than the window of a stream. */
    private static final int LARGE = 100_000;

    /** How long that may take. */
    private static final Duration LARGE_TIME = STALL.plusMillis(1_000L * LARGE / MIN_RATE);

    private static final String SIGN = "/api/v1/auth/validate-token";

    private static final ScheduledExecutorService DRIPS = Executors.newSingleThreadScheduledExecutor();
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        var times = new ClientTimes(HEADER, BODY, MIN_RATE, KEEP_ALIVE, STALL);
        gateway = new TestGateway(
                TestGateway.NO_LIMITS,
                TestGateway.options(times, TestGateway.DEFAULTS.headers()),
                SlowStreamsTest::serve);
    }

    @AfterAll
    static void stop() throws Exception {
        DRIPS.shutdownNow();
        gateway.close();
    }

    private static void serve(Handlers handlers) {
        handlers.on(
                AccountOperations.VALIDATE_TOKEN,
                (c, q) -> Future.succeededFuture(new AccountOperations.TokenStatus(true, null)));
    }

    private static void ask(Http2Frames client, int stream, String path) throws IOException {
        client.send(HEADERS, END_HEADERS | END_STREAM, stream, Http2Frames.request(true, path));
    }

    /** Sends a frame again and again until the connection takes no more. */
    private static void drip(Http2Frames client, byte[] frame) {
        DRIPS.scheduleAtFixedRate(
                () -> {
                    try {
                        client.socket.getOutputStream().write(frame);
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyThatDoesNotComeIsRefused(boolean drips) throws Exception {
        long start = System.nanoTime();
        try (var client = new Http2Frames(gateway.port)) {
            byte[] json = Http2Frames.plain("content-type", "application/json");
            client.send(HEADERS, END_HEADERS, 1, Http2Frames.request(false, SIGN, json));
            if (drips) {
                drip(client, Http2Frames.frame(DATA, 0, 1, (byte) ' '));
            }
            Frame answer = client.await(HEADERS, RST_STREAM);
            assertThat(answer.status()).isEqualTo("408");
            assertThat(since(start)).isBetween(BODY, BODY.plus(SWEEP));
            assertThat(client.await(RST_STREAM)).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"application/json,200", "text/plain,415"})
    void aBodyNeedsNoLength(String type, String status) throws Exception {
        try (var client = new Http2Frames(gateway.port)) {
            byte[] json = Http2Frames.plain("content-type", type);
            client.send(HEADERS, END_HEADERS, 1, Http2Frames.request(false, SIGN, json));
            client.send(DATA, END_STREAM, 1, "{\"token\":\"t\"}".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.await(HEADERS).status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PING, CONTINUATION})
    void whoeverAsksNothingIsSentAway(int drop) throws Exception {
        long start = System.nanoTime();
        try (var client = new Http2Frames(gateway.port)) {
            if (drop == CONTINUATION) {
                client.send(HEADERS, END_STREAM, 1, Http2Frames.request(true, "/health/live"));
                drip(client, Http2Frames.frame(CONTINUATION, 0, 1, Http2Frames.plain("x", "y".repeat(60))));
            } else {
                drip(client, Http2Frames.frame(PING, 0, 0, new byte[Long.BYTES]));
            }
            client.await(GOAWAY);
            assertThat(since(start)).isBetween(HEADER, HEADER.plus(SWEEP));
            assertThat(client.await(HEADERS)).isNull();
        }
    }

    @Test
    void anIdleConnectionIsKeptForAWhile() throws Exception {
        try (var client = new Http2Frames(gateway.port)) {
            ask(client, 1, "/health/live");
            client.await(HEADERS);
            DRIPS.schedule(() -> null, HEADER.plusMillis(400).toMillis(), TimeUnit.MILLISECONDS)
                    .get();
            long idle = System.nanoTime();
            ask(client, 3, "/health/live");
            assertThat(client.await(HEADERS).status()).isEqualTo("200");
            client.await(GOAWAY);
            assertThat(since(idle)).isBetween(KEEP_ALIVE, KEEP_ALIVE.plus(SWEEP));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatIsNotTakenIsReset(boolean littleByLittle) throws Exception {
        try (var client = new Http2Frames(gateway.port)) {
            long start = System.nanoTime();
            ask(client, 1, "/eventbus/answer?size=" + LARGE);
            if (littleByLittle) {
                drip(client, Http2Frames.frame(WINDOW_UPDATE, 0, 1, Http2Frames.number(1)));
            }
            Frame reset = client.await(RST_STREAM);
            assertThat(reset.stream()).isEqualTo(1);
            assertThat(reset.error()).isEqualTo(CANCEL);
            assertThat(since(start)).isBetween(LARGE_TIME, LARGE_TIME.plus(SWEEP));
            ask(client, 3, "/health/live");
            assertThat(client.await(HEADERS).status()).isEqualTo("200");
        }
    }

    @Test
    void anAnswerThatIsTakenInTimeIsNot() throws Exception {
        try (var client = new Http2Frames(gateway.port)) {
            ask(client, 1, "/eventbus/answer?size=" + LARGE);
            DRIPS.schedule(() -> null, STALL.plusMillis(500).toMillis(), TimeUnit.MILLISECONDS)
                    .get();
            client.send(WINDOW_UPDATE, 0, 1, Http2Frames.number(LARGE));
            client.send(WINDOW_UPDATE, 0, 0, Http2Frames.number(LARGE));
            int got = 0;
            while (got < LARGE) {
                Frame piece = client.await(DATA, RST_STREAM);
                assertThat(piece.type()).isEqualTo(DATA);
                got += piece.payload().length;
            }
            assertThat(got).isEqualTo(LARGE);
        }
    }

    @Test
    void anAnswerWhoseHeadCannotBeWrittenEnds() throws Exception {
        try (var client = new Http2Frames(gateway.port)) {
            ask(client, 1, "/eventbus/headless");
            assertThat(client.await(RST_STREAM).stream()).isEqualTo(1);
        }
    }
}
