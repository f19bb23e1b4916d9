package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.app.PlatformOptions;
import dev.switchboard.example.ExampleGateway.Answer;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Postgres;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/examples/three-service.yaml} does what the guide's API service and WebSocket chat server do. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThreeServiceExampleIT {
    private final Vertx vertx = Vertx.vertx();
    private final Postgres database = Postgres.create();
    private StandIn frontend;
    private ExampleGateway gateway;
    private Walk walk;
    private Account anna;
    private Account bert;
    private String general;

    @BeforeAll
    void start(@TempDir Path data) throws TimeoutException {
        frontend = new StandIn(vertx);
        gateway = new ExampleGateway(
                "three-service",
                Map.of(
                        "UPSTREAM_FRONTEND_URL", frontend.url(),
                        "UPSTREAM_TIMEOUT", ExampleGateway.UPSTREAM_TIMEOUT,
                        "FRONTEND_URL", "http://chat.example.org",
                        "DATABASE_URL", database.url(),
                        "DATA_DIR", data.toString()));
        walk = new Walk(gateway);
        anna = gateway.register("/register", "anna");
        bert = gateway.register("/register", "bert");
        general = gateway.call("GET", "/rooms?slug=general", ExampleGateway.as(anna))
                .body()
                .at("/items/0/id")
                .asText();
    }

    @AfterAll
    void stop() throws TimeoutException {
        gateway.close();
        database.close();
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void variables() {
        PlatformOptions usual = ExampleGateway.settings("three-service", Map.of());
        assertThat(usual.server().port()).isEqualTo(8000);
        assertThat(usual.server().corsOrigins()).containsExactly("http://localhost");
        PlatformOptions own = ExampleGateway.settings(
                "three-service",
                Map.of(
                        "JWT_SECRET_KEY", ExampleGateway.SECRET,
                        "DATABASE_URL", "postgresql://user:pass@localhost:5432/chatdb",
                        "FRONTEND_URL", "http://chat.example.org"));
        assertThat(own.auth().jwtSecret().value()).isEqualTo(ExampleGateway.SECRET);
        assertThat(own.database().url().value()).isEqualTo("postgresql://user:pass@localhost:5432/chatdb");
        assertThat(own.server().corsOrigins()).containsExactly("http://chat.example.org");
    }

    @Test
    void login() {
        String name = "{\"username\":\"" + anna.username() + "\",\"password\":\"";
        Answer in = gateway.json("POST", "/login", "10.2.0.1", name + ExampleGateway.PASSWORD + "\"}");
        assertThat(in.status()).isEqualTo(200);
        String token = in.body().get("accessToken").asText();
        JsonNode valid = gateway.json("POST", "/validate-token", "10.2.0.1", "{\"token\":\"" + token + "\"}")
                .body();
        assertThat(valid.get("valid").asBoolean()).isTrue();
        assertThat(valid.at("/user/id").asText()).isEqualTo(anna.id());
        assertThat(valid.at("/user/username").asText()).isEqualTo(anna.username());

        Answer invalid = gateway.json("POST", "/validate-token", "10.2.0.1", "{\"token\":\"nonsense\"}");
        assertThat(invalid.status()).isEqualTo(200);
        assertThat(invalid.body().get("valid").asBoolean()).isFalse();
        Walk.isFault(
                gateway.json("POST", "/login", "10.2.0.1", name + "wrong horse\"}"),
                401,
                "invalid_credentials",
                "Unauthorized");
        Answer wrong = gateway.json("POST", "/register", "10.2.0.1", "{\"username\":\"x\"}");
        Walk.isFault(wrong, 400, "validation_failed", "Bad Request");
        assertThat(wrong.body().get("errors").findValuesAsText("field")).contains("username", "email", "password");
    }

    @Test
    void users() {
        assertThat(gateway.call("GET", "/users/me", ExampleGateway.as(anna))
                        .body()
                        .get("id")
                        .asText())
                .isEqualTo(anna.id());
        assertThat(gateway.json("PUT", "/users/me", "10.2.0.2", "{\"displayName\":\"Anna\"}", ExampleGateway.as(anna))
                        .body()
                        .get("displayName")
                        .asText())
                .isEqualTo("Anna");
        JsonNode seen = gateway.call("GET", "/users/" + anna.id(), ExampleGateway.as(bert))
                .body();
        assertThat(seen.get("username").asText()).isEqualTo(anna.username());
        assertThat(seen.has("email")).isFalse();
        Walk.isFault(gateway.call("GET", "/users/me"), 401, "unauthorized", "Unauthorized");
    }

    @Test
    void messagesAreStored() {
        String said = "{\"room_id\":\"" + general
                + "\",\"content\":\"hello\",\"user_id\":\"root\",\"username\":\"root\",\"timestamp\":\"now\"}";
        // By joining the default room one becomes its member.
        try (BusClient client = BusClient.connect(gateway.uri(), anna)) {
            client.request("join:conversation", Map.of("conversationId", general));
        }
        Answer stored = gateway.json("POST", "/messages", "10.2.0.3", said, ExampleGateway.as(anna));
        assertThat(stored.status()).as(stored.body().toString()).isEqualTo(201);

        JsonNode messages = gateway.call("GET", "/messages?room_id=" + general + "&limit=50", ExampleGateway.as(anna))
                .body()
                .get("messages");
        assertThat(messages.findValuesAsText("id"))
                .contains(stored.body().get("id").asText());
        assertThat(messages.findValuesAsText("senderId")).contains(anna.id()).doesNotContain("root");
        Walk.isFault(gateway.json("POST", "/messages", "10.2.0.3", said), 401, "unauthorized", "Unauthorized");
        Walk.isFault(
                gateway.call("GET", "/messages?room_id=7", ExampleGateway.as(anna)),
                400,
                "validation_failed",
                "Bad Request");
    }

    @Test
    void chat() {
        List<JsonNode> heard = new CopyOnWriteArrayList<>();
        try (BusClient stranger = BusClient.anonymous(gateway.uri())) {
            assertThatThrownBy(() -> stranger.request("auth", Map.of("token", "nonsense")))
                    .isInstanceOfSatisfying(BusClient.Refused.class, refused -> assertThat(refused.status())
                            .isEqualTo(401));
        }
        try (BusClient one = BusClient.anonymous(gateway.uri());
                BusClient other = BusClient.anonymous(gateway.uri())) {
            assertThat(one.request("auth", Map.of("token", anna.accessToken()))
                            .at("/user/id")
                            .asText())
                    .isEqualTo(anna.id());
            other.request("auth", Map.of("token", bert.accessToken()));
            for (BusClient client : List.of(one, other)) {
                client.request("join:conversation", Map.of("conversationId", general));
                client.register("room:" + general, event -> {
                    if (event.get("type").asText().equals("message:new")) {
                        heard.add(event.get("data"));
                    }
                });
            }
            one.request("message:send", Map.of("conversationId", general, "content", "to all", "type", "text"));

            // Whoever said it hears it as well.
            await().until(() -> heard.size() == 2);
            assertThat(heard)
                    .allMatch(message -> message.get("content").asText().equals("to all")
                            && message.get("senderId").asText().equals(anna.id()));
        }
    }

    @Test
    void everythingElseIsTheFrontEnds() throws TimeoutException {
        for (String path : List.of("/", "/login", "/register", "/chat.php?room=1", "/static/app.js")) {
            walk.leadsTo("GET", path, frontend, path);
        }
        walk.leadsTo("POST", "/profile.php", frontend, "/profile.php");
        walk.letsPagesIn("http://chat.example.org", "GET", "/users/me", ExampleGateway.as(anna));
        walk.servicesThatFail(frontend, "GET", "/slow.php");
        assertThat(gateway.call("GET", "/users/me", ExampleGateway.as(anna)).status())
                .isEqualTo(200);
    }

    @Test
    void attemptsToSignInAreLimited() {
        long began = System.nanoTime();
        int passed = 0;
        while (attempt().status() != 429) {
            passed++;
            assertThat((double) passed)
                    .as("ten, and what grows back of ten in a minute")
                    .isLessThanOrEqualTo(10 + 10 * Walk.secondsSince(began) / 60);
        }
        assertThat(passed).isGreaterThanOrEqualTo(10);
    }

    private Answer attempt() {
        return gateway.json("POST", "/login", "10.3.0.1", "{\"username\":\"nobody\",\"password\":\"wrong horse\"}");
    }
}
