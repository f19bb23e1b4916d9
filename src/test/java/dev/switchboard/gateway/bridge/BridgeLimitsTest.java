package dev.switchboard.gateway.bridge;

import static dev.switchboard.gateway.bridge.BridgeServer.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.RoomOperations;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Promise;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to those who do too much, too little, or the wrong thing. */
class BridgeLimitsTest {
    private static final UUID ROOM = UUID.fromString("00000000-0000-7000-8000-000000000001");

    /** Who takes nothing is cut off after two seconds; who only does not answer its close frame, after ten. */
    private static final Duration BEFORE_THE_OTHERS = Duration.ofSeconds(9);

    private BridgeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new BridgeServer(BridgeServer.DEFAULTS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart(BridgeOptions options) throws Exception {
        server.close();
        server = new BridgeServer(options);
    }

    private static BridgeOptions times(
            Duration auth, Duration ping, Duration heartbeat, Duration grace, Duration warn) {
        var d = BridgeServer.DEFAULTS;
        return new BridgeOptions(
                auth,
                ping,
                heartbeat,
                grace,
                warn,
                d.queueBytes(),
                d.maxRegistrations(),
                d.maxConnections(),
                d.maxOutstanding(),
                d.messageBurst(),
                d.messageRate(),
                d.signalBurst(),
                d.signalRate());
    }

    /** The usual bursts; next to nothing grows back while a test lasts, however slow the machine is. */
    private static BridgeOptions slowRates() {
        var d = BridgeServer.DEFAULTS;
        return new BridgeOptions(
                d.authTimeout(),
                d.pingTimeout(),
                d.heartbeat(),
                d.expiryGrace(),
                d.expiryWarning(),
                d.queueBytes(),
                d.maxRegistrations(),
                d.maxConnections(),
                d.maxOutstanding(),
                d.messageBurst(),
                1,
                d.signalBurst(),
                1);
    }

    private RawWebSocket connect(String path) throws IOException {
        return new RawWebSocket(server.port, path, "Authorization: Bearer " + BridgeServer.token(ALICE));
    }

    private Connection only() throws Exception {
        await().until(() -> server.hub.connected.size() == 1);
        return server.hub.connected.iterator().next();
    }

    private static void closedWith(RawWebSocket ws, CloseCode code) throws IOException {
        assertThat(ws.untilClosed().closeCode()).isEqualTo(code.code());
    }

    @Test
    void whoDoesNotSayWhoItIsHasToGo() throws Exception {
        Duration minute = Duration.ofMinutes(1);
        restart(times(Duration.ofSeconds(1), minute, minute, minute, minute));
        try (var raw = new RawWebSocket(server.port, RawWebSocket.RAW);
                var sockJs = new RawWebSocket(server.port, RawWebSocket.SOCKJS);
                var known = connect(RawWebSocket.RAW)) {
            raw.sendRequest("nobody", "auth", Map.of("token", "nonsense"));
            closedWith(raw, CloseCode.UNAUTHORIZED);
            assertThat(sockJs.next().text()).isEqualTo("o");
            assertThat(sockJs.next().text()).isEqualTo("c[4401,\"unauthorized\"]");
            closedWith(sockJs, CloseCode.UNAUTHORIZED);
            assertThat(known.request("user:typing", Map.of("conversationId", ROOM))
                            .path("type")
                            .asText())
                    .isEqualTo("rec");
        }
    }

    @Test
    void anOldTokenIsWarnedOfThenEndsTheSocket() throws Exception {
        Duration minute = Duration.ofMinutes(1);
        restart(times(minute, minute, minute, Duration.ofMillis(500), minute));
        try (var ws = new RawWebSocket(server.port, RawWebSocket.RAW);
                var refreshed = new RawWebSocket(server.port, RawWebSocket.RAW)) {
            Instant soon = Instant.now().plusSeconds(3);
            String token = BridgeServer.token(ALICE, UUID.randomUUID(), soon);
            JsonNode reply = ws.request("auth", Map.of("token", token));
            refreshed.request("auth", Map.of("token", token));
            refreshed.request("auth", Map.of("token", BridgeServer.token(ALICE)));
            String own = "socket:" + reply.at("/body/socketId").asText();
            ws.send("{\"type\":\"register\",\"address\":\"" + own + "\"}");
            JsonNode warning = ws.replyTo(own);
            assertThat(warning.at("/body/type").asText()).isEqualTo("session:expiring");
            assertThat(Instant.parse(warning.at("/body/data/expiresAt").asText()))
                    .isEqualTo(soon.truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
            closedWith(ws, CloseCode.SESSION_EXPIRED);
            assertThat(Instant.now()).isAfter(soon);
            assertThat(refreshed
                            .request("user:typing", Map.of("conversationId", ROOM))
                            .path("type")
                            .asText())
                    .isEqualTo("rec");
        }
    }

    @Test
    void aSilentSocketEndsAndASpeakingOneLives() throws Exception {
        Duration minute = Duration.ofMinutes(1);
        Duration silence = Duration.ofSeconds(2);
        restart(times(minute, silence, Duration.ofMillis(250), minute, minute));
        try (var silent = connect(RawWebSocket.SOCKJS);
                var answering = connect(RawWebSocket.RAW)) {
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < silence.multipliedBy(2).toNanos()) {
                RawWebSocket.Frame frame = answering.next();
                assertThat(frame.opcode()).isEqualTo(RawWebSocket.PING);
                answering.frame(RawWebSocket.PONG, true, frame.payload());
            }
            assertThat(silent.next().text()).isEqualTo("o");
            assertThat(silent.next().text()).isEqualTo("h");
            closedWith(silent, CloseCode.PING_TIMEOUT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RawWebSocket.RAW, RawWebSocket.SOCKJS})
    void invalidUtf8Ends1007(String path) throws Exception {
        try (var ws = connect(path)) {
            ws.frame(RawWebSocket.TEXT, true, new byte[] {'"', (byte) 0xC3, 0x28, '"'});
            closedWith(ws, CloseCode.NOT_UTF8);
        }
        try (var ws = connect(path)) {
            ws.frame(RawWebSocket.TEXT, false, new byte[] {'"', (byte) 0xE2});
            ws.frame(RawWebSocket.CONTINUATION, true, new byte[] {'"'});
            closedWith(ws, CloseCode.NOT_UTF8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RawWebSocket.RAW, RawWebSocket.SOCKJS})
    void aMegabyteEnds1009(String path) throws Exception {
        try (var ws = connect(path)) {
            ws.frame(RawWebSocket.TEXT, true, new byte[1 << 20]);
            closedWith(ws, CloseCode.TOO_BIG);
        }
        try (var ws = connect(path)) {
            byte[] part = " ".repeat(60_000).getBytes(StandardCharsets.UTF_8);
            ws.frame(RawWebSocket.TEXT, false, part);
            for (int i = 0; i < 4; i++) {
                ws.frame(RawWebSocket.CONTINUATION, false, part);
            }
            closedWith(ws, CloseCode.TOO_BIG);
        }
    }

    @Test
    void whatIsNoWebSocketFrameEndsTheSocket() throws Exception {
        try (var unmasked = connect(RawWebSocket.RAW);
                var reserved = connect(RawWebSocket.SOCKJS);
                var opcode = connect(RawWebSocket.RAW)) {
            unmasked.socket.getOutputStream().write(new byte[] {(byte) 0x81, 1, 'x'});
            closedWith(unmasked, CloseCode.PROTOCOL_ERROR);
            reserved.socket.getOutputStream().write(new byte[] {(byte) 0xC1, (byte) 0x80, 0, 0, 0, 0});
            assertThat(reserved.next().text()).isEqualTo("o");
            assertThat(reserved.next().text()).isEqualTo("c[4400,\"protocol_error\"]");
            closedWith(reserved, CloseCode.PROTOCOL_ERROR);
            opcode.frame(3, true, new byte[0]);
            closedWith(opcode, CloseCode.PROTOCOL_ERROR);
        }
        await().untilAsserted(() -> assertThat(server.open()).isZero());
    }

    @Test
    void brokenSockJsFramingEndsTheSocketBrokenJsonDoesNot() throws Exception {
        try (var ws = connect(RawWebSocket.SOCKJS)) {
            ws.send("{not json");
            assertThat(ws.message().path("body").asText()).isEqualTo("invalid_json");
            ws.text("[]");
            ws.text("");
            ws.text("[\"{\\\"type\\\":\\\"ping\\\"}\"");
            closedWith(ws, CloseCode.PROTOCOL_ERROR);
        }
    }

    @Test
    void fragmentsMakeAMessageEvenWhenTheFirstIsEmpty() throws Exception {
        try (var ws = connect(RawWebSocket.RAW)) {
            ws.frame(RawWebSocket.TEXT, false, new byte[0]);
            ws.frame(RawWebSocket.CONTINUATION, false, "{\"type\":".getBytes(StandardCharsets.UTF_8));
            ws.frame(RawWebSocket.PING, true, new byte[0]);
            assertThat(ws.next().opcode()).isEqualTo(RawWebSocket.PONG);
            ws.frame(RawWebSocket.CONTINUATION, true, "\"odd\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(ws.message().path("body").asText()).isEqualTo("invalid_type");
        }
    }

    @Test
    void halfAFrameThenNothingLeavesNothing() throws Exception {
        try (var ws = connect(RawWebSocket.RAW)) {
            ws.socket.getOutputStream().write(new byte[] {(byte) 0x81, (byte) 0xFE, 0x40, 0x00, 1, 2, 3, 4, 'x'});
            await().until(() -> server.open() == 1);
        }
        await().until(() -> server.open() == 0);
        try (var reset = connect(RawWebSocket.SOCKJS)) {
            await().until(() -> server.hub.connected.size() == 1);
            reset.socket.setSoLinger(true, 0);
        }
        await().until(() -> server.open() == 0);
        assertThat(server.hub.connected).isEmpty();
        assertThat(server.hub.calls.stream().filter("disconnected"::equals))
                .as("once each")
                .hasSize(2);
    }

    @Test
    void tenThousandRegistrations() throws Exception {
        restart(slowRates());
        try (var ws = connect(RawWebSocket.RAW)) {
            var sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 10_000; i++) {
                        ws.send("{\"type\":\"register\",\"address\":\"room:" + new UUID(7, i)
                                + "\",\"replyAddress\":\"r\"}");
                    }
                } catch (IOException expected) {
                    // The server closes the socket in the middle of it.
                    assertThat(expected).isNotNull();
                }
            });
            sender.start();
            int registered = 0;
            int full = 0;
            int tooMany = 0;
            RawWebSocket.Frame frame = ws.next();
            for (; frame.opcode() != RawWebSocket.CLOSE; frame = ws.next()) {
                JsonNode answer = Json.MAPPER.readTree(frame.text());
                registered += answer.at("/body/registered").asBoolean() ? 1 : 0;
                full += answer.path("body").asText().equals("max_handlers_reached") ? 1 : 0;
                tooMany += answer.path("body").asText().equals("too_many_requests") ? 1 : 0;
            }
            assertThat(frame.closeCode()).isEqualTo(CloseCode.TOO_MANY.code());
            assertThat(registered).isEqualTo(1_000);
            assertThat(full).isPositive();
            assertThat(tooMany).isPositive();
            ws.socket.close();
            sender.join();
        }
    }

    @Test
    void theSameAddressCountsOnce() throws Exception {
        try (var ws = connect(RawWebSocket.RAW)) {
            String register = "{\"type\":\"register\",\"address\":\"room:" + ROOM + "\",\"replyAddress\":\"r\"}";
            ws.send(register);
            ws.send(register);
            assertThat(ws.message().at("/body/registered").asBoolean()).isTrue();
            assertThat(ws.message().path("body").asText()).isEqualTo("address_already_registered");
        }
    }

    @Test
    void whoSendsTooFastIsToldAndThenClosed() throws Exception {
        restart(slowRates());
        try (var ws = connect(RawWebSocket.RAW)) {
            for (int i = 0; i < 200; i++) {
                ws.sendRequest("m" + i, "user:typing", Map.of("conversationId", ROOM));
            }
            int passed = 0;
            for (int i = 0; i < 200; i++) {
                JsonNode answer = ws.message();
                passed += answer.path("type").asText().equals("rec") ? 1 : 0;
                if (answer.path("type").asText().equals("err")) {
                    assertThat(answer.path("failureCode").asInt()).isEqualTo(429);
                    assertThat(answer.path("message").asText()).startsWith("too_many_requests: ");
                    assertThat(answer.path("address").asText()).startsWith("m");
                }
            }
            assertThat(passed).isBetween(120, 199);
            for (int i = 0; i < 2_000; i++) {
                ws.frame(RawWebSocket.TEXT, true, "x".getBytes(StandardCharsets.UTF_8));
            }
            closedWith(ws, CloseCode.TOO_MANY);
        } catch (java.net.SocketException e) {
            // The server was done with us before we were done sending; then its close frame may be lost with the
            // connection.
            assertThat(e).hasMessageMatching("(?i).*(reset|pipe).*");
        }
    }

    @Test
    void signalsHaveABoundOfTheirOwn() throws Exception {
        restart(slowRates());
        Map<String, Object> candidate =
                Map.of("callId", UUID.randomUUID(), "candidate", Map.of("candidate", "candidate:1"));
        try (var ws = connect(RawWebSocket.RAW)) {
            for (int i = 0; i < 118; i++) {
                ws.sendRequest("m" + i, "ice-candidate", candidate);
            }
            int passed = 0;
            for (int i = 0; i < 118; i++) {
                JsonNode answer = ws.message();
                passed += answer.path("type").asText().equals("rec") ? 1 : 0;
                if (answer.path("type").asText().equals("err")) {
                    assertThat(answer.path("failureCode").asInt()).isEqualTo(429);
                    assertThat(answer.path("failureType").asText()).isEqualTo("RECIPIENT_FAILURE");
                }
            }
            assertThat(passed).isBetween(100, 117);
            assertThat(ws.request("user:typing", Map.of("conversationId", ROOM))
                            .path("type")
                            .asText())
                    .as("everything else goes on")
                    .isEqualTo("rec");
        }
    }

    /** Requests that hang fill the window; then the socket is not read, and goes on when they are answered. */
    @Test
    void aSocketWithTooMuchUnderWayIsNotRead() throws Exception {
        List<Promise<RoomOperations.Sent>> held = new ArrayList<>();
        server.onSend = q -> {
            Promise<RoomOperations.Sent> promise = Promise.promise();
            held.add(promise);
            return promise.future();
        };
        try (var ws = connect(RawWebSocket.SOCKJS)) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add("{\"type\":\"send\",\"address\":\"message:send\",\"replyAddress\":\"m" + i
                        + "\",\"body\":{\"conversationId\":\"" + new UUID(8, i) + "\",\"content\":\"x\"}}");
            }
            ws.text(Json.MAPPER.writeValueAsString(all));
            ws.sendRequest("last", "user:typing", Map.of("conversationId", ROOM));
            await().until(() -> rooms() == 64);
            server.vertx.timer(300).toCompletionStage().toCompletableFuture().join();
            assertThat(rooms()).as("the rest waits").isEqualTo(64);
            server.onSend = q -> io.vertx.core.Future.succeededFuture(
                    new RoomOperations.Sent(q.conversationId(), 1, Instant.EPOCH, false));
            server.context.runOnContext(
                    v -> held.forEach(p -> p.complete(new RoomOperations.Sent(ROOM, 1, Instant.EPOCH, false))));
            for (int i = 0; i < 101; i++) {
                assertThat(ws.message().path("type").asText()).isEqualTo("rec");
            }
            assertThat(rooms()).isEqualTo(100);
        }
    }

    /** To how many rooms something was sent: what is not answered for long is asked once more. */
    private long rooms() {
        return server.sent.stream()
                .map(RoomOperations.Send::conversationId)
                .distinct()
                .count();
    }

    @Test
    void aSlowConsumerIsCutAndOthersDoNotNotice() throws Exception {
        try (var slow = connect(RawWebSocket.RAW)) {
            Connection connection = only();
            try (var other = connect(RawWebSocket.RAW)) {
                ByteBuf frames = Unpooled.directBuffer();
                byte[] message = ("{\"x\":\"" + "y".repeat(1000) + "\"}").getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i < 60; i++) {
                    BridgeFrames.write(frames, Connection.Form.RAW_TEXT, message);
                }
                long most = server.onLoop(() -> {
                    long highest = 0;
                    for (int i = 0; i < 500; i++) {
                        connection.sendFrames(frames);
                        highest = Math.max(highest, connection.queuedBytes());
                    }
                    return highest;
                });
                assertThat(most).isBetween(1L << 20, (1L << 20) + 2L * frames.readableBytes());
                assertThat(other.request("user:typing", Map.of("conversationId", ROOM))
                                .path("type")
                                .asText())
                        .isEqualTo("rec");
                await().atMost(BEFORE_THE_OTHERS).until(() -> server.open() == 1);
                assertThat(frames.refCnt()).as("nobody holds the shared bytes").isEqualTo(1);
                frames.release();
            }
            assertThatExceptionOfType(EOFException.class)
                    .as("cut off, no close frame")
                    .isThrownBy(slow::untilClosed);
        }
    }

    @Test
    void aSlowConsumerThatReadsInTimeHearsWhy() throws Exception {
        try (var ws = connect(RawWebSocket.SOCKJS)) {
            Connection connection = only();
            byte[] message = ("\"" + "y".repeat(100_000) + "\"").getBytes(StandardCharsets.UTF_8);
            server.onLoop(() -> {
                for (int i = 0; i < 200; i++) {
                    connection.send(message);
                }
                return "";
            });
            RawWebSocket.Frame frame = ws.next();
            RawWebSocket.Frame before = frame;
            while (frame.opcode() != RawWebSocket.CLOSE) {
                before = frame;
                frame = ws.next();
            }
            assertThat(before.text()).isEqualTo("c[4408,\"slow_consumer\"]");
            assertThat(frame.closeCode()).isEqualTo(4408);
        }
    }

    @Test
    void oneReplyMayBeLargerThanTheQueue() throws Exception {
        try (var ws = connect(RawWebSocket.RAW)) {
            Connection connection = only();
            byte[] large = ("{\"x\":\"" + "y".repeat(8 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
            server.onLoop(() -> {
                connection.send(large);
                connection.send("{\"after\":true}".getBytes(StandardCharsets.UTF_8));
                return "";
            });
            assertThat(ws.message().path("x").textValue()).hasSize(8 << 20);
            assertThat(ws.message().path("after").asBoolean()).isTrue();
        }
    }

    @Test
    void aFullNodeRefusesMore() throws Exception {
        var d = BridgeServer.DEFAULTS;
        restart(new BridgeOptions(
                d.authTimeout(),
                d.pingTimeout(),
                d.heartbeat(),
                d.expiryGrace(),
                d.expiryWarning(),
                d.queueBytes(),
                d.maxRegistrations(),
                1,
                d.maxOutstanding(),
                d.messageBurst(),
                d.messageRate(),
                d.signalBurst(),
                d.signalRate()));
        try (var first = connect(RawWebSocket.RAW)) {
            assertThat(first.status).isEqualTo(101);
            await().until(() -> server.open() == 1);
            try (var second = connect(RawWebSocket.SOCKJS)) {
                assertThat(second.status).isEqualTo(503);
            }
        }
        await().until(() -> server.open() == 0);
        try (var third = connect(RawWebSocket.RAW)) {
            assertThat(third.status).isEqualTo(101);
        }
    }

    @Test
    void drainingSendsEverybodyElsewhere() throws Exception {
        try (var a = connect(RawWebSocket.RAW);
                var b = connect(RawWebSocket.SOCKJS)) {
            await().until(() -> server.hub.connected.size() == 2);
            server.onLoop(() -> {
                server.routes.drain(Duration.ofMillis(500));
                return "";
            });
            try (var late = connect(RawWebSocket.RAW)) {
                assertThat(late.status).isEqualTo(503);
            }
            closedWith(a, CloseCode.NODE_DRAINING);
            assertThat(b.next().text()).isEqualTo("o");
            assertThat(b.next().text()).isEqualTo("c[1012,\"node_draining\"]");
            closedWith(b, CloseCode.NODE_DRAINING);
        }
        await().until(() -> server.hub.connected.isEmpty());
    }

    @Test
    void aDoorThatStoppedListensToNothing() throws Exception {
        assertThat(server.revocations.listeners).hasSize(1);
        server.onLoop(() -> {
            server.routes.stop();
            return "";
        });
        assertThat(server.revocations.listeners).isEmpty();
        assertThat(server.hub.calls).contains("close");
    }
}
