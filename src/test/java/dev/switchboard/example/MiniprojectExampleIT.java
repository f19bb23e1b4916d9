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
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/examples/miniproject.yaml} does what the application's document asks of its user backend. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MiniprojectExampleIT {
    private static final String PAGE = "http://localhost:5173";

    private final Vertx vertx = Vertx.vertx();
    private final Postgres database = Postgres.create();
    private StandIn chatBackend;
    private ExampleGateway gateway;
    private Walk walk;
    private Account anna;

    @BeforeAll
    void start(@TempDir Path data) throws TimeoutException {
        chatBackend = new StandIn(vertx);
        gateway = new ExampleGateway(
                "miniproject",
                Map.of(
                        "CHAT_BACKEND_URL",
                        chatBackend.url(),
                        "MAX_PARTICIPANTS",
                        "2",
                        "UPSTREAM_TIMEOUT",
                        ExampleGateway.UPSTREAM_TIMEOUT,
                        "DATABASE_URL",
                        database.url(),
                        "DATA_DIR",
                        data.toString()));
        walk = new Walk(gateway);
        anna = gateway.register("/api/auth/register", "anna");
    }

    @AfterAll
    void stop() throws TimeoutException {
        gateway.close();
        database.close();
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void variables() {
        PlatformOptions usual = ExampleGateway.settings("miniproject", Map.of());
        assertThat(usual.server().port()).isEqualTo(3000);
        assertThat(usual.server().corsOrigins()).containsExactly(PAGE);
        assertThat(usual.meetings().maxParticipants()).isEqualTo(10);
        assertThat(usual.upstreams()).hasSize(1);
        assertThat(usual.upstreams().get(0).addresses()).hasToString("[http://localhost:4000]");
        PlatformOptions own =
                ExampleGateway.settings("miniproject", Map.of("PORT", "3001", "CORS_ORIGIN", "http://a:1,http://b:2"));
        assertThat(own.server().port()).isEqualTo(3001);
        assertThat(own.server().corsOrigins()).containsExactly("http://a:1", "http://b:2");
    }

    /** What a browser sends from the application's pages after it signed in there. */
    private String[] signedIn() {
        String body = "{\"username\":\"" + anna.username() + "\",\"password\":\"" + ExampleGateway.PASSWORD + "\"}";
        Answer in = gateway.json("POST", "/api/auth/login", "10.2.0.1", body, "Origin", PAGE);
        assertThat(in.status()).isEqualTo(200);
        assertThat(in.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        List<String> cookies = in.headers().allValues("Set-Cookie");
        assertThat(cookies).anyMatch(cookie -> cookie.startsWith("session=") && cookie.contains("HTTPOnly"));
        String sent = cookies.stream().map(cookie -> cookie.split(";", 2)[0]).collect(Collectors.joining("; "));
        return new String[] {"Origin", PAGE, "Cookie", sent};
    }

    @Test
    void aSessionIsACookie() {
        String[] page = signedIn();
        assertThat(gateway.call("GET", "/api/users/me", page).body().get("id").asText())
                .isEqualTo(anna.id());
        Walk.isFault(
                gateway.call("GET", "/api/users/me", "Cookie", "session=nonsense"),
                401,
                "unauthorized",
                "Unauthorized");

        assertThat(gateway.json("POST", "/api/auth/logout", "10.2.0.1", "{}", page)
                        .status())
                .isEqualTo(200);
        Walk.isFault(gateway.call("GET", "/api/users/me", page), 401, "session_revoked", "Unauthorized");
    }

    @Test
    void onlyTheApplicationsPagesMayWriteWithTheCookie() {
        String[] page = signedIn();
        String name = "{\"displayName\":\"Anna\"}";
        assertThat(gateway.json("PUT", "/api/users/me", "10.2.0.2", name, page).status())
                .isEqualTo(200);
        for (String[] strange : new String[][] {
            {"Cookie", page[3], "Origin", "http://localhost:8888"},
            {"Cookie", page[3]},
            {"Cookie", page[3], "Origin", "null"}
        }) {
            Walk.isFault(
                    gateway.json("PUT", "/api/users/me", "10.2.0.2", name, strange), 403, "xsrf_mismatch", "Forbidden");
        }
        walk.letsPagesIn(PAGE, "GET", "/api/users/me", "Cookie", page[3]);
    }

    @Test
    void users() {
        Account bert = gateway.register("/api/auth/register", "bert");
        String[] asBert = ExampleGateway.as(bert);
        assertThat(gateway.call("GET", "/api/users/" + anna.id(), asBert)
                        .body()
                        .get("username")
                        .asText())
                .isEqualTo(anna.username());
        assertThat(gateway.json("PUT", "/api/users/me", "10.2.0.3", "{\"displayName\":\"B\"}", asBert)
                        .body()
                        .get("displayName")
                        .asText())
                .isEqualTo("B");
        assertThat(gateway.call("DELETE", "/api/users/me", asBert).status()).isEqualTo(200);
        assertThat(gateway.call("GET", "/api/users/me", asBert).status()).isEqualTo(401);
    }

    @Test
    void meetings() {
        String[] page = signedIn();
        Answer made = gateway.json(
                "POST",
                "/api/meetings",
                "10.2.0.4",
                "{\"userId\":\"root\",\"title\":\"Monday\",\"description\":\"what next\"}",
                page);
        assertThat(made.status()).isEqualTo(201);
        JsonNode meeting = made.body();
        assertThat(meeting.get("hostId").asText()).isEqualTo(anna.id());
        assertThat(meeting.get("capacity").asInt()).isEqualTo(2);
        String path = "/api/meetings/" + meeting.get("id").asText();
        assertThat(gateway.call("GET", path, page).body().get("title").asText()).isEqualTo("Monday");
        assertThat(gateway.json("PUT", path, "10.2.0.4", "{\"title\":\"Tuesday\"}", page)
                        .status())
                .isEqualTo(200);
        assertThat(gateway.call("GET", path + "/participants", page).status()).isEqualTo(200);
        assertThat(gateway.call("GET", "/api/meetings", page).body().findValuesAsText("title"))
                .contains("Tuesday");
        assertThat(gateway.call("DELETE", path, page).status()).isEqualTo(200);
        Walk.isFault(gateway.call("GET", "/api/meetings"), 401, "unauthorized", "Unauthorized");
    }

    @Test
    void aMeetingHasARosterAndAChatThatIsNotKept() {
        String id = gateway.json("POST", "/api/meetings", "10.2.0.5", "{\"title\":\"Monday\"}", ExampleGateway.as(anna))
                .body()
                .get("id")
                .asText();
        Map<String, String> meeting = Map.of("meetingId", id);
        Account bert = gateway.register("/api/auth/register", "bert");
        Account cora = gateway.register("/api/auth/register", "cora");
        List<JsonNode> heard = new CopyOnWriteArrayList<>();
        try (BusClient one = BusClient.connect(gateway.uri(), anna);
                BusClient two = BusClient.connect(gateway.uri(), bert);
                BusClient three = BusClient.connect(gateway.uri(), cora)) {
            one.request("meeting:join", meeting);
            one.register("room:" + id, heard::add);
            JsonNode roster = two.request("meeting:join", meeting).get("participants");
            assertThat(roster.findValuesAsText("userId")).containsExactlyInAnyOrder(anna.id(), bert.id());
            assertThat(roster.get(0).fieldNames()).toIterable().contains("socketId", "userId", "username", "joinedAt");
            assertThatThrownBy(() -> three.request("meeting:join", meeting))
                    .isInstanceOf(BusClient.Refused.class)
                    .hasMessageStartingWith("meeting_full");

            two.request("meeting:send", Map.of("meetingId", id, "content", "hello", "type", "text"));
            two.request("meeting:leave", meeting);
            await().untilAsserted(() -> assertThat(heard)
                    .extracting(event -> event.get("type").asText())
                    .contains("participant:joined", "message:new", "participant:left"));
            assertThat(gateway.call("GET", "/api/messages?conversationId=" + id, ExampleGateway.as(anna))
                            .status())
                    .isBetween(400, 404);
            JsonNode shown = gateway.call("GET", "/api/meetings/" + id, ExampleGateway.as(anna))
                    .body();
            assertThat(shown.get("activeParticipants").asInt()).isEqualTo(1);
            assertThat(shown.get("participants").toString()).contains(anna.id(), bert.id());
        }
    }

    @Test
    void socketsAreRelayedToTheChatBackend() throws TimeoutException {
        String[] page = signedIn();
        String poll = "/socket.io/?EIO=4&transport=polling";
        var seen = walk.leadsTo("GET", poll, chatBackend, poll, page);
        assertThat(seen.headers().get("X-User-Id")).isEqualTo(anna.id());
        // The backend trusts the gateway: it gets no key to the account.
        assertThat(seen.headers().contains("Cookie")).isFalse();

        JsonNode opened =
                gateway.webSocket("/socket.io/?EIO=4&transport=websocket", page).first();
        assertThat(opened.at("/headers/x-user-id").asText()).isEqualTo(anna.id());
        Walk.isFault(gateway.call("GET", poll), 401, "unauthorized", "Unauthorized");
        walk.servicesThatFail(chatBackend, "POST", poll, page);
    }
}
