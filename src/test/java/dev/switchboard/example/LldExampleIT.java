package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.example.ExampleGateway.Answer;
import dev.switchboard.example.StandIn.Mood;
import dev.switchboard.example.StandIn.Seen;
import io.vertx.core.Vertx;
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
    private static final String[] AS_ANNA = {"Authorization", "Bearer " + ExampleGateway.token(ANNA)};

    private final Vertx vertx = Vertx.vertx();
    private StandIn auth;
    private StandIn rooms;
    private StandIn turn;
    private StandIn signaling;
    private ExampleGateway gateway;

    @BeforeEach
    void start() throws TimeoutException {
        auth = new StandIn(vertx);
        rooms = new StandIn(vertx);
        turn = new StandIn(vertx);
        signaling = new StandIn(vertx);
        gateway = gateway(Map.of());
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
                "UPSTREAM_TIMEOUT", "500ms",
                "CORS_ORIGIN", "https://app.example.org"));
        settings.putAll(more);
        return new ExampleGateway("lld", settings);
    }

    @Test
    void routeTable() {
        leadsTo("POST", "/api/auth/signup", auth, "/auth/signup");
        leadsTo("POST", "/api/auth/login", auth, "/auth/login");
        leadsTo("POST", "/api/rooms", rooms, "/rooms", AS_ANNA);
        leadsTo("GET", "/api/rooms/r%20-7?full=1", rooms, "/rooms/r%20-7?full=1", AS_ANNA);
        leadsTo("GET", "/api/ice-servers", turn, "/ice-servers", AS_ANNA);
        leadsTo(
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
        for (String[] bad : new String[][] {
            {},
            {"Authorization", "Bearer nonsense"},
            {
                "Authorization",
                "Bearer " + ExampleGateway.token(ANNA, Instant.now().minusSeconds(120))
            },
            {"Authorization", "Basic YW5uYTpwYXNz"}
        }) {
            Answer refused = gateway.call("POST", "/api/rooms", bad);
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.body().get("error").asText()).isEqualTo("Unauthorized");
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
        Answer preflight = gateway.call(
                "OPTIONS",
                "/api/rooms",
                "Origin",
                "https://app.example.org",
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.org");

        assertThat(gateway.call("POST", "/api/rooms", AS_ANNA[0], AS_ANNA[1], "Origin", "https://app.example.org")
                        .header("Access-Control-Allow-Origin"))
                .isEqualTo("https://app.example.org");
        assertThat(gateway.call("POST", "/api/rooms", AS_ANNA[0], AS_ANNA[1], "Origin", "https://evil.example.org")
                        .header("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @Test
    void fiveAttemptsToSignInAMinute() {
        for (int i = 0; i < 5; i++) {
            assertThat(gateway.call("POST", "/api/auth/login").status()).isEqualTo(200);
        }
        isRefusedForNow(gateway.call("POST", "/api/auth/login"));
        assertThat(gateway.call("POST", "/api/auth/signup").status()).isEqualTo(200);
    }

    @Test
    void aHundredRequestsInAQuarterOfAnHour() {
        for (int i = 0; i < 100; i++) {
            assertThat(gateway.call("GET", "/api/ice-servers", AS_ANNA).status())
                    .isEqualTo(200);
        }
        isRefusedForNow(gateway.call("GET", "/api/ice-servers", AS_ANNA));
        isRefusedForNow(gateway.call("POST", "/api/rooms", AS_ANNA));
    }

    @Test
    void aServiceThatIsDownSlowOrBroken() throws TimeoutException {
        rooms.mood(Mood.HANGS);
        isFault(gateway.call("GET", "/api/rooms/7", AS_ANNA), 504, "timeout", "Gateway Timeout");
        rooms.mood(Mood.BREAKS);
        isFault(gateway.call("POST", "/api/rooms", AS_ANNA), 502, "bad_gateway", "Bad Gateway");
        rooms.die();
        Answer down = gateway.call("GET", "/api/rooms/7", AS_ANNA);
        isFault(down, 503, "upstream_unreachable", "Service Unavailable");
        assertThat(down.header("Retry-After")).isNotEmpty();
        assertThat(gateway.call("GET", "/api/ice-servers", AS_ANNA).status()).isEqualTo(200);
    }

    @Test
    void socketIoUpgrades() {
        JsonNode opened = gateway.firstMessage("/socket.io/?EIO=4&transport=websocket", AS_ANNA);

        assertThat(opened.get("uri").asText()).isEqualTo("/socket.io/?EIO=4&transport=websocket");
        assertThat(opened.at("/headers/x-user-id").asText()).isEqualTo(ANNA.toString());
    }

    private void leadsTo(String method, String path, StandIn service, String uri, String... headers) {
        Answer answer = gateway.call(method, path, headers);

        assertThat(answer.status()).as(method + " " + path).isEqualTo(200);
        Seen seen = service.next();
        assertThat(seen.method()).isEqualTo(method);
        assertThat(seen.uri()).isEqualTo(uri);
        assertThat(seen.body()).isEqualTo(method.equals("POST") ? "{\"a\":1}" : "");
    }

    private static void isRefusedForNow(Answer answer) {
        isFault(answer, 429, "too_many_requests", "Too Many Requests");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
    }

    private static void isFault(Answer answer, int status, String code, String error) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().get("statusCode").asInt()).isEqualTo(status);
        assertThat(answer.body().get("code").asText()).isEqualTo(code);
        assertThat(answer.body().get("error").asText()).isEqualTo(error);
        assertThat(answer.body().get("requestId").asText()).isEqualTo(answer.header("X-Request-Id"));
    }
}
