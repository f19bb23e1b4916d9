package dev.switchboard.gateway;

import static dev.switchboard.gateway.Http2Frames.CONTINUATION;
import static dev.switchboard.gateway.Http2Frames.DATA;
import static dev.switchboard.gateway.Http2Frames.END_HEADERS;
import static dev.switchboard.gateway.Http2Frames.END_STREAM;
import static dev.switchboard.gateway.Http2Frames.ENHANCE_YOUR_CALM;
import static dev.switchboard.gateway.Http2Frames.GOAWAY;
import static dev.switchboard.gateway.Http2Frames.HEADERS;
import static dev.switchboard.gateway.Http2Frames.PING;
import static dev.switchboard.gateway.Http2Frames.RST_STREAM;
import static dev.switchboard.gateway.Http2Frames.SETTINGS;
import static dev.switchboard.gateway.Http2Frames.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Handlers;
import dev.switchboard.gateway.Http2Frames.Frame;
import dev.switchboard.protocol.AccountOperations;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What costs a client little and a server much: each such connection is ended soon, and the others do not notice. */
class Http2FloodsTest {
    private static final String SLOW = "/api/v1/auth/validate-token";

    /** More than any flood is given; the system itself keeps some four MiB of answers that are not read. */
    private static final int MANY = 2_000_000;

    /** So much for each header in the limit of RFC 9113 §6.5.2, on top of its letters. */
    private static final int FIELD = 32;

    private static final int HEADER_LIMIT = 16 * 1024;

    private final AtomicInteger asked = new AtomicInteger();
    private final Promise<AccountOperations.TokenStatus> never = Promise.promise();
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = new TestGateway(TestGateway.NO_LIMITS, this::serve);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    private void serve(Handlers handlers) {
        handlers.on(AccountOperations.VALIDATE_TOKEN, (c, q) -> {
            asked.incrementAndGet();
            return Future.future(promise -> never.future().onComplete(promise));
        });
    }

    /** The i-th frames of a flood. Streams of clients have odd numbers. */
    interface Wave {
        byte[] frames(int i);
    }

    enum Flood {
        /** CVE-2023-44487. */
        RAPID_RESET(i -> join(
                Http2Frames.frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, Http2Frames.request(true, "/health")),
                Http2Frames.frame(RST_STREAM, 0, 2 * i + 1, Http2Frames.number(8)))),
        /** CVE-2025-8671, MadeYouReset: the server is led to reset streams by frames that break the rules. */
        MADE_TO_RESET(i -> join(
                Http2Frames.frame(HEADERS, END_HEADERS, 2 * i + 1, Http2Frames.request(false, SLOW)),
                Http2Frames.frame(WINDOW_UPDATE, 0, 2 * i + 1, Http2Frames.number(0)))),
        CONTINUATIONS(i -> i == 0
                ? Http2Frames.frame(HEADERS, END_STREAM, 1, Http2Frames.request(true, "/health"))
                : Http2Frames.frame(CONTINUATION, 0, 1, Http2Frames.plain("x-" + i, "y".repeat(100)))),
        EMPTY_CONTINUATIONS(i -> i == 0
                ? Http2Frames.frame(HEADERS, END_STREAM, 1, Http2Frames.request(true, "/health"))
                : Http2Frames.frame(CONTINUATION, 0, 1)),
        EMPTY_DATA(i -> i == 0
                ? Http2Frames.frame(HEADERS, END_HEADERS, 1, Http2Frames.request(false, SLOW))
                : Http2Frames.frame(DATA, 0, 1)),
        /** CVE-2019-9512: the answers are not read. */
        PINGS(i -> Http2Frames.frame(PING, 0, 0, new byte[8])),
        /** CVE-2019-9515. */
        ALL_THE_SETTINGS(i -> Http2Frames.frame(SETTINGS, 0, 0));

        @SuppressWarnings("ImmutableEnumChecker") // The lambdas keep nothing.
        private final Wave wave;

        Flood(Wave wave) {
            this.wave = wave;
        }

        private static byte[] join(byte[] one, byte[] other) {
            byte[] both = Arrays.copyOf(one, one.length + other.length);
            System.arraycopy(other, 0, both, one.length, other.length);
            return both;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFloodEndsTheConnectionAndNoOther(Flood flood) throws Exception {
        try (var client = new Http2Frames(gateway.port);
                var neighbour = new Http2Frames(gateway.port)) {
            // Who has asked may pause for long.
            assertThat(status(neighbour, 1)).isEqualTo("200");
            assertThat(flood(client, flood)).isLessThan(MANY);
            assertThat(status(neighbour, 3)).isEqualTo("200");
        }
    }

    /** How many waves it took. */
    private static int flood(Http2Frames client, Flood flood) throws IOException {
        int waves = 0;
        try {
            for (; waves < MANY; waves++) {
                client.socket.getOutputStream().write(flood.wave.frames(waves));
            }
        } catch (IOException closed) {
            // As it should be.
        }
        return waves;
    }

    @Test
    void whoeverResetsIsToldWhy() throws Exception {
        try (var client = new Http2Frames(gateway.port)) {
            for (int i = 0; i < 201; i++) {
                client.socket.getOutputStream().write(Flood.RAPID_RESET.wave.frames(i));
            }
            Frame last = client.await(GOAWAY);
            assertThat(last).isNotNull();
            assertThat(last.error()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void fewLettersThatMakeManyHeadersAreRefused() throws Exception {
        // One field in the table, named again and again by one byte each (CVE-2016-6581, the HPACK bomb).
        byte[] field = Http2Frames.indexed("x", "y".repeat(3_000));
        int times = 2 * HEADER_LIMIT / 3_000;
        byte[] more = Arrays.copyOf(field, field.length + times);
        Arrays.fill(more, field.length, more.length, (byte) (0x80 | 62));

        assertRefused(more);
    }

    @Test
    void manyEmptyHeadersAreRefused() throws Exception {
        byte[] field = Http2Frames.indexed("x", "");
        byte[] more = Arrays.copyOf(field, field.length + HEADER_LIMIT / FIELD);
        Arrays.fill(more, field.length, more.length, (byte) (0x80 | 62));

        assertRefused(more);
    }

    private void assertRefused(byte[] more) throws IOException {
        try (var client = new Http2Frames(gateway.port)) {
            client.send(HEADERS, END_HEADERS | END_STREAM, 1, Http2Frames.request(true, SLOW, more));
            Frame answer = client.await(HEADERS, RST_STREAM, GOAWAY);
            assertThat(asked).hasValue(0);
            assertThat(answer == null
                            || answer.type() != HEADERS
                            || answer.status().equals("431"))
                    .isTrue();
        }
    }

    private static String status(Http2Frames client, int stream) throws IOException {
        client.send(HEADERS, END_HEADERS | END_STREAM, stream, Http2Frames.request(true, "/health/live"));
        Frame answer = client.await(HEADERS);
        return answer == null ? "none" : answer.status();
    }
}
