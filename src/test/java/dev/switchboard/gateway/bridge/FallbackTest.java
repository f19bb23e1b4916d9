package dev.switchboard.gateway.bridge;

import static dev.switchboard.gateway.bridge.BridgeServer.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.RoomOperations;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

/** SockJS over plain HTTP, spoken by hand. */
class FallbackTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final UUID ROOM = UUID.fromString("00000000-0000-7000-8000-000000000001");

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private BridgeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new BridgeServer(BridgeServer.DEFAULTS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return call(request(path, headers).GET());
    }

    private HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        return call(request(path, headers).POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)));
    }

    private HttpRequest.Builder request(String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port + "/eventbus" + path))
                .timeout(Duration.ofSeconds(30));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<String> call(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    /** A new session that polls. */
    private final class Polling {
        final String path = "/000/" + UUID.randomUUID();
        final List<JsonNode> messages = new ArrayList<>();
        String end = "";

        Polling(String... headers) throws Exception {
            assertThat(post(path + "/xhr", "", headers).body()).isEqualTo("o\n");
        }

        int send(String... json) throws Exception {
            return post(path + "/xhr_send", Json.MAPPER.writeValueAsString(json))
                    .statusCode();
        }

        JsonNode next() throws Exception {
            while (messages.isEmpty() && end.isEmpty()) {
                String frame = post(path + "/xhr", "").body().strip();
                if (frame.startsWith("a")) {
                    for (JsonNode message : Json.MAPPER.readTree(frame.substring(1))) {
                        messages.add(Json.MAPPER.readTree(message.textValue()));
                    }
                } else if (!frame.equals("h")) {
                    end = frame;
                }
            }
            return messages.isEmpty() ? Json.MAPPER.createObjectNode() : messages.remove(0);
        }

        JsonNode request(String address, Object body) throws Exception {
            var frame = Map.of("type", "send", "address", address, "replyAddress", "r", "body", body);
            assertThat(send(Json.MAPPER.writeValueAsString(frame))).isEqualTo(204);
            return next();
        }

        void auth() throws Exception {
            JsonNode reply = request("auth", Map.of("token", BridgeServer.token(ALICE)));
            assertThat(reply.at("/body/user/username").asText()).isEqualTo("alice");
        }
    }

    @Test
    void infoIsForThoseWhoMayConnect() throws Exception {
        assertThat(Json.MAPPER.readTree(get("/info").body()).path("websocket").asBoolean())
                .isTrue();
        assertThat(get("/info", "Origin", "http://127.0.0.1:" + server.port).statusCode())
                .isEqualTo(200);
        var listed = get("/info", "Origin", BridgeServer.PAGE);
        assertThat(listed.statusCode()).isEqualTo(200);
        assertThat(listed.headers().firstValue("access-control-allow-origin")).hasValue(BridgeServer.PAGE);
        assertThat(get("/info", "Origin", "https://evil.example").statusCode()).isEqualTo(403);
        assertThat(get("/info", "Origin", "null").statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xhr", "xhr_streaming", "xhr_send", "jsonp_send"})
    void foreignPagesArePostingInVain(String transport) throws Exception {
        var answer = post("/000/victim/" + transport, "[\"x\"]", "Origin", "https://evil.example");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("access-control-allow-origin")).isEmpty();
    }

    @Test
    void theIframeThatWouldLetThemInIsNotServed() throws Exception {
        assertThat(get("/iframe.html").statusCode()).isEqualTo(404);
        assertThat(get("/iframe-1.6.1.html").statusCode()).isEqualTo(404);
    }

    @Test
    void aPollingClientHasTheWholeProtocol() throws Exception {
        var client = new Polling();
        assertThat(client.request("message:send", Map.of()).path("body").asText())
                .isEqualTo("not_logged_in");
        client.auth();
        assertThat(client.request("message:send", Map.of("conversationId", ROOM, "content", "Größe"))
                        .at("/body/seq")
                        .asInt())
                .isEqualTo(1);
        assertThat(server.sent.get(0).content()).isEqualTo("Größe");
        client.send("{\"type\":\"register\",\"address\":\"room:" + ROOM + "\",\"replyAddress\":\"a\"}");
        assertThat(client.next().at("/body/registered").asBoolean()).isTrue();
    }

    /** Each poll is a connection of its own, and may reach another event loop than the one that the session lives on. */
    @Test
    void aSessionSpansEventLoops() throws Exception {
        var one = server;
        try (var three = new BridgeServer(BridgeServer.DEFAULTS, 3, router -> {})) {
            server = three;
            for (int i = 0; i < 30; i++) {
                var client = new Polling();
                client.auth();
                for (int n = 0; n < 3; n++) {
                    JsonNode reply = client.request("message:send", Map.of("conversationId", ROOM, "content", "n" + n));
                    assertThat(reply.path("type").asText()).isEqualTo("rec");
                }
            }
            assertThat(three.sent).hasSize(90);
        } finally {
            server = one;
        }
    }

    @Test
    void otherTransportsOpenToo() throws Exception {
        assertThat(get("/000/" + UUID.randomUUID() + "/jsonp?c=callback").body())
                .contains("callback(\"o\")");
        var stream = HTTP.send(
                request("/000/" + UUID.randomUUID() + "/htmlfile?c=callback")
                        .GET()
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (var body = stream.body()) {
            assertThat(new String(body.readNBytes(500), StandardCharsets.UTF_8)).contains("parent.callback");
        }
        assertThat(get("/000/" + UUID.randomUUID() + "/jsonp?c=" + "evil();").statusCode())
                .isEqualTo(500);
    }

    @Test
    void theCookieOfOurOwnPageIsEnough() throws Exception {
        String cookie = "session=" + BridgeServer.token(ALICE);
        var ours = new Polling("Cookie", cookie, "Origin", BridgeServer.PAGE);
        assertThat(ours.request("user:typing", Map.of("conversationId", ROOM))
                        .path("type")
                        .asText())
                .isEqualTo("rec");
        var none = new Polling("Cookie", cookie);
        assertThat(none.request("user:typing", Map.of("conversationId", ROOM))
                        .path("body")
                        .asText())
                .isEqualTo("not_logged_in");
        var fetched = new Polling("Cookie", cookie, "Sec-Fetch-Site", "same-origin");
        assertThat(fetched.request("user:typing", Map.of("conversationId", ROOM))
                        .path("type")
                        .asText())
                .isEqualTo("rec");
    }

    @Test
    void anyPageMayConnectIfTheSettingsSaySoButItsCookieDoesNotCount() throws Exception {
        try (BridgeServer open = new BridgeServer(BridgeServer.DEFAULTS, 1, router -> {}, "*")) {
            var own = server;
            server = open;
            try {
                String page = "https://somebody.example";
                var info = get("/info", "Origin", page).headers();
                assertThat(info.allValues("access-control-allow-origin")).containsExactly(page);
                assertThat(info.allValues("access-control-allow-credentials")).containsExactly("true");
                var guest = new Polling("Cookie", "session=" + BridgeServer.token(ALICE), "Origin", page);
                assertThat(guest.request("user:typing", Map.of("conversationId", ROOM))
                                .path("body")
                                .asText())
                        .isEqualTo("not_logged_in");
                guest.auth();
            } finally {
                server = own;
            }
        }
    }

    /** vertx-web would close the connection under everything else that runs on it. */
    @Test
    void http2IsToldSo() throws Exception {
        var client = HttpClient.newHttpClient();
        var info = request("/info").version(HttpClient.Version.HTTP_2).build();
        assertThat(client.send(info, HttpResponse.BodyHandlers.discarding()).version())
                .isEqualTo(HttpClient.Version.HTTP_2);
        var poll = request("/000/" + UUID.randomUUID() + "/xhr")
                .version(HttpClient.Version.HTTP_2)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(client.send(poll, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(505);
    }

    @Test
    void badBodiesAreRefused() throws Exception {
        var client = new Polling();
        assertThat(post(client.path + "/xhr_send", "[\"x\"").statusCode()).isEqualTo(500);
        assertThat(post(client.path + "/xhr_send", "\"" + "x".repeat(300_000) + "\"")
                        .statusCode())
                .isEqualTo(413);
        assertThat(post("/000/nobody/xhr_send", "[\"x\"]").statusCode()).isEqualTo(404);
    }

    @Test
    void whoDoesNotFetchItsMessagesIsClosed() throws Exception {
        var client = new Polling();
        client.auth();
        Connection connection = server.hub.connected.iterator().next();
        byte[] message = ("\"" + "y".repeat(10_000) + "\"").getBytes(StandardCharsets.UTF_8);
        long most = server.onLoop(() -> {
            for (int i = 0; i < 1_000; i++) {
                connection.send(message);
            }
            return connection.queuedBytes();
        });
        assertThat(most).isBetween(1L << 20, (1L << 20) + 3L * message.length);
        // At once, and not when vertx-web misses the client's polls: what follows is said on the event loop before
        // this.
        assertThat(server.onLoop(() -> server.hub.connected.contains(connection)))
                .isFalse();
        await().atMost(LONG).until(() -> server.onLoop(connection::queuedBytes) == 0);
    }

    @Test
    void theReasonOfTheEndComesBeforeIt() throws Exception {
        var client = new Polling();
        UUID session = UUID.randomUUID();
        client.request(
                "auth",
                Map.of("token", BridgeServer.token(ALICE, session, Instant.now().plusSeconds(60))));
        server.revocations.revoke(session);
        JsonNode reason = client.next();
        assertThat(reason.path("body").asText()).isEqualTo("session_revoked");
        assertThat(reason.path("failureCode").asInt()).isEqualTo(4403);
        client.next();
        assertThat(client.end).isEqualTo("c[3000,\"Go away!\"]");
    }

    @Test
    void aFloodWhileRequestsHangIsNotKept() throws Exception {
        server.onSend = q -> Promise.<RoomOperations.Sent>promise().future();
        var client = new Polling();
        client.auth();
        String[] hanging = new String[64];
        for (int i = 0; i < hanging.length; i++) {
            hanging[i] = "{\"type\":\"send\",\"address\":\"message:send\",\"body\":{\"conversationId\":\""
                    + new UUID(8, i) + "\",\"content\":\"x\"}}";
        }
        assertThat(client.send(hanging)).isEqualTo(204);
        // What takes long is asked once more.
        await().atMost(LONG).until(() -> server.sent.size() >= hanging.length);
        for (int i = 0; i < 4; i++) {
            client.send("x".repeat(100_000));
        }
        await().atMost(LONG).until(() -> client.send("x") == 404);
        await().atMost(LONG).until(server.hub.connected::isEmpty);
        assertThat(server.figures())
                .as("not because vertx-web missed its polls")
                .contains("switchboard_sockets_closed_total{reason=\"too_many\"} 1.0\n");
    }
}
