package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Audit;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Companion;
import dev.switchboard.support.HaProxy;
import dev.switchboard.support.HttpTraffic;
import dev.switchboard.support.Pauses;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessCluster;
import dev.switchboard.support.ProcessNode;
import dev.switchboard.support.Talker;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes come and go behind a balancer while people talk, sit in a meeting, call each other and use the HTTP door: nothing
 * is lost, nothing comes twice, no request fails, and no room stands still for long.
 */
class GrowthIT {
    private static final int ROOMS = 10;
    private static final int PEOPLE = 12;
    private static final int SOCKETS_IN_ROOM = 3;
    private static final int COMPANIONS = 6;
    private static final int BROWSERS = 2;
    private static final int TERMINATED = 143;
    private static final int NODE_DRAINING = 1012;
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(150);
    private static final Duration GRACE = Duration.ofSeconds(8);
    private static final Duration WITHIN = Duration.ofSeconds(30);

    /** For a node that leaves in order. */
    private static final Duration LEAVE_WITHIN = Duration.ofSeconds(3);

    /** Nodes that start take the processors from those that serve: on two cores that is most of the pause. */
    private static final Duration COME_WITHIN = Duration.ofSeconds(10);

    private static final Duration BACK_WITHIN = Duration.ofSeconds(5);

    private static final String ROUTES =
            """
            upstreams: { work: { addresses: 'http://127.0.0.1:%d' } }
            routes: [{ path: /work, auth: public, tier: none, upstream: work }]
            """;

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final Postgres postgres = Postgres.create();
    private final List<Talker> talkers = new ArrayList<>();
    private final List<Account> people = new ArrayList<>();
    private final List<Companion> companions = new ArrayList<>();
    private final List<String> rooms = new ArrayList<>();
    private final Map<String, String> reasons = new HashMap<>();
    private ProcessCluster cluster;
    private HttpTraffic http;
    private String meeting;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(HaProxy.isInstalled(), "Skipped: there is no HAProxy here (Debian's package haproxy)");
        int service = vertx.createHttpServer()
                .requestHandler(request -> request.response().end("{}"))
                .listen(0, "127.0.0.1")
                .await(5, TimeUnit.SECONDS)
                .actualPort();
        Files.writeString(
                Files.createDirectories(folder.resolve("conf")).resolve("routes.yaml"), ROUTES.formatted(service));
        String grace = GRACE.toSeconds() + "s";
        cluster = new ProcessCluster(
                folder,
                postgres,
                6,
                Map.of(
                        "SHUTDOWN_TIMEOUT", "6s",
                        "DRAIN_DELAY", "2s",
                        "PRESENCE_GRACE", grace,
                        "CALL_LEG_GRACE", grace,
                        "MEETING_GRACE", grace));
    }

    @AfterEach
    void stop() throws Exception {
        talkers.forEach(Talker::close);
        companions.forEach(Companion::close);
        if (http != null) {
            http.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        postgres.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void fromOneToThreeToFiveToTwo() {
        cluster.start("full", List.of(0));
        traffic();
        change("1 -> 3", COME_WITHIN, () -> cluster.start("full", List.of(1, 2)));
        change("3 -> 5", COME_WITHIN, () -> cluster.start("full", List.of(3, 4)));
        change("5 -> 4, the oldest", LEAVE_WITHIN, () -> leave(List.of(0)));
        change("4 -> 2, both at once", LEAVE_WITHIN, () -> leave(List.of(1, 2)));
        check();
    }

    @Test
    @EnabledIfSystemProperty(named = "switchboard.long", matches = "true")
    void gatewaysAndWorkers() {
        cluster.start("worker", List.of(0, 1));
        cluster.start("gateway", List.of(2, 3));
        traffic();
        change("a worker comes", COME_WITHIN, () -> cluster.start("worker", List.of(4)));
        change("a worker leaves", LEAVE_WITHIN, () -> leave(List.of(0)));
        change("a gateway comes", COME_WITHIN, () -> cluster.start("gateway", List.of(5)));
        change("a gateway leaves", LEAVE_WITHIN, () -> leave(List.of(2)));
        check();
    }

    @Test
    @EnabledIfSystemProperty(named = "switchboard.long", matches = "true")
    void aRollingRestart() {
        List<Integer> all = List.of(0, 1, 2);
        cluster.start("full", all);
        traffic();
        for (int place : all) {
            change("restart of " + place, COME_WITHIN, () -> {
                leave(List.of(place));
                cluster.start("full", List.of(place));
            });
        }
        Set<String> closings = talkers.stream()
                .flatMap(t -> t.troubles().stream())
                .filter(trouble -> trouble.startsWith("closed with"))
                .collect(Collectors.toSet());
        assertThat(closings).containsExactly("closed with " + NODE_DRAINING);
        check();
    }

    private void leave(List<Integer> places) {
        assertThat(cluster.stop(places)).containsOnly(TERMINATED);
    }

    /** Everybody begins to talk. */
    private void traffic() {
        Api api = new Api(cluster.door());
        for (int i = 0; i < PEOPLE; i++) {
            people.add(api.register("p" + i));
        }
        // They only use the HTTP door, and belong to every room.
        List<Account> browsers = people.subList(PEOPLE - BROWSERS, PEOPLE);
        for (int r = 0; r < ROOMS; r++) {
            List<Account> members = new ArrayList<>(browsers);
            for (int s = 0; s < SOCKETS_IN_ROOM; s++) {
                members.add(people.get((r + s * 3) % (PEOPLE - BROWSERS)));
            }
            List<String> ids = members.stream().map(Account::id).toList();
            String room = id(api, browsers.get(0), "/api/v1/conversations", Map.of("kind", "group", "memberIds", ids));
            rooms.add(room);
            members.subList(BROWSERS, members.size())
                    .forEach(person ->
                            talkers.add(new Talker(person, room, List.of(cluster.door()), 0, BETWEEN_MESSAGES)));
        }
        meeting = id(api, browsers.get(0), "/api/v1/meetings", Map.of("title", "All the time"));
        for (int i = 0; i < COMPANIONS; i++) {
            companions.add(new Companion(cluster.door(), api.register("c" + i), meeting));
        }
        http = new HttpTraffic(cluster.door(), browsers, rooms, "/work");
        progress();
    }

    private static String id(Api api, Account by, String path, Map<String, ?> body) {
        return api.call("POST", path, by, body).ok().get("id").asText();
    }

    /** Everybody gets some more messages acknowledged. */
    private void progress() {
        Map<Talker, Integer> before = new HashMap<>();
        talkers.forEach(t -> before.put(t, t.acknowledged().size()));
        await().atMost(WITHIN).untilAsserted(() -> assertThat(talkers)
                .allMatch(t -> t.acknowledged().size() >= before.get(t) + 5));
    }

    /** A change of the cluster, in the middle of a call. */
    private void change(String what, Duration within, Runnable change) {
        Companion caller = companions.get(reasons.size() % 2 * 2);
        Companion callee = companions.get(reasons.size() % 2 * 2 + 1);
        String call = caller.call(callee);
        int requests = http.count();
        List<Integer> troubles = talkers.stream().map(t -> t.troubles().size()).toList();
        long since = System.nanoTime();
        change.run();
        progress();
        Pauses pauses = Pauses.of(talkers, since);
        System.out.printf("%s: %s; %d requests%n", what, pauses, http.count() - requests);
        Map<String, Long> why = IntStream.range(0, talkers.size())
                .boxed()
                .flatMap(i -> talkers.get(i).troubles().stream().skip(troubles.get(i)))
                .collect(Collectors.groupingBy(trouble -> trouble, TreeMap::new, Collectors.counting()));
        System.out.printf("%s: why sockets were left: %s%n", what, why);
        caller.ask("offer", Map.of("callId", call, "sdp", what));
        await().atMost(WITHIN).until(() -> callee.all("offer").stream()
                .anyMatch(offer -> offer.get("sdp").asText().equals(what)));
        callee.ask("call:end", Map.of("callId", call));
        reasons.put(call, "hangup");
        assertThat(http.failures()).as(what).isEmpty();
        assertThat(pauses.room()).as(what).isLessThan(within);
        assertThat(pauses.client()).as(what).isLessThan(within);
        assertThat(pauses.back()).as(what).isLessThan(BACK_WITHIN);
    }

    private void check() {
        http.close();
        new Audit(postgres).rooms(talkers);
        // Somebody goes for good: from the rooms, from the meeting and out of a call.
        String gone = people.get(0).id();
        talkers.stream().filter(t -> t.account().id().equals(gone)).forEach(Talker::close);
        String cut = companions.get(4).call(companions.get(5));
        companions.get(5).close();
        reasons.put(cut, "disconnected");
        Map<String, Set<String>> online = new HashMap<>();
        talkers.forEach(t -> online.computeIfAbsent(t.view().roomId(), r -> new TreeSet<>())
                .add(t.account().id()));
        // Whoever looks is there, too.
        online.values().forEach(ids -> {
            ids.remove(gone);
            ids.add(people.get(PEOPLE - 1).id());
        });
        for (ProcessNode node : cluster.doors()) {
            Api api = new Api(node.door());
            await().atMost(WITHIN).untilAsserted(() -> {
                for (String room : rooms) {
                    assertThat(online(node, room)).isEqualTo(online.get(room));
                }
                assertThat(active(api)).isEqualTo(COMPANIONS - 1);
            });
            await().atMost(WITHIN).untilAsserted(() -> assertThat(ended(api)).isEqualTo(reasons));
        }
        assertThat(postgres.query("select id from call")).hasSize(reasons.size());
        Set<String> seated = companions.stream()
                .limit(COMPANIONS - 1)
                .map(companion -> companion.account().id())
                .collect(Collectors.toSet());
        await().atMost(WITHIN).untilAsserted(() -> assertThat(companions.subList(0, COMPANIONS - 1))
                .allMatch(companion -> companion.roster().equals(seated)));
        for (Companion companion : companions) {
            companion.all("call:end").forEach(end -> assertThat(
                            end.get("reason").asText())
                    .isEqualTo(reasons.get(end.get("callId").asText())));
        }
    }

    /** Who is online, as somebody sees who enters a room through this node. */
    private Set<String> online(ProcessNode node, String room) {
        Set<String> ids = new TreeSet<>();
        try (BusClient client = BusClient.connect(node.door(), people.get(PEOPLE - 1))) {
            client.request("join:conversation", Map.of("conversationId", room))
                    .get("online")
                    .forEach(id -> ids.add(id.asText()));
        }
        return ids;
    }

    private int active(Api api) {
        return api.call("GET", "/api/v1/meetings/" + meeting, people.get(0), null)
                .ok()
                .get("activeParticipants")
                .asInt();
    }

    /** The calls that are over, with their reasons, as those who took part find them. */
    private Map<String, String> ended(Api api) {
        Map<String, String> found = new HashMap<>();
        IntStream.of(0, 2, 4).forEach(i -> {
            JsonNode calls = api.call("GET", "/api/v1/calls", companions.get(i).account(), null)
                    .ok()
                    .get("items");
            calls.forEach(call ->
                    found.put(call.get("id").asText(), call.path("reason").asText()));
        });
        return found;
    }
}
