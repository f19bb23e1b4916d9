package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.app.PlatformOptions;
import dev.switchboard.example.ExampleGateway.Answer;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.RedisProcess;
import dev.switchboard.support.Scrape;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/examples/quickchat.yaml} does what QuickChat's document asks of its gateway, section by section. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuickchatExampleIT {
    private static final String ORIGIN = "https://quickchat.example.org";

    private final Vertx vertx = Vertx.vertx();
    private final Postgres database = Postgres.create();
    private RedisProcess redis;
    private StandIn auth;
    private StandIn upload;
    private ExampleGateway gateway;
    private Walk walk;
    private Account anna;
    private Account bert;

    @BeforeAll
    void start(@TempDir Path data) throws Exception {
        redis = new RedisProcess("");
        auth = new StandIn(vertx);
        upload = new StandIn(vertx);
        gateway = new ExampleGateway(
                "quickchat",
                Map.of(
                        "UPSTREAM_AUTH_URL",
                        auth.url(),
                        "UPSTREAM_UPLOAD_URL",
                        upload.url(),
                        "UPSTREAM_TIMEOUT",
                        ExampleGateway.UPSTREAM_TIMEOUT,
                        "CORS_ORIGIN",
                        ORIGIN,
                        "REDIS_HOST",
                        "127.0.0.1:" + redis.port,
                        "PRESENCE_GRACE",
                        "500ms",
                        "DATABASE_URL",
                        database.url(),
                        "DATA_DIR",
                        data.toString()));
        walk = new Walk(gateway);
        anna = someone("anna");
        bert = someone("bert");
    }

    @AfterAll
    void stop() throws Exception {
        gateway.close();
        database.close();
        redis.close();
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    private Account someone(String name) {
        return gateway.register("/api/v1/auth/register", name);
    }

    private Answer get(String path, Account who) {
        return gateway.call("GET", "/api/v1" + path, ExampleGateway.as(who));
    }

    @Test
    void variables() {
        PlatformOptions usual = ExampleGateway.settings("quickchat", Map.of());
        assertThat(usual.server().port()).isEqualTo(3000);
        assertThat(usual.limits().redis()).isNull();
        Map<String, String> production = Map.of("RATE_LIMIT_USE_REDIS", "true", "REDIS_HOST", "redis.internal");
        assertThat(ExampleGateway.settings("quickchat", production).limits().redis())
                .hasToString("redis.internal:6379");
        Map<String, String> development = Map.of("RATE_LIMIT_USE_REDIS", "false", "REDIS_HOST", "redis.internal");
        assertThat(ExampleGateway.settings("quickchat", development).limits().redis())
                .isNull();
    }

    @Test
    void helmet() {
        for (Answer answer : List.of(get("/users/me", anna), gateway.call("GET", "/api/v1/nothing"))) {
            assertThat(answer.header("Content-Security-Policy"))
                    .isEqualTo("default-src 'self'; script-src 'self' 'unsafe-inline'; "
                            + "style-src 'self' 'unsafe-inline'; img-src 'self' data: https:");
            assertThat(answer.header("Strict-Transport-Security")).isEqualTo("max-age=31536000; includeSubDomains");
            assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        }
    }

    @Test
    void compression() {
        assertThat(gateway.call("GET", "/api/openapi.json", "Accept-Encoding", "gzip")
                        .header("Content-Encoding"))
                .isEqualTo("gzip");
    }

    @Test
    void cors() {
        walk.letsPagesIn(ORIGIN, "GET", "/api/v1/users/me", ExampleGateway.as(someone("cora")));
    }

    @Test
    void limits() {
        Account dora = someone("dora");
        walk.passes(3, "POST", "/api/v1/auth/otp/request");
        walk.passes(10, "POST", "/api/v1/auth/login");
        walk.passes(10, "POST", "/api/v1/upload", ExampleGateway.as(dora));
        walk.passes(100, "GET", "/api/v1/users/me", ExampleGateway.as(dora));
        assertThat(get("/users/me", anna).status()).isEqualTo(200);
    }

    @Test
    void controllers() {
        for (String path :
                List.of("/users/me", "/users", "/users/" + bert.id(), "/conversations", "/calls", "/notifications")) {
            assertThat(get(path, anna).status()).as(path).isEqualTo(200);
            Walk.isFault(gateway.call("GET", "/api/v1" + path), 401, "unauthorized", "Unauthorized");
        }
        assertThat(get("/conversations?slug=general", anna)
                        .body()
                        .at("/items/0/kind")
                        .asText())
                .isEqualTo("channel");
        String room = conversation(anna, bert);
        String message = "{\"conversationId\":\"" + room + "\",\"content\":\"hello\",\"type\":\"text\"}";
        Answer sent = gateway.json("POST", "/api/v1/messages", "10.2.0.1", message, ExampleGateway.as(anna));
        assertThat(sent.status()).isEqualTo(201);
        assertThat(get("/messages?conversationId=" + room, bert).body().findValuesAsText("id"))
                .contains(sent.body().get("id").asText());
        String refresh = "{\"refreshToken\":\"" + bert.refreshToken() + "\"}";
        Answer again = gateway.json("POST", "/api/v1/auth/refresh", "10.2.0.1", refresh);
        assertThat(again.status()).isEqualTo(200);
        String[] asBert = {
            "Authorization", "Bearer " + again.body().get("accessToken").asText()
        };
        assertThat(gateway.json("POST", "/api/v1/auth/logout", "10.2.0.1", "{}", asBert)
                        .status())
                .isEqualTo(200);
        Walk.isFault(gateway.call("GET", "/api/v1/users/me", asBert), 401, "session_revoked", "Unauthorized");
        bert = someone("bert");
    }

    @Test
    void codesAndUploadsAreServices() throws TimeoutException {
        String[] client = {"X-Forwarded-For", "10.2.0.2"};
        walk.leadsTo("POST", "/api/v1/auth/otp/request", auth, "/api/v1/auth/otp/request", client);
        walk.leadsTo("POST", "/api/v1/auth/otp/verify", auth, "/api/v1/auth/otp/verify", client);
        Account erna = someone("erna");
        assertThat(walk.leadsTo("POST", "/api/v1/upload", upload, "/api/v1/upload", ExampleGateway.as(erna))
                        .headers()
                        .get("X-User-Id"))
                .isEqualTo(erna.id());
        // Whoever proved a number by a code has a token from the auth service.
        UUID byCode = UUID.randomUUID();
        String[] token = {"Authorization", "Bearer " + ExampleGateway.token(byCode)};
        assertThat(walk.leadsTo("GET", "/api/v1/upload/7", upload, "/api/v1/upload/7", token)
                        .headers()
                        .get("X-User-Id"))
                .isEqualTo(byCode.toString());
        Walk.isFault(gateway.call("POST", "/api/v1/upload"), 401, "unauthorized", "Unauthorized");
        Walk.isFault(
                gateway.send("POST", "/api/v1/upload", "a".repeat((10 << 20) + 1), ExampleGateway.as(erna))
                        .join(),
                413,
                "payload_too_large",
                "Request Entity Too Large");
        walk.servicesThatFail(upload, "POST", "/api/v1/upload", ExampleGateway.as(erna));
    }

    @Test
    void guards() {
        for (String bad : List.of("Bearer nonsense", "Basic YW5uYTpwYXNz")) {
            assertThat(gateway.call("GET", "/api/v1/users/me", "Authorization", bad)
                            .status())
                    .isEqualTo(401);
        }
        String path = "/api/v1/users/" + bert.id() + "/disabled";
        Walk.isFault(
                gateway.json("PUT", path, "10.2.0.3", "{\"disabled\":true}", ExampleGateway.as(anna)),
                403,
                "forbidden",
                "Forbidden");
    }

    @Test
    void validation() {
        Answer wrong = gateway.json(
                "PUT", "/api/v1/users/me", "10.2.0.4", "{\"email\":\"nonsense\"}", ExampleGateway.as(anna));
        Walk.isFault(wrong, 400, "validation_failed", "Bad Request");
        assertThat(wrong.body().get("path").asText()).isEqualTo("/api/v1/users/me");
        assertThat(wrong.body().at("/errors/0/field").asText()).isEqualTo("email");
        assertThat(wrong.body().at("/errors/0/message").asText()).isNotEmpty();
    }

    @Test
    void swagger() {
        Answer page = gateway.call("GET", "/api/docs");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).startsWith("text/html");
        JsonNode schemes = gateway.call("GET", "/api/openapi.json").body().at("/components/securitySchemes");
        assertThat(schemes.findValuesAsText("scheme")).contains("bearer");
        assertThat(schemes.findValuesAsText("bearerFormat")).contains("JWT");
    }

    @Test
    void health() {
        Answer health = gateway.call("GET", "/api/v1/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body().get("status").asText()).isEqualTo("ok");
        JsonNode info = health.body().get("info");
        assertThat(info.at("/database/status").asText()).isEqualTo("up");
        assertThat(info.at("/redis/status").asText()).isEqualTo("up");
        assertThat(info.at("/memory/status").asText()).isEqualTo("up");
        assertThat(info.at("/memory/heapUsed").asText()).matches("\\d+MB");
    }

    @Test
    void metrics() {
        Answer answer = gateway.call("GET", "/metrics");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/plain; version=0.0.4");
        assertThat(Scrape.parse(answer.text()).families()).containsKey("switchboard_up");
        assertThat(gateway.call("GET", "/metrics", "X-Forwarded-For", "203.0.113.9")
                        .status())
                .isEqualTo(404);
    }

    /** A direct conversation of two. */
    private String conversation(Account one, Account other) {
        String members = "{\"kind\":\"direct\",\"memberIds\":[\"" + other.id() + "\"]}";
        return gateway.json("POST", "/api/v1/conversations", "10.2.0.5", members, ExampleGateway.as(one))
                .body()
                .get("id")
                .asText();
    }

    @Test
    void chat() {
        Account fritz = someone("fritz");
        Account gerda = someone("gerda");
        String room = conversation(fritz, gerda);
        List<String> heard = new CopyOnWriteArrayList<>();
        try (BusClient sends = BusClient.connect(gateway.uri(), fritz)) {
            sends.register(
                    "user:" + fritz.id(), event -> heard.add(event.get("type").asText()));
            Map<String, String> conversation = Map.of("conversationId", room);
            sends.request("join:conversation", conversation);
            sends.register("room:" + room, event -> heard.add(event.get("type").asText()));
            try (BusClient reads = BusClient.connect(gateway.uri(), gerda)) {
                reads.request("join:conversation", conversation);
                JsonNode sent = sends.request(
                        "message:send", Map.of("conversationId", room, "content", "hello", "type", "text"));
                Map<String, String> message = Map.of(
                        "conversationId", room, "messageId", sent.get("id").asText());
                reads.request("user:typing", conversation);
                reads.request("user:stop-typing", conversation);
                reads.request("message:read", message);
                sends.request(
                        "message:edit",
                        Map.of(
                                "conversationId",
                                room,
                                "messageId",
                                sent.get("id").asText(),
                                "content",
                                "hello!"));
                sends.request("message:delete", message);
                await().untilAsserted(() -> assertThat(heard)
                        .contains(
                                "user:online",
                                "message:new",
                                "user:typing",
                                "user:stop-typing",
                                "message:read",
                                "message:updated",
                                "message:deleted"));
            }
            await().untilAsserted(() -> assertThat(heard).contains("user:offline"));
        }
    }

    @Test
    void calls() {
        Account heidi = someone("heidi");
        Account ivo = someone("ivo");
        List<String> heard = new CopyOnWriteArrayList<>();
        try (BusClient caller = BusClient.connect(gateway.uri(), heidi);
                BusClient callee = BusClient.connect(gateway.uri(), ivo)) {
            listen(caller, heidi, heard, "caller ");
            listen(callee, ivo, heard, "callee ");
            String id = initiate(caller, ivo);
            await().untilAsserted(() -> assertThat(heard).contains("callee call:incoming"));
            Map<String, String> call = Map.of("callId", id);
            callee.request("call:answer", call);
            await().untilAsserted(() -> assertThat(heard).contains("caller call:accepted"));
            caller.request("offer", Map.of("callId", id, "sdp", "v=0"));
            callee.request("answer", Map.of("callId", id, "sdp", "v=0"));
            Map<String, Object> candidate = Map.of("callId", id, "candidate", Map.of("candidate", ""));
            caller.request("ice-candidate", candidate);
            callee.request("ice-candidate", candidate);
            await().untilAsserted(() -> assertThat(heard)
                    .contains("callee offer", "caller answer", "callee ice-candidate", "caller ice-candidate"));
            callee.request("call:end", call);
            await().untilAsserted(() -> assertThat(heard).contains("caller call:end"));

            String second = initiate(caller, ivo);
            callee.request("call:reject", Map.of("callId", second));
            await().untilAsserted(() -> assertThat(heard).contains("caller call:rejected"));
        }
    }

    private static String initiate(BusClient caller, Account callee) {
        return caller.request("call:initiate", Map.of("calleeId", callee.id(), "media", "audio"))
                .get("callId")
                .asText();
    }

    private static void listen(BusClient client, Account who, List<String> heard, String as) {
        String socket = client.request("auth", Map.of()).get("socketId").asText();
        for (String address : List.of("user:" + who.id(), "socket:" + socket)) {
            client.register(address, event -> heard.add(as + event.get("type").asText()));
        }
    }
}
