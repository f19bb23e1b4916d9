package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.example.ExampleGateway.Answer;
import dev.switchboard.support.RedisProcess;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code conf/examples/lld.yaml} does what the low-level design asks of its gateway, section by section. */
@Timeout(120)
class LldExampleIT {
    private static final UUID ANNA = UUID.randomUUID();
    private static final UUID BERT = UUID.randomUUID();
    private static final String[] AS_ANNA = {"Authorization", "Bearer " + ExampleGateway.token(ANNA)};

    private final Vertx vertx = Vertx.vertx();
    private StandIn auth;
    private StandIn rooms;
    private StandIn turn;
    private StandIn signaling;
    private ExampleGateway gateway;
    private Walk walk;

    @BeforeEach
    void start() throws TimeoutException {
        auth = new StandIn(vertx);
        rooms = new StandIn(vertx);
        turn = new StandIn(vertx);
        signaling = new StandIn(vertx);
        gateway = gateway(Map.of());
        walk = new Walk(gateway);
    }

    @AfterEach
    void stop() throws TimeoutException {
        gateway.close();
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    private ExampleGateway gateway(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "UPSTREAM_AUTH_URL", auth.url(),
                "UPSTREAM_ROOM_URL", rooms.url(),
                "UPSTREAM_TURN_URL", turn.url(),
                "UPSTREAM_SIGNALING_URL", signaling.url(),
                "UPSTREAM_TIMEOUT", ExampleGateway.UPSTREAM_TIMEOUT,
                "CORS_ORIGIN", "https://app.example.org"));
        settings.putAll(more);
        return new ExampleGateway("lld", settings);
    }

    @Test
    void routeTable() {
        walk.leadsTo("POST", "/api/auth/signup", auth, "/auth/signup");
        walk.leadsTo("POST", "/api/auth/login", auth, "/auth/login");
        walk.leadsTo("POST", "/api/rooms", rooms, "/rooms", AS_ANNA);
        walk.leadsTo("GET", "/api/rooms/r%20-7?full=1", rooms, "/rooms/r%20-7?full=1", AS_ANNA);
        walk.leadsTo("GET", "/api/ice-servers", turn, "/ice-servers", AS_ANNA);
        walk.leadsTo(
                "GET",
                "/socket.io/?EIO=4&transport=polling",
                signaling,
                "/socket.io/?EIO=4&transport=polling",
                AS_ANNA);
    }

    @Test
    void whatIsNotInTheTableIsNotThere() {
        assertThat(gateway.call("GET", "/api/users").status()).isEqualTo(401);
        assertThat(gateway.call("GET", "/api/users", AS_ANNA).status()).isEqualTo(404);
        assertThat(gateway.call("GET", "/api/v1/conversations", AS_ANNA).status())
                .isEqualTo(404);
        Answer wrongMethod = gateway.call("DELETE", "/api/rooms/7", AS_ANNA);
        assertThat(wrongMethod.status()).isEqualTo(405);
        assertThat(wrongMethod.header("Allow")).contains("GET");
        assertThat(rooms.sawNothing()).isTrue();
    }

    @Test
    void tokens() {
        String expired = "Bearer " + ExampleGateway.token(ANNA, Instant.now().minusSeconds(120));
        for (String[] bad : new String[][] {
            {},
            {"Authorization", "Bearer nonsense"},
            {"Authorization", expired},
            {"Authorization", "Basic YW5uYTpwYXNz"}
        }) {
            Answer refused = gateway.call("POST", "/api/rooms", bad);
            String code = bad.length > 0 && bad[1].equals(expired) ? "token_expired" : "unauthorized";
            Walk.isFault(refused, 401, code, "Unauthorized");
        }
        assertThat(rooms.sawNothing()).isTrue();
    }

    @Test
    void injectedHeaders() {
        Answer answer = gateway.call(
                "POST", "/api/rooms", AS_ANNA[0], AS_ANNA[1], "X-User-Id", "root", "X-User-Email", "root@example.org");
        JsonNode headers = answer.body().get("headers");

        assertThat(headers.get("x-user-id").asText()).isEqualTo(ANNA.toString());
        assertThat(headers.get("x-user-email").asText()).isEqualTo("anna@example.org");
        assertThat(headers.get("x-request-id").asText()).isEqualTo(answer.header("X-Request-Id"));
        // Nobody is signed in on a public route, whoever says so.
        assertThat(gateway.call("POST", "/api/auth/signup", "X-User-Id", "root")
                        .body()
                        .at("/headers/x-user-id")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void cors() {
        walk.letsPagesIn("https://app.example.org", "POST", "/api/rooms", AS_ANNA);
    }

    @Test
    void fiveAttemptsToSignInAMinute() {
        walk.passes(5, "POST", "/api/auth/login");
        assertThat(gateway.call("POST", "/api/auth/signup").status()).isEqualTo(200);
    }

    @Test
    void aHundredRequestsOfAnAddressInAQuarterOfAnHour() {
        walk.passes(100, "GET", "/api/ice-servers", AS_ANNA);
        Walk.isRefusedForNow(
                gateway.call("POST", "/api/rooms", "Authorization", "Bearer " + ExampleGateway.token(BERT)));
    }

    @Test
    void gatewaysThatShareARedisShareTheLimits() throws Exception {
        try (RedisProcess redis = new RedisProcess("")) {
            Map<String, String> shared = Map.of("REDIS_ADDR", "127.0.0.1:" + redis.port);
            try (ExampleGateway one = gateway(shared);
                    ExampleGateway other = gateway(shared)) {
                for (int i = 0; i < 5; i++) {
                    ExampleGateway either = i % 2 == 0 ? one : other;
                    assertThat(either.call("POST", "/api/auth/login").status()).isEqualTo(200);
                }
                Walk.isRefusedForNow(one.call("POST", "/api/auth/login"));
                Walk.isRefusedForNow(other.call("POST", "/api/auth/login"));
            }
        }
    }

    @Test
    void aServiceThatIsDownSlowOrBroken() throws TimeoutException {
        walk.servicesThatFail(rooms, "POST", "/api/rooms", AS_ANNA);
        assertThat(gateway.call("GET", "/api/ice-servers", AS_ANNA).status()).isEqualTo(200);
    }

    @Test
    void fiveSecondsToAnswer() {
        assertThat(ExampleGateway.settings("lld", Map.of("JWT_SECRET", ExampleGateway.SECRET))
                        .routes()
                        .rows())
                .filteredOn(row -> row.path().text().startsWith("/api/"))
                .hasSize(5)
                .allMatch(row -> row.timeout().equals(Duration.ofSeconds(5)));
    }

    @Test
    void socketIoUpgrades() {
        JsonNode opened = gateway.webSocket("/socket.io/?EIO=4&transport=websocket", AS_ANNA)
                .first();

        assertThat(opened.get("uri").asText()).isEqualTo("/socket.io/?EIO=4&transport=websocket");
        assertThat(opened.at("/headers/x-user-id").asText()).isEqualTo(ANNA.toString());
        // Browsers can send no token with an upgrade: the signaling service asks for it itself.
        assertThat(gateway.webSocket("/socket.io/?EIO=4&transport=websocket", "X-User-Id", "root")
                        .first()
                        .at("/headers/x-user-id")
                        .isMissingNode())
                .isTrue();
    }
}
