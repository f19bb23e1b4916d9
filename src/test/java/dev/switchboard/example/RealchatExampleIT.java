package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.app.PlatformOptions;
import dev.switchboard.config.ConfigException;
import dev.switchboard.example.ExampleGateway.Answer;
import dev.switchboard.example.StandIn.Mood;
import dev.switchboard.gateway.limit.Bucket;
import dev.switchboard.support.Ports;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    private Walk walk;

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
                        "UPSTREAM_TIMEOUT", ExampleGateway.UPSTREAM_TIMEOUT,
                        "REDIS_ADDR", "127.0.0.1:" + Ports.free())));
        walk = new Walk(gateway);
    }

    @AfterEach
    void stop() throws TimeoutException {
        gateway.close();
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void routes() {
        walk.leadsTo("POST", "/api/v1/auth/register", auth, "/api/v1/auth/register");
        walk.leadsTo("POST", "/api/v1/auth/login", auth, "/api/v1/auth/login");
        walk.leadsTo("GET", "/api/v1/users/me", profile, "/api/v1/users/me", asAnna);
        walk.leadsTo("GET", "/api/v1/conversations", conversation, "/api/v1/conversations", asAnna);
        walk.leadsTo("POST", "/api/v1/messages", message, "/api/v1/messages", asAnna);
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
    void variables() {
        Map<String, String> secret = Map.of("JWT_SECRET", ExampleGateway.SECRET);
        PlatformOptions usual = ExampleGateway.settings("realchat", secret);
        assertThat(usual.server().port()).isEqualTo(8080);
        assertThat(usual.server().shutdownTimeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(String.valueOf(usual.limits().redis())).contains("localhost:6379");
        assertThat(usual.limits().tiers().get("default").bucket()).isEqualTo(new Bucket(10, 1_000_000, 20));

        Map<String, String> others = new HashMap<>(secret);
        others.putAll(Map.of("PORT", "9090", "SHUTDOWN_TIMEOUT", "3s", "RATE_LIMIT_RPS", "7", "RATE_LIMIT_BURST", "9"));
        PlatformOptions own = ExampleGateway.settings("realchat", others);
        assertThat(own.server().port()).isEqualTo(9090);
        assertThat(own.server().shutdownTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(own.limits().tiers().get("default").bucket()).isEqualTo(new Bucket(7, 1_000_000, 9));

        assertThatThrownBy(() -> ExampleGateway.settings("realchat", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("JWT_SECRET");
    }

    @Test
    void usersHaveBucketsOfTheirOwnAndSoHaveAddresses() {
        assertGrants("GET", "/api/v1/conversations", asAnna);
        Answer refused = exhaust("GET", "/api/v1/conversations", asAnna);
        Walk.isRefusedForNow(refused);

        String[] asBert = {"Authorization", "Bearer " + ExampleGateway.token(UUID.randomUUID())};
        assertThat(gateway.call("GET", "/api/v1/conversations", asBert).status())
                .isEqualTo(200);
        assertGrants("POST", "/api/v1/auth/login");
    }

    @Test
    void aServiceThatIsSlowBrokenOrDown() throws TimeoutException {
        walk.servicesThatFail(message, "POST", "/api/v1/messages", asAnna);
    }

    @Test
    void webSocketsAreHandedToTheDeliveryService() {
        JsonNode opened = gateway.webSocket("/ws", asAnna).first();

        assertThat(opened.get("uri").asText()).isEqualTo("/ws");
        assertThat(opened.at("/headers/x-user-id").asText()).isEqualTo(anna.toString());
        // Browsers can send no header with an upgrade, but cookies.
        assertThat(gateway.webSocket("/ws", "Cookie", "session=" + ExampleGateway.token(anna))
                        .first()
                        .at("/headers/x-user-id")
                        .asText())
                .isEqualTo(anna.toString());
        assertThat(gateway.call("GET", "/ws").status()).isEqualTo(401);
    }

    @Test
    void webSocketsAreSentElsewhereAtAShutdown() {
        var socket = gateway.webSocket("/ws", asAnna);
        socket.first();
        gateway.close();
        assertThat(socket.closed()).isEqualTo(1012);
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

    /** Of forty requests at once twenty pass, and what grows back meanwhile, ten a second. */
    private void assertGrants(String method, String path, String... headers) {
        long began = System.nanoTime();
        long granted = atOnce(method, path, headers)
                .filter(answer -> answer.status() == 200)
                .count();
        assertThat((double) granted).isBetween(20.0, Math.min(40, 20 + 10 * Walk.secondsSince(began)));
    }

    private Answer exhaust(String method, String path, String... headers) {
        return await().until(
                        () -> atOnce(method, path, headers)
                                .filter(answer -> answer.status() != 200)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private Stream<Answer> atOnce(String method, String path, String... headers) {
        String body = method.equals("POST") ? ExampleGateway.BODY : "";
        return IntStream.range(0, 40).mapToObj(i -> gateway.send(method, path, body, headers)).toList().stream()
                .map(CompletableFuture::join);
    }
}
