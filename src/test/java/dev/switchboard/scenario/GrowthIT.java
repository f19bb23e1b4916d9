package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.scenario.Traffic.Outcome;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Audit;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Companion;
import dev.switchboard.support.EchoService;
import dev.switchboard.support.HaProxy;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessCluster;
import dev.switchboard.support.ProcessNode;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes come, go, are restarted and killed behind the balancer of {@code deploy/} while hundreds of people talk, sit in a
 * meeting, call each other and use the HTTP door and services behind it: nothing is lost, nothing comes twice, no request
 * fails, and no room stands still for long. With {@code -Dswitchboard.long=true} the crowd is as large as the demand, all
 * are restarted, and what CI has no time for is run too.
 */
class GrowthIT {
    private static final boolean LONG = Boolean.getBoolean("switchboard.long");
    private static final int CLIENTS = LONG ? 500 : 100;
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(LONG ? 1_000 : 250);
    private static final int REQUESTS_PER_SECOND = LONG ? 300 : 100;
    private static final int TUNNELS = LONG ? 50 : 20;

    /** So many nodes are killed, one each minute. */
    private static final int KILLS = Integer.getInteger("switchboard.crashRuns", 3);

    private static final int PLACES = 6;
    private static final int TERMINATED = 143;
    private static final int NODE_DRAINING = 1012;
    private static final Duration GRACE = Duration.ofSeconds(8);
    private static final Duration WITHIN = Patience.LONG;

    /** For a node that leaves in order, or is killed. */
    private static final Duration LEAVE_WITHIN = Patience.promised(Duration.ofSeconds(3));

    /** Nodes that start take the processors from those that serve: on two cores that is most of the pause. */
    private static final Duration COME_WITHIN = Patience.promised(Duration.ofSeconds(10));

    private static final Duration BACK_WITHIN = Patience.promised(Duration.ofSeconds(5));
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final String ROUTES =
            """
            upstreams: { echo: { addresses: 'http://127.0.0.1:%d' } }
            routes: [{ path: /echo/**, auth: public, tier: none, upstream: echo }]
            """;

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final Postgres postgres = Postgres.create();
    private ProcessCluster cluster;
    private Traffic traffic;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(HaProxy.isInstalled(), "Skipped: there is no HAProxy here (Debian's package haproxy)");
        Files.writeString(
                Files.createDirectories(folder.resolve("conf")).resolve("routes.yaml"),
                ROUTES.formatted(new EchoService(vertx).port));
        String grace = GRACE.toSeconds() + "s";
        cluster = new ProcessCluster(
                folder,
                postgres,
                PLACES,
                Map.of(
                        // As it is if nobody says otherwise; CI has less time, and fewer sockets to send away.
                        "SHUTDOWN_TIMEOUT", LONG ? "15s" : "9s",
                        "DRAIN_DELAY", "3s",
                        "PRESENCE_GRACE", grace,
                        "CALL_LEG_GRACE", grace,
                        "MEETING_GRACE", grace));
    }

    @AfterEach
    void stop() throws Exception {
        if (traffic != null) {
            traffic.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        postgres.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void fromOneToThreeToFiveToTwo() throws Exception {
        come("full", 0);
        talk();
        grow("1 -> 3", 1, 2);
        if (!LONG) {
            restart(0);
        }
        grow("3 -> 5", 3, 4);
        leave("5 -> 4, the oldest", LONG ? 0 : 1);
        leave("4 -> 2, both at once", 2, 3);
        check();
    }

    @Test
    @EnabledIfSystemProperty(named = "switchboard.long", matches = "true")
    void aRollingRestart() throws Exception {
        come("full", 0, 1, 2);
        talk();
        List.of(0, 1, 2).forEach(this::restart);
        check();
    }

    @Test
    @EnabledIfSystemProperty(named = "switchboard.long", matches = "true")
    void gatewaysAndWorkers() throws Exception {
        come("worker", 0);
        come("worker", 1);
        come("gateway", 2);
        come("gateway", 3);
        talk();
        change("a worker comes", COME_WITHIN, () -> come("worker", 4));
        change("a worker leaves", LEAVE_WITHIN, () -> end(0));
        change("a gateway comes", COME_WITHIN, () -> come("gateway", 5));
        leave("a gateway leaves", 2);
        check();
    }

    @Test
    @EnabledIfSystemProperty(named = "switchboard.long", matches = "true")
    void aKillEachMinute() throws Exception {
        List<Integer> all = List.of(0, 1, 2);
        all.forEach(place -> come("full", place));
        talk();
        for (int run = 1; run <= KILLS; run++) {
            long minute = System.nanoTime() + MINUTE.toNanos();
            int victim = ThreadLocalRandom.current().nextInt(all.size());
            Outcome outcome = traffic.measure("kill -9, run " + run, () -> cluster.kill(victim));
            // What was on its way to that node, and must not be sent a second time.
            assertThat(outcome.failed()).noneMatch(request -> request.startsWith("GET"));
            assertPauses("kill", outcome, LEAVE_WITHIN);
            change("another instead", COME_WITHIN, () -> come("full", victim));
            await().atMost(MINUTE).until(() -> System.nanoTime() > minute);
        }
        check();
    }

    private void talk() {
        traffic = new Traffic(vertx, cluster.door(), CLIENTS, BETWEEN_MESSAGES, REQUESTS_PER_SECOND, TUNNELS);
    }

    private void come(String role, Integer... places) {
        cluster.start(role, List.of(places));
    }

    /** Whoever is sent away is told so. */
    private void leave(String what, Integer... places) {
        Outcome outcome = change(what, LEAVE_WITHIN, () -> end(places));
        assertThat(outcome.closings()).isNotEmpty().containsOnly(NODE_DRAINING);
    }

    private void end(Integer... places) {
        assertThat(cluster.stop(List.of(places))).containsOnly(TERMINATED);
    }

    private void restart(int place) {
        leave("one of 3 leaves", place);
        change("and comes again", COME_WITHIN, () -> come("full", place));
    }

    /** One after the other: two that start at once leave two processors nothing to serve with. */
    private void grow(String what, Integer... places) {
        List.of(places).forEach(place -> change(what + ", node " + place, COME_WITHIN, () -> come("full", place)));
    }

    /** A change in order: nobody notices. */
    private Outcome change(String what, Duration within, Runnable change) {
        Outcome outcome = traffic.measure(what, change);
        assertThat(outcome.failed()).as(what).isEmpty();
        assertPauses(what, outcome, within);
        return outcome;
    }

    private static void assertPauses(String what, Outcome outcome, Duration within) {
        assertThat(outcome.pauses().room()).as(what).isLessThan(within);
        assertThat(outcome.pauses().client()).as(what).isLessThan(within);
        assertThat(outcome.pauses().back()).as(what).isLessThan(BACK_WITHIN);
        assertThat(outcome.tunnels()).as(what).isLessThan(BACK_WITHIN);
    }

    /** What is stored is what everybody saw, and everybody is where they should be. */
    private void check() throws Exception {
        traffic.finish();
        new Audit(postgres).rooms(traffic.crowd.chatters());
        List<Companion> companions = traffic.companions;
        // Somebody goes for good: from the rooms, from the meeting and out of a call.
        Account gone = traffic.crowd.people().get(0);
        traffic.crowd.leave(gone);
        String cut = companions.get(4).call(companions.get(5));
        companions.get(5).close();
        traffic.reasons.put(cut, "disconnected");
        for (ProcessNode node : cluster.doors()) {
            await().atMost(WITHIN).untilAsserted(() -> {
                for (String room : traffic.crowd.rooms()) {
                    // Whoever looks is there, too.
                    Set<String> there = traffic.crowd.talkingIn(room);
                    there.remove(gone.id());
                    there.add(traffic.browser.id());
                    assertThat(online(node, room)).isEqualTo(there);
                }
                assertThat(active(new Api(node.door()))).isEqualTo(companions.size() - 1);
            });
            await().atMost(WITHIN)
                    .untilAsserted(() -> assertThat(ended(new Api(node.door()))).isEqualTo(traffic.reasons));
        }
        assertThat(postgres.query("select id from call")).hasSize(traffic.reasons.size());
        List<Companion> staying = companions.subList(0, companions.size() - 1);
        Set<String> seated = staying.stream().map(each -> each.account().id()).collect(Collectors.toSet());
        await().atMost(WITHIN).untilAsserted(() -> assertThat(staying)
                .allMatch(each -> each.roster().equals(seated)));
        companions.forEach(companion -> companion.all("call:end").forEach(end -> assertThat(
                        end.get("reason").asText())
                .isEqualTo(traffic.reasons.get(end.get("callId").asText()))));
    }

    /** Who is online, as somebody sees who enters a room through this node. */
    private Set<String> online(ProcessNode node, String room) {
        Set<String> ids = new TreeSet<>();
        try (BusClient client = BusClient.connect(node.door(), traffic.browser)) {
            client.request("join:conversation", Map.of("conversationId", room))
                    .get("online")
                    .forEach(id -> ids.add(id.asText()));
        }
        return ids;
    }

    private int active(Api api) {
        return api.call("GET", "/api/v1/meetings/" + traffic.meeting, traffic.browser, null)
                .ok()
                .get("activeParticipants")
                .asInt();
    }

    /** The calls that are over, with their reasons, as those who took part find them. */
    private Map<String, String> ended(Api api) {
        Map<String, String> found = new HashMap<>();
        IntStream.of(0, 2, 4).forEach(i -> {
            JsonNode calls = api.call(
                            "GET",
                            "/api/v1/calls?limit=100",
                            traffic.companions.get(i).account(),
                            null)
                    .ok()
                    .get("items");
            calls.forEach(call ->
                    found.put(call.get("id").asText(), call.path("reason").asText()));
        });
        return found;
    }
}
