package dev.switchboard.gateway.bridge;

import static dev.switchboard.gateway.bridge.BridgeServer.ALICE;
import static dev.switchboard.gateway.bridge.BridgeServer.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client can say and what it hears, over both WebSocket paths. */
class BridgeProtocolTest {
    private static final UUID ROOM = UUID.fromString("00000000-0000-7000-8000-000000000001");

    private BridgeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new BridgeServer(BridgeServer.DEFAULTS);
    }

    @AfterEach
    void stop() throws Exception {
        try {
            await().until(server.hub.connected::isEmpty);
        } finally {
            server.close();
        }
    }

    private RawWebSocket connect(String path, UUID user) throws Exception {
        var ws = new RawWebSocket(server.port, path);
        assertThat(ws.status).isEqualTo(101);
        JsonNode reply = ws.request("auth", Map.of("token", BridgeServer.token(user)));
        assertThat(reply.path("type").asText()).isEqualTo("rec");
        return ws;
    }

    @Test
    void aSockJsSessionOpensWithO() throws Exception {
        try (var ws = new RawWebSocket(server.port, RawWebSocket.SOCKJS)) {
            assertThat(ws.next().text()).isEqualTo("o");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RawWebSocket.RAW, RawWebSocket.SOCKJS})
    void authAnswersWhoOneIs(String path) throws Exception {
        try (var ws = new RawWebSocket(server.port, path)) {
            JsonNode reply = ws.request("auth", Map.of("token", BridgeServer.token(ALICE)));
            JsonNode body = reply.path("body");
            assertThat(body.at("/user/id").asText()).isEqualTo(ALICE.toString());
            assertThat(body.at("/user/username").asText()).isEqualTo("alice");
            assertThat(body.path("socketId").asText()).hasSize(36);
            assertThat(body.path("resumeToken").asText()).isNotEmpty();
            assertThat(Instant.parse(body.path("expiresAt").asText())).isAfter(Instant.now());
            assertThat(server.hub.calls).containsExactly("connected " + ALICE);
        }
        await().untilAsserted(() -> assertThat(server.hub.calls).endsWith("disconnected"));
    }

    @ParameterizedTest
    @ValueSource(strings = {RawWebSocket.RAW, RawWebSocket.SOCKJS})
    void whatFollowsATokenWaitsUntilItIsChecked(String path) throws Exception {
        Promise<Void> fetched = Promise.promise();
        server.keys = fetched.future();
        try (var ws = new RawWebSocket(server.port, path)) {
            ws.send("{\"type\":\"send\",\"address\":\"auth\",\"replyAddress\":\"a\",\"body\":{\"token\":\""
                    + BridgeServer.token(ALICE) + "\"}}");
            ws.send("{\"type\":\"send\",\"address\":\"message:send\",\"replyAddress\":\"b\",\"body\":{"
                    + "\"conversationId\":\"" + ROOM + "\",\"content\":\"hi\"}}");
            // A second socket's answer shows that the loop has had the time.
            server.onLoop(() -> null);
            assertThat(server.sent).isEmpty();

            server.onLoop(() -> {
                fetched.complete();
                return null;
            });

            assertThat(ws.message().path("address").asText()).isEqualTo("a");
            JsonNode reply = ws.message();
            assertThat(reply.path("address").asText()).isEqualTo("b");
            assertThat(reply.path("type").asText()).isEqualTo("rec");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUpgradeWaitsUntilItsTokenIsChecked(boolean good) throws Exception {
        Promise<Void> fetched = Promise.promise();
        server.keys = fetched.future();
        server.context.owner().setTimer(50, t -> fetched.complete());
        String token = good ? BridgeServer.token(ALICE) : "bad";
        try (var ws = new RawWebSocket(server.port, RawWebSocket.RAW, "Authorization: Bearer " + token)) {
            assertThat(ws.status).isEqualTo(good ? 101 : 401);
            if (good) {
                JsonNode reply = ws.request("message:send", Map.of("conversationId", ROOM, "content", "hi"));
                assertThat(reply.at("/body/seq").asLong()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RawWebSocket.RAW, RawWebSocket.SOCKJS})
    void aRequestReachesItsOwnerWithTheVerifiedIdentity(String path) throws Exception {
        try (var ws = connect(path, ALICE)) {
            var claim = Map.of("conversationId", ROOM, "content", "hi \"there\"\n", "userId", BOB, "caller", BOB);
            JsonNode reply = ws.request("message:send", claim);
            assertThat(reply.at("/body/seq").asLong()).isEqualTo(1);
            assertThat(server.callers.get(0).userId()).isEqualTo(ALICE);
            assertThat(server.callers.get(0).socketId()).isNotNull();
            assertThat(server.sent.get(0).content()).isEqualTo("hi \"there\"\n");
            assertThat(server.sent.get(0).clientId()).as("made by the door").isNotBlank();
        }
    }

    @Test
    void everyWrongFieldIsNamedAsByHttp() throws Exception {
        try (var ws = connect(RawWebSocket.RAW, ALICE)) {
            JsonNode reply = ws.request(
                    "message:send", Map.of("conversationId", "x", "content", 5, "type", "picture", "who", 1));
            assertThat(reply.path("message").asText())
                    .isEqualTo("validation_failed: Validation failed: conversationId must be a UUID");
            assertThat(reply.path("errors").findValuesAsText("field"))
                    .containsExactly("conversationId", "content", "type");
            assertThat(reply.path("errors").findValuesAsText("message"))
                    .containsExactly("must be a UUID", "must be a text", "must be text or file");
        }
    }

    @Test
    void aFaultIsAReplyFailure() throws Exception {
        try (var ws = connect(RawWebSocket.RAW, ALICE)) {
            JsonNode reply = ws.request("message:send", Map.of("conversationId", ROOM, "content", ""));
            assertThat(reply.path("type").asText()).isEqualTo("err");
            assertThat(reply.path("failureCode").asInt()).isEqualTo(400);
            assertThat(reply.path("failureType").asText()).isEqualTo("RECIPIENT_FAILURE");
            assertThat(reply.path("message").asText()).startsWith("validation_failed: ");
            assertThat(reply.at("/errors/0/field").asText()).isEqualTo("content");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "account:register",
                "account:login",
                "account:refresh",
                "presence:announce",
                "room:follow",
                "user:set-roles",
                "no:such",
                "room@here/0"
            })
    void whatIsNotDeclaredForClientsIsDenied(String address) throws Exception {
        try (var ws = connect(RawWebSocket.RAW, ALICE)) {
            JsonNode reply = ws.request(address, Map.of());
            assertThat(reply.path("body").asText()).isEqualTo("access_denied");
            assertThat(reply.path("failureCode").asInt()).isEqualTo(403);
        }
    }

    @Test
    void nothingWorksBeforeAuth() throws Exception {
        try (var ws = new RawWebSocket(server.port, RawWebSocket.RAW)) {
            assertThat(ws.request("message:send", Map.of()).path("body").asText())
                    .isEqualTo("not_logged_in");
            ws.send("{\"type\":\"register\",\"address\":\"room:" + ROOM + "\"}");
            JsonNode refused = ws.message();
            assertThat(refused.path("body").asText()).isEqualTo("not_logged_in");
            assertThat(refused.path("address").asText()).isEqualTo("room:" + ROOM);
            JsonNode bad = ws.request("auth", Map.of("token", "nonsense"));
            assertThat(bad.path("message").asText()).startsWith("unauthorized: ");
            assertThat(ws.request("auth", Map.of()).path("failureCode").asInt()).isEqualTo(401);
        }
    }

    @Test
    void publishIsRefused() throws Exception {
        try (var ws = connect(RawWebSocket.RAW, ALICE)) {
            ws.send("{\"type\":\"publish\",\"address\":\"room:" + ROOM + "\",\"body\":{}}");
            assertThat(ws.message().path("body").asText()).isEqualTo("access_denied");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RawWebSocket.RAW, RawWebSocket.SOCKJS})
    void registrationsAreAcknowledgedToThoseWhoAsk(String path) throws Exception {
        try (var ws = connect(path, ALICE)) {
            ws.send("{\"type\":\"register\",\"address\":\"room:" + ROOM + "\",\"replyAddress\":\"ack\"}");
            JsonNode ack = ws.message();
            assertThat(ack.toString())
                    .isEqualTo("{\"type\":\"rec\",\"address\":\"ack\",\"body\":{\"address\":\"room:" + ROOM
                            + "\",\"registered\":true}}");
            ws.send("{\"type\":\"unregister\",\"address\":\"room:" + ROOM + "\",\"replyAddress\":\"ack2\"}");
            assertThat(ws.message().at("/body/registered").asBoolean(true)).isFalse();
            // An old client asks for nothing and hears nothing: the next thing it hears is its next request's reply.
            ws.send("{\"type\":\"register\",\"address\":\"user:" + ALICE + "\"}");
            ws.sendRequest("next", "user:typing", Map.of("conversationId", ROOM));
            assertThat(ws.message().path("address").asText()).isEqualTo("next");
            assertThat(server.hub.calls)
                    .contains("register " + ROOM, "unregister room:" + ROOM, "registerUser " + ALICE);
        }
    }

    @Test
    void aUserIsAcknowledgedOnceOthersCanReachIt() throws Exception {
        Promise<Void> announced = Promise.promise();
        server.hub.announced = announced;
        try (var ws = connect(RawWebSocket.RAW, ALICE)) {
            ws.send("{\"type\":\"register\",\"address\":\"user:" + ALICE + "\",\"replyAddress\":\"ack\"}");
            ws.send("{\"type\":\"unregister\",\"address\":\"user:" + ALICE + "\",\"replyAddress\":\"ack2\"}");
            // Other requests do not wait for it.
            ws.sendRequest("next", "user:typing", Map.of("conversationId", ROOM));
            assertThat(ws.message().path("address").asText()).isEqualTo("next");
            assertThat(server.hub.calls).contains("registerUser " + ALICE, "unregister user:" + ALICE);
            server.onLoop(() -> {
                announced.complete();
                return null;
            });
            assertThat(ws.message().path("address").asText()).isEqualTo("ack");
            assertThat(ws.message().path("address").asText()).isEqualTo("ack2");
        }
    }

    @Test
    void othersAddressesAreDenied() throws Exception {
        server.hub.closedRoom = ROOM;
        try (var ws = connect(RawWebSocket.RAW, ALICE)) {
            for (String address : List.of(
                    "user:" + BOB,
                    "socket:" + UUID.randomUUID(),
                    "room:" + ROOM.toString().toUpperCase(java.util.Locale.ROOT).replace("0", "00"),
                    "room:1-1-1-1-1",
                    "room@here/0",
                    "fanout@here",
                    "message:send")) {
                ws.send("{\"type\":\"register\",\"address\":\"" + address + "\",\"replyAddress\":\"ack\"}");
                JsonNode refused = ws.replyTo("ack");
                assertThat(refused.path("body").asText()).as(address).isEqualTo("access_denied");
            }
            ws.send("{\"type\":\"register\",\"address\":\"room:" + ROOM + "\",\"replyAddress\":\"ack\"}");
            assertThat(ws.replyTo("ack").path("message").asText()).startsWith("not_a_member: ");
        }
    }

    @Test
    void joinAndRegisterInOneBreathAreHandledInOrder() throws Exception {
        Promise<Void> gate = Promise.promise();
        server.hub.gate = gate;
        try (var ws = connect(RawWebSocket.SOCKJS, ALICE)) {
            var join = "{\"type\":\"send\",\"address\":\"join:conversation\",\"replyAddress\":\"j\",\"body\":"
                    + "{\"conversationId\":\"" + ROOM + "\",\"afterSeq\":3,\"listener\":\"evil\"}}";
            var register = "{\"type\":\"register\",\"address\":\"room:" + ROOM + "\",\"replyAddress\":\"r\"}";
            ws.text(dev.switchboard.bus.Json.MAPPER.writeValueAsString(new String[] {join, register}));
            UUID other = UUID.randomUUID();
            ws.sendRequest("t", "user:typing", Map.of("conversationId", other));
            assertThat(ws.message().path("address").asText())
                    .as("another room waits for nobody")
                    .isEqualTo("t");
            assertThat(server.hub.calls).containsExactly("connected " + ALICE);
            server.context.runOnContext(v -> gate.complete());
            assertThat(ws.message().path("address").asText()).isEqualTo("j");
            assertThat(ws.message().path("address").asText()).isEqualTo("r");
            assertThat(server.hub.calls)
                    .containsExactly("connected " + ALICE, "join " + ROOM + " listener null", "register " + ROOM);
        }
    }

    @Test
    void messagesOfOneRoomKeepTheirOrder() throws Exception {
        try (var ws = connect(RawWebSocket.RAW, ALICE)) {
            server.onSend = q -> server.vertx
                    .timer(Math.floorMod(q.content().hashCode(), 7) + 1)
                    .map(v -> new dev.switchboard.protocol.RoomOperations.Sent(
                            q.conversationId(), 1, Instant.EPOCH, false));
            for (int i = 0; i < 40; i++) {
                ws.sendRequest("m" + i, "message:send", Map.of("conversationId", ROOM, "content", "n" + i));
            }
            for (int i = 0; i < 40; i++) {
                assertThat(ws.message().path("address").asText()).isEqualTo("m" + i);
            }
            assertThat(server.sent)
                    .extracting(q -> q.content())
                    .startsWith("n0", "n1")
                    .endsWith("n38", "n39");
        }
    }

    @Test
    void authAgainRefreshesInPlaceForTheSameUserOnly() throws Exception {
        UUID old = UUID.randomUUID();
        UUID fresh = UUID.randomUUID();
        try (var ws = new RawWebSocket(server.port, RawWebSocket.RAW)) {
            Instant hour = Instant.now().plusSeconds(3600);
            JsonNode first = ws.request("auth", Map.of("token", BridgeServer.token(ALICE, old, hour)));
            JsonNode other = ws.request("auth", Map.of("token", BridgeServer.token(BOB)));
            assertThat(other.path("message").asText()).startsWith("forbidden: ");
            JsonNode again = ws.request("auth", Map.of("token", BridgeServer.token(ALICE, fresh, hour)));
            assertThat(again.at("/body/socketId")).isEqualTo(first.at("/body/socketId"));
            assertThat(server.hub.calls).containsExactly("connected " + ALICE);
            server.revocations.revoke(old);
            assertThat(ws.request("user:typing", Map.of("conversationId", ROOM))
                            .path("type")
                            .asText())
                    .as("the socket belongs to the new session now")
                    .isEqualTo("rec");
            server.revocations.revoke(fresh);
            assertThat(ws.untilClosed().closeCode()).isEqualTo(CloseCode.SESSION_REVOKED.code());
        }
    }

    @Test
    void aRevokedSessionLosesAllItsSocketsAndNoOthers() throws Exception {
        UUID session = UUID.randomUUID();
        String token = BridgeServer.token(ALICE, session, Instant.now().plusSeconds(3600));
        try (var a = new RawWebSocket(server.port, RawWebSocket.RAW);
                var b = new RawWebSocket(server.port, RawWebSocket.SOCKJS);
                var c = connect(RawWebSocket.RAW, ALICE)) {
            a.request("auth", Map.of("token", token));
            b.request("auth", Map.of("token", token));
            server.revocations.revoke(session);
            assertThat(a.untilClosed().closeCode()).isEqualTo(4403);
            assertThat(b.next().text()).isEqualTo("c[4403,\"session_revoked\"]");
            assertThat(b.untilClosed().closeCode()).isEqualTo(4403);
            assertThat(c.request("user:typing", Map.of("conversationId", ROOM))
                            .path("type")
                            .asText())
                    .isEqualTo("rec");
            assertThat(new RawWebSocket(server.port, RawWebSocket.RAW, "Authorization: Bearer " + token).status)
                    .isEqualTo(401);
        }
    }

    @Test
    void theUpgradeMayBearTheToken() throws Exception {
        String token = BridgeServer.token(ALICE);
        try (var ws = new RawWebSocket(server.port, RawWebSocket.RAW, "Authorization: Bearer " + token)) {
            JsonNode reply = ws.request("user:typing", Map.of("conversationId", ROOM));
            assertThat(reply.path("type").asText()).isEqualTo("rec");
            assertThat(ws.request("auth", Map.of()).at("/body/user/username").asText())
                    .isEqualTo("alice");
        }
    }

    @Test
    void theCookieCountsForOurOwnPagesOnly() throws Exception {
        String cookie = "Cookie: session=" + BridgeServer.token(ALICE).replace("/", "/");
        try (var ours = new RawWebSocket(
                        server.port, RawWebSocket.RAW, cookie, "Origin: http://127.0.0.1:" + server.port);
                var listed =
                        new RawWebSocket(server.port, RawWebSocket.SOCKJS, cookie, "Origin: " + BridgeServer.PAGE);
                var none = new RawWebSocket(server.port, RawWebSocket.RAW, cookie);
                var foreign = new RawWebSocket(server.port, RawWebSocket.RAW, cookie, "Origin: https://evil.example");
                var opaque = new RawWebSocket(server.port, RawWebSocket.SOCKJS, cookie, "Origin: null")) {
            var typing = Map.of("conversationId", ROOM);
            assertThat(ours.request("user:typing", typing).path("type").asText())
                    .isEqualTo("rec");
            assertThat(listed.request("user:typing", typing).path("type").asText())
                    .isEqualTo("rec");
            assertThat(none.request("user:typing", typing).path("body").asText())
                    .isEqualTo("not_logged_in");
            assertThat(foreign.status).isEqualTo(403);
            assertThat(opaque.status).isEqualTo(403);
        }
    }

    @Test
    void aClientThatSpeaksBinaryIsAnsweredSo() throws Exception {
        try (var ws = new RawWebSocket(server.port, RawWebSocket.RAW)) {
            ws.frame(
                    RawWebSocket.BINARY,
                    true,
                    "{\"type\":\"nonsense\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            RawWebSocket.Frame answer = ws.next();
            assertThat(answer.opcode()).isEqualTo(RawWebSocket.BINARY);
            assertThat(answer.text()).contains("\"body\":\"invalid_type\"");
        }
        try (var ws = new RawWebSocket(server.port, RawWebSocket.RAW)) {
            ws.text("{}");
            RawWebSocket.Frame answer = ws.next();
            assertThat(answer.opcode()).isEqualTo(RawWebSocket.TEXT);
            assertThat(answer.text()).contains("\"body\":\"missing_type\"");
        }
    }

    @Test
    void wsPingIsAnswered() throws Exception {
        try (var ws = new RawWebSocket(server.port, RawWebSocket.RAW)) {
            ws.frame(RawWebSocket.PING, true, new byte[] {42});
            RawWebSocket.Frame pong = ws.next();
            assertThat(pong.opcode()).isEqualTo(RawWebSocket.PONG);
            assertThat(pong.payload()).containsExactly(42);
        }
    }

    @Test
    void otherMethodsAndPlainRequestsAreRefused() throws Exception {
        var client = java.net.http.HttpClient.newHttpClient();
        var uri = java.net.URI.create("http://127.0.0.1:" + server.port + RawWebSocket.SOCKJS);
        var request = java.net.http.HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
        var none = java.net.http.HttpResponse.BodyHandlers.discarding();
        var post = java.net.http.HttpRequest.BodyPublishers.noBody();
        assertThat(client.send(request.POST(post).build(), none).statusCode()).isEqualTo(405);
        assertThat(client.send(request.GET().build(), none).statusCode()).isEqualTo(400);
    }
}
