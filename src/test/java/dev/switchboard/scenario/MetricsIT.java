package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Guest;
import dev.switchboard.support.Ports;
import dev.switchboard.support.RedisProcess;
import dev.switchboard.support.Scrape;
import dev.switchboard.support.TestNodes;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The figures of a real node are those of what was done to it, and docs/operations.md knows all of them. */
@Timeout(120)
class MetricsIT {
    private static final Path PAGE = Path.of("docs", "operations.md");
    private static final String OURS = "switchboard_";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z][a-z0-9_]*)` \\|.*$");

    /** What is not ours. */
    private static final Pattern JAVAS = Pattern.compile("`((?:jvm|process|system)_[a-z0-9_]*)`");

    private static final Vertx VERTX = Vertx.vertx();
    private static RedisProcess redis;
    private static TestNodes nodes;
    private static URI door;
    private static URI watch;
    private static Api api;

    @BeforeAll
    static void start(@TempDir Path conf) throws Exception {
        Files.writeString(
                conf.resolve("routes.yaml"),
                """
                upstreams:
                  shop: { addresses: "${UPSTREAM_SHOP_URL}" }
                routes:
                  - { path: "/shop/{id}", auth: public, upstream: shop }
                """);
        int port = VERTX.createHttpServer()
                .requestHandler(request -> request.response()
                        .setStatusCode(request.path().endsWith("bad") ? 500 : 200)
                        .end("{}"))
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS)
                .actualPort();
        redis = new RedisProcess("");
        nodes = TestNodes.start(0, Map.of("RATE_LIMIT_RPS", "100000", "RATE_LIMIT_BURST", "100000"));
        int own = Ports.free();
        nodes.add(
                conf,
                Map.of(
                        "UPSTREAM_SHOP_URL",
                        "http://127.0.0.1:" + port,
                        "REDIS_ADDR",
                        "127.0.0.1:" + redis.port,
                        // A slow moment is not the end of Redis here.
                        "REDIS_TIMEOUT",
                        "5s",
                        "METRICS_PORT",
                        String.valueOf(own),
                        "METRICS_HOST",
                        "127.0.0.1"));
        door = nodes.doors().get(0);
        watch = URI.create("http://127.0.0.1:" + own);
        api = new Api(door);
    }

    @AfterAll
    static void stop() throws Exception {
        nodes.close();
        redis.close();
        VERTX.close().await(20, TimeUnit.SECONDS);
    }

    private static Scrape scrape() {
        return Scrape.of(watch);
    }

    /** What is counted is counted beside the answer: sometimes a moment after it. */
    private static void awaitGrowth(int growth, Scrape before, String name, String... labels) {
        await().untilAsserted(() -> assertThat(scrape().sum(name, labels) - before.sum(name, labels))
                .as(name)
                .isEqualTo(growth));
    }

    /** What the tests before this one closed takes a moment to be gone. */
    private static void awaitNoSockets() {
        await().untilAsserted(
                        () -> assertThat(scrape().sum("switchboard_sockets")).isZero());
    }

    @Test
    void messages() {
        Account anna = api.register("anna");
        Account bert = api.register("bert");
        String room = room(anna, bert);
        awaitNoSockets();
        List<Object> heard = new CopyOnWriteArrayList<>();
        try (BusClient sends = BusClient.connect(door, anna);
                BusClient hears = BusClient.connect(door, bert)) {
            hears.request("join:conversation", Map.of("conversationId", room));
            hears.register("room:" + room, heard::add);
            Scrape before = scrape();
            await().until(() -> scrape().sum("switchboard_sockets", "carrier", "websocket") == 2);
            for (int i = 0; i < 17; i++) {
                sends.request("message:send", Map.of("conversationId", room, "content", "n" + i));
            }
            await().untilAsserted(() -> assertThat(heard).hasSize(17));

            awaitGrowth(17, before, "switchboard_message_ack_duration_seconds_count");
            awaitGrowth(17, before, "switchboard_commit_events_sum");
            awaitGrowth(17, before, "switchboard_deliveries_total");
            awaitGrowth(
                    17, before, "switchboard_socket_requests_total", "operation", "message:send", "outcome", "done");
            assertThat(scrape().sum("switchboard_message_ack_duration_seconds_max"))
                    .isPositive()
                    .isLessThan(20);
            await().untilAsserted(() ->
                    assertThat(scrape().sum("switchboard_rooms_owned")).isPositive());
            // From number 10 on: that much is still known.
            sends.request("join:conversation", Map.of("conversationId", room, "afterSeq", 10));
            awaitGrowth(1, before, "switchboard_resumes_total", "what", "conversation", "result", "recovered");
        }
        awaitNoSockets();
        assertThat(scrape().sum("switchboard_sockets_closed_total", "reason", "client"))
                .isGreaterThanOrEqualTo(2);
    }

    private static String room(Account anna, Account bert) {
        return api.call(
                        "POST",
                        "/api/v1/conversations",
                        anna,
                        Map.of("kind", "group", "title", "Trip", "memberIds", List.of(bert.id())))
                .ok()
                .get("id")
                .asText();
    }

    @Test
    void callsAndMeetings() {
        Account caro = api.register("caro");
        Account dora = api.register("dora");
        Scrape before = scrape();
        try (Guest calls = Guest.of(door, caro);
                Guest takes = Guest.of(door, dora)) {
            // Acknowledged once she can be called.
            takes.bus().register("user:" + dora.id(), event -> {});
            String id = calls.bus()
                    .request("call:initiate", Map.of("calleeId", dora.id(), "media", "audio"))
                    .get("callId")
                    .asText();
            awaitCalls("ringing", 1);
            takes.bus().request("call:answer", Map.of("callId", id));
            awaitCalls("connecting", 1);
            calls.bus().request("call:connected", Map.of("callId", id));
            takes.bus().request("call:connected", Map.of("callId", id));
            awaitCalls("active", 1);
            calls.bus().request("call:end", Map.of("callId", id));
            awaitCalls("active", 0);
            awaitGrowth(1, before, "switchboard_calls_ended_total", "reason", "hangup");
            awaitGrowth(1, before, "switchboard_calls_ended_total");

            String meeting = api.call("POST", "/api/v1/meetings", caro, Map.of("title", "Plan"))
                    .ok()
                    .get("id")
                    .asText();
            takes.bus().request("meeting:join", Map.of("meetingId", meeting));
            awaitGrowth(1, before, "switchboard_meetings");
        }
    }

    private static void awaitCalls(String state, int count) {
        await().untilAsserted(() ->
                assertThat(scrape().sum("switchboard_calls", "state", state)).isEqualTo(count));
    }

    @Test
    void services() {
        Scrape before = scrape();
        for (int i = 0; i < 5; i++) {
            assertThat(api.call("GET", "/shop/" + i, null, null).status()).isEqualTo(200);
        }
        assertThat(api.call("GET", "/shop/bad", null, null).status()).isEqualTo(500);
        String[] answered = {"upstream", "shop", "outcome", "answered"};
        awaitGrowth(5, before, "switchboard_upstream_attempts_total", answered);
        awaitGrowth(1, before, "switchboard_upstream_attempts_total", "outcome", "server_error");
        awaitGrowth(5, before, "switchboard_http_requests_total", "route", "/shop/{id}", "status", "2xx");
        assertThat(scrape().sum("switchboard_upstream_circuit", "upstream", "shop", "state", "closed"))
                .isEqualTo(1);
        assertThat(scrape().sum("switchboard_upstream_addresses", "upstream", "shop", "health", "well"))
                .isEqualTo(1);
    }

    @Test
    void theNodeItself() {
        for (String part : List.of("database", "redis", "cluster")) {
            await(part).until(() -> scrape().sum("switchboard_up", "part", part) == 1);
        }
        Scrape now = scrape();
        assertThat(now.sum("switchboard_ready")).isEqualTo(1);
        assertThat(now.sum("switchboard_cluster_members")).isEqualTo(1);
        assertThat(now.sum("switchboard_cluster_safe")).isEqualTo(1);
        assertThat(now.sum("switchboard_cluster_partitions_owned")).isEqualTo(271);
        assertThat(now.sum("switchboard_database_connections", "state", "most")).isEqualTo(16);
        assertThat(now.sum("switchboard_build_info")).isEqualTo(1);
        await().untilAsserted(() -> assertThat(scrape().sum("switchboard_loop_lag_seconds_count", "kind", "event"))
                .isPositive());
        await().untilAsserted(() -> assertThat(scrape().sum("switchboard_loop_lag_seconds_count", "kind", "worker"))
                .isPositive());
    }

    @Test
    void whatUsersDoMakesNoNewSeries() {
        Account erna = api.register("erna");
        api.call("GET", "/shop/0", erna, null);
        api.call("GET", "/api/v1/users/" + UUID.randomUUID(), erna, null);
        Set<String> before = series();
        for (int i = 0; i < 1_000; i++) {
            api.call("GET", "/shop/" + UUID.randomUUID(), erna, null);
            api.call("GET", "/api/v1/users/" + UUID.randomUUID(), erna, null);
        }
        Set<String> after = series();
        after.removeAll(before);
        assertThat(after).as("series").hasSizeLessThan(20);
        Pattern id = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-");
        assertThat(scrape().samples())
                .allSatisfy(sample -> assertThat(sample.labels().values())
                        .noneMatch(value -> id.matcher(value).find()));
    }

    private static Set<String> series() {
        return scrape().samples().stream()
                .filter(sample -> sample.name().startsWith(OURS))
                .map(sample -> sample.name() + sample.labels())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void onlyAtItsOwnPort() {
        assertThat(api.call("GET", "/metrics", null, null).status()).isEqualTo(401);
        Api own = new Api(watch);
        assertThat(own.call("GET", "/health", null, null)
                        .ok()
                        .at("/info/database/status")
                        .asText())
                .isEqualTo("up");
        assertThat(own.call("GET", "/health/ready", null, null).status()).isEqualTo(200);
        assertThat(own.call("GET", "/api/v1/conversations", null, null).status())
                .isEqualTo(404);
        assertThat(own.call("GET", "/metrics", null, null, Map.of("X-Forwarded-For", "127.0.0.1"))
                        .status())
                .isEqualTo(404);
    }

    /** The page's rows are what the node says of its meters: name, type, labels, meaning. */
    @Test
    void thePageKnowsEveryMetric() throws IOException {
        messages();
        services();
        System.gc();
        Map<String, Scrape.Family> families = scrape().families();
        Set<String> rows = families.values().stream()
                .filter(family -> family.name().startsWith(OURS))
                .filter(family -> !isMaximum(family, families))
                .map(MetricsIT::row)
                .collect(Collectors.toCollection(TreeSet::new));
        String page = Files.readString(PAGE);
        assertThat(ROW.matcher(page)
                        .results()
                        .filter(row -> row.group(1).startsWith(OURS))
                        .map(MatchResult::group))
                .containsExactlyInAnyOrderElementsOf(rows);
        Set<String> named =
                JAVAS.matcher(page).results().map(found -> found.group(1)).collect(Collectors.toSet());
        Set<String> javas = families.values().stream()
                .filter(family -> !isMaximum(family, families))
                .map(Scrape.Family::name)
                .filter(name -> !name.startsWith(OURS))
                .collect(Collectors.toCollection(TreeSet::new));
        // Only a collection beside the program makes this one.
        javas.add("jvm_gc_concurrent_phase_time_seconds");
        assertThat(named).isEqualTo(javas);
    }

    private static boolean isMaximum(Scrape.Family family, Map<String, Scrape.Family> families) {
        return family.name().endsWith("_max")
                && families.containsKey(family.name().replaceFirst("_max$", ""));
    }

    private static String row(Scrape.Family family) {
        String labels = family.samples().stream()
                .flatMap(sample -> sample.labels().keySet().stream())
                .filter(label -> !label.equals("le"))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return "| `" + family.name() + "` | " + family.type() + " | " + labels + " | " + family.help() + " |";
    }
}
