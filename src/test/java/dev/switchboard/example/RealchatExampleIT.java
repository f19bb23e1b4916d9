package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.example.ExampleGateway.Answer;
import dev.switchboard.example.StandIn.Mood;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code conf/examples/realchat.yaml} does what RealChat's document asks of its gateway. No Redis: it fails open. */
@Timeout(120)
class RealchatExampleIT {
    private final UUID anna = UUID.randomUUID();
    private final String[] asAnna = {"Authorization", "Bearer " + ExampleGateway.token(anna)};

    private final Vertx vertx = Vertx.vertx();
    private StandIn auth;
    private StandIn message;
    private StandIn delivery;
    private StandIn profile;
    private StandIn conversation;
    private ExampleGateway gateway;

    @BeforeEach
    void start() throws TimeoutException {
        auth = new StandIn(vertx);
        message = new StandIn(vertx);
        delivery = new StandIn(vertx);
        profile = new StandIn(vertx);
        conversation = new StandIn(vertx);
        gateway = new ExampleGateway(
                "realchat",
                new HashMap<>(Map.of(
                        "UPSTREAM_AUTH_URL", auth.url(),
                        "UPSTREAM_MESSAGE_URL", message.url(),
                        "UPSTREAM_DELIVERY_URL", delivery.url(),
                        "UPSTREAM_PROFILE_URL", profile.url(),
                        "UPSTREAM_CONVERSATION_URL", conversation.url(),
                        "UPSTREAM_TIMEOUT", "500ms",
                        "REDIS_ADDR", "127.0.0.1:" + ExampleGateway.freePort())));
    }

    @AfterEach
    void stop() throws TimeoutException {
        gateway.close();
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void routes() {
        leadsTo("POST", "/api/v1/auth/register", auth);
        leadsTo("POST", "/api/v1/auth/login", auth);
        leadsTo("GET", "/api/v1/users/me", profile, asAnna);
        leadsTo("GET", "/api/v1/conversations", conversation, asAnna);
        leadsTo("POST", "/api/v1/messages", message, asAnna);
    }

    @Test
    void everythingElseIsDenied() {
        for (String path : new String[] {"/api/v1/users/me", "/api/v1/admin", "/internal", "/api/v1/auth/refresh"}) {
            assertThat(gateway.call("GET", path).status()).as(path).isEqualTo(401);
        }
        assertThat(gateway.call("GET", "/api/v1/admin", asAnna).status()).isEqualTo(404);
        Answer expired = gateway.call(
                "GET",
                "/api/v1/users/me",
                "Authorization",
                "Bearer " + ExampleGateway.token(anna, Instant.now().minusSeconds(120)));
        assertThat(expired.status()).isEqualTo(401);
        assertThat(profile.sawNothing()).isTrue();
    }

    @Test
    void headersThatClientsMustNotSendAreRemoved() {
        Answer answer = gateway.call(
                "GET",
                "/api/v1/users/me",
                asAnna[0],
                asAnna[1],
                "X-Internal-User-Id",
                "root",
                "X-User-Id",
                "root",
                "X-User-Roles",
                "admin");
        JsonNode headers = answer.body().get("headers");

        assertThat(headers.has("x-internal-user-id")).isFalse();
        assertThat(headers.get("x-user-id").asText()).isEqualTo(anna.toString());
        assertThat(headers.path("x-user-roles").asText()).doesNotContain("admin");
    }

    @Test
    void usersHaveBucketsOfTheirOwnAndSoHaveAddresses() {
        assertThat(granted("GET", "/api/v1/conversations", asAnna)).isBetween(20, 30);
        Answer refused = exhaust("GET", "/api/v1/conversations", asAnna);
        assertThat(refused.body().get("code").asText()).isEqualTo("too_many_requests");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();

        String[] asBert = {"Authorization", "Bearer " + ExampleGateway.token(UUID.randomUUID())};
        assertThat(gateway.call("GET", "/api/v1/conversations", asBert).status())
                .isEqualTo(200);
        assertThat(granted("POST", "/api/v1/auth/login")).isBetween(20, 30);
    }

    @Test
    void aServiceThatIsSlowBrokenOrDown() throws TimeoutException {
        message.mood(Mood.HANGS);
        assertThat(gateway.call("POST", "/api/v1/messages", asAnna).status()).isEqualTo(504);
        message.mood(Mood.BREAKS);
        assertThat(gateway.call("POST", "/api/v1/messages", asAnna).status()).isEqualTo(502);
        message.die();
        assertThat(gateway.call("POST", "/api/v1/messages", asAnna).status()).isEqualTo(503);
    }

    @Test
    void webSocketsAreHandedToTheDeliveryService() {
        JsonNode opened = gateway.firstMessage("/ws", asAnna);

        assertThat(opened.get("uri").asText()).isEqualTo("/ws");
        assertThat(opened.at("/headers/x-user-id").asText()).isEqualTo(anna.toString());
        assertThat(gateway.call("GET", "/ws").status()).isEqualTo(401);
    }

    @Test
    void whatIsUnderWayAtAShutdownIsFinished() {
        profile.mood(Mood.WAITS);
        CompletableFuture<Answer> underWay = gateway.send("GET", "/api/v1/users/me", "", asAnna);
        await().until(() -> profile.waiting() == 1);
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::close);
        await().until(() -> !gateway.accepts());
        profile.release();

        assertThat(underWay.join().status()).isEqualTo(200);
        stopped.join();
    }

    private void leadsTo(String method, String path, StandIn service, String... headers) {
        Answer answer = gateway.call(method, path, headers);

        assertThat(answer.status()).as(method + " " + path).isEqualTo(200);
        StandIn.Seen seen = service.next();
        assertThat(seen.method()).isEqualTo(method);
        assertThat(seen.uri()).isEqualTo(path);
    }

    /** How many of forty requests pass, sent as fast as one client can. */
    private int granted(String method, String path, String... headers) {
        int granted = 0;
        for (int i = 0; i < 40; i++) {
            if (gateway.call(method, path, headers).status() == 200) {
                granted++;
            }
        }
        return granted;
    }

    private Answer exhaust(String method, String path, String... headers) {
        Answer answer = gateway.call(method, path, headers);
        for (int i = 0; i < 100 && answer.status() == 200; i++) {
            answer = gateway.call(method, path, headers);
        }
        return answer;
    }
}
