package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Audit;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Companion;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Pauses;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import dev.switchboard.support.Sides;
import dev.switchboard.support.Talker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The network between two nodes and a third one is cut, while everybody still reaches the database and the clients: both
 * sides go on, no number is given away twice, and when the cut is healed everybody has everything.
 */
class PartitionIT {
    private static final int ROOMS = 6;

    /** On which node each sits: the last two on the smaller side. */
    private static final List<Integer> COMPANIONS = List.of(0, 1, 2, 0, 1, 2, 2);

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(50);

    /** 8 s of silence, and some for each side to put its state in order. */
    private static final Duration NOTICED = Patience.promised(Duration.ofSeconds(20));

    /** What docs/operations.md promises, and a little. */
    private static final Duration COMPARED = Patience.promised(Duration.ofSeconds(35));

    /** Two renewals. */
    private static final Duration ENDS_TOLD = Patience.promised(Duration.ofSeconds(65));

    private static final Duration MERGED = Patience.promised(Duration.ofSeconds(40));

    @TempDir
    private Path folder;

    private final Postgres postgres = Postgres.create();
    private final List<ProcessNode> nodes = new ArrayList<>();
    private final List<Talker> talkers = new ArrayList<>();
    private final List<Account> people = new ArrayList<>();
    private final List<String> rooms = new ArrayList<>();
    private final List<Companion> companions = new ArrayList<>();
    private Sides sides;
    private String meeting;

    @BeforeEach
    void start() throws Exception {
        String obstacle = Sides.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> "Skipped: no network namespaces here (" + obstacle + ")");
        sides = Sides.create(URI.create(postgres.url()).getPort());
        Map<String, String> settings = Map.of(
                "CLUSTER_NAME",
                "sides-" + UUID.randomUUID(),
                "JWT_SECRET",
                "a secret that is only good for tests, really",
                "RATE_LIMIT_RPS",
                "0",
                "RATE_LIMIT_AUTH",
                "0",
                "PRESENCE_GRACE",
                GRACE.toSeconds() + "s",
                "MEETING_GRACE",
                GRACE.toSeconds() + "s",
                "CALL_LEG_GRACE",
                GRACE.toSeconds() + "s");
        for (int side : List.of(0, 0, 1)) {
            nodes.add(ProcessNode.start(
                    folder, sides.settings(side, settings, postgres.url()), Ports.free(), sides.launch(side)));
        }
        nodes.forEach(ProcessNode::awaitReady);
        awaitMembers(List.of(3, 3, 3), MERGED);
        Api api = new Api(nodes.get(0).door());
        for (int i = 0; i < nodes.size(); i++) {
            people.add(api.register("p" + i));
        }
        List<String> ids = people.stream().map(Account::id).toList();
        for (int r = 0; r < ROOMS; r++) {
            rooms.add(id(api, "/api/v1/conversations", Map.of("kind", "group", "memberIds", ids)));
            for (int p = 0; p < people.size(); p++) {
                talkers.add(new Talker(
                        people.get(p), rooms.get(r), List.of(nodes.get(p).door()), 0, BETWEEN_MESSAGES));
            }
        }
        meeting = id(api, "/api/v1/meetings", Map.of("title", "Across"));
        for (int place : COMPANIONS) {
            companions.add(new Companion(nodes.get(place).door(), api.register("c" + companions.size()), meeting));
        }
        progress(COMPARED);
    }

    @AfterEach
    void stop() {
        talkers.forEach(Talker::close);
        companions.forEach(Companion::close);
        ProcessNode.closeAll(nodes);
        if (sides != null) {
            sides.close();
        }
        postgres.close();
    }

    private String id(Api api, String path, Map<String, ?> body) {
        return api.call("POST", path, people.get(0), body).ok().get("id").asText();
    }

    private void awaitMembers(List<Integer> members, Duration within) {
        await().atMost(within).until(() -> {
            for (int i = 0; i < nodes.size(); i++) {
                if (!nodes.get(i).isAtRestWith(members.get(i))) {
                    return false;
                }
            }
            return true;
        });
    }

    private void progress(Duration within) {
        Map<Talker, Integer> before = new HashMap<>();
        talkers.forEach(t -> before.put(t, t.acknowledged().size()));
        await().atMost(within).untilAsserted(() -> assertThat(talkers)
                .allMatch(t -> t.acknowledged().size() >= before.get(t) + 5));
    }

    @Test
    void bothSidesGoOnAndFindTogether() {
        Companion here0 = companions.get(0);
        Companion there0 = companions.get(2);
        String across = here0.call(there0);
        String large = companions.get(3).call(companions.get(4));
        String small = companions.get(5).call(companions.get(6));
        await().atMost(COMPARED).untilAsserted(() -> assertThat(companions)
                .allMatch(c -> c.roster().equals(companionIds())));
        long since = System.nanoTime();
        sides.cut();
        awaitMembers(List.of(2, 2, 1), NOTICED);
        progress(COMPARED);
        System.out.printf("cut: %s%n", Pauses.of(talkers, since));
        // Each side serves every room; what the other one says comes when it says something itself, or later.
        Set<String> here = ids(people.get(0), people.get(1));
        Set<String> there = ids(people.get(2));
        await().atMost(COMPARED).untilAsserted(() -> {
            assertThat(online(0)).isEqualTo(here);
            assertThat(online(2)).isEqualTo(there);
        });
        heardEverywhere("said on one side", 0, 2);
        heardEverywhere("said on the other", 2, 0);

        // The smaller half says more, so that its numbers are higher.
        List.of("one", "two", "three").forEach(word -> say(there0, word));
        say(here0, "uno");

        long healed = System.nanoTime();
        sides.heal();
        awaitMembers(List.of(3, 3, 3), MERGED);
        System.out.printf("one cluster again after %d ms%n", (System.nanoTime() - healed) / 1_000_000);
        progress(COMPARED);
        System.out.printf("heal: %s%n", Pauses.of(talkers, healed));
        new Audit(postgres).rooms(talkers);
        Set<String> all = ids(people.get(0), people.get(1), people.get(2));
        // Of a meeting that went on in both halves, the larger half's is kept; who sat in the other one has a seat in
        // it.
        await().atMost(COMPARED).untilAsserted(() -> {
            for (int i = 0; i < nodes.size(); i++) {
                assertThat(online(i)).isEqualTo(all);
                assertThat(seated(i)).isEqualTo(companionIds());
            }
            assertThat(companions).allMatch(c -> c.roster().equals(companionIds()));
        });
        say(here0, "together");
        await().atMost(COMPARED).untilAsserted(() -> assertThat(companions).allMatch(c -> c.all("message:new").stream()
                .anyMatch(said -> said.get("content").asText().equals("together"))));
        System.out.printf("seats right %d ms after healing%n", (System.nanoTime() - healed) / 1_000_000);
        await().atMost(ENDS_TOLD).untilAsserted(() -> {
            agree(across, here0, there0);
            agree(small, companions.get(5), companions.get(6));
        });
        assertThat(end(across)).isEqualTo("disconnected");
        // Nobody of this call was away, for the half whose records are kept; the other one took it for over.
        Companion stays = companions.get(4);
        await().atMost(COMPARED).until(() -> companions.get(3).reaches(stays, large, "after all"));
        stays.ask("call:end", Map.of("callId", large));
        await().atMost(COMPARED).until(() -> companions.get(3).ends(large).equals(List.of("hangup")));
        assertThat(end(large)).isEqualTo("hangup");
        System.out.printf(
                "the call in the smaller half: told %s, kept %s%n",
                companions.get(5).ends(small), end(small));
    }

    private void say(Companion companion, String content) {
        companion.ask("meeting:send", Map.of("meetingId", meeting, "content", content));
    }

    /**
     * A call has one end, which both were told, or goes on for both: also one within the smaller half, when the larger one
     * has ended it for itself, noted that, and forgotten it before they met.
     */
    private void agree(String call, Companion caller, Companion callee) {
        if (caller.ends(call).isEmpty() && callee.ends(call).isEmpty()) {
            assertThat(caller.reaches(callee, call, "after all")).isTrue();
        } else {
            assertThat(caller.ends(call)).isNotEmpty().containsOnly(end(call));
            assertThat(callee.ends(call)).isNotEmpty().containsOnly(end(call));
        }
    }

    /** How a call ended, as it is kept; empty while it lasts. */
    private String end(String call) {
        return postgres.query("select reason from call where id = '" + call + "'").stream()
                .findFirst()
                .map(row -> String.valueOf(row.get(0)))
                .orElse("");
    }

    private Set<String> companionIds() {
        return ids(companions.stream().map(Companion::account).toArray(Account[]::new));
    }

    private static Set<String> ids(Account... accounts) {
        Set<String> ids = new TreeSet<>();
        for (Account account : accounts) {
            ids.add(account.id());
        }
        return ids;
    }

    /** Somebody says something in a room of no one else, on one node; somebody else hears it on another. */
    private void heardEverywhere(String content, int from, int to) {
        Api api = new Api(nodes.get(from).door());
        String room = rooms.get(0);
        api.call("POST", "/api/v1/messages", people.get(from), Map.of("conversationId", room, "content", content))
                .ok();
        Talker listener = talkers.stream()
                .filter(t ->
                        t.account().equals(people.get(to)) && t.view().roomId().equals(room))
                .findFirst()
                .orElseThrow();
        await().atMost(COMPARED).until(() -> listener.view().contents().contains(content));
    }

    private Set<String> online(int node) {
        Set<String> ids = new TreeSet<>();
        try (BusClient client = BusClient.connect(nodes.get(node).door(), people.get(node))) {
            client.request("join:conversation", Map.of("conversationId", rooms.get(0)))
                    .get("online")
                    .forEach(id -> ids.add(id.asText()));
        }
        return ids;
    }

    /** Who is in the meeting, as the companion of a node is told who asks. */
    private Set<String> seated(int node) {
        Set<String> ids = new TreeSet<>();
        companions
                .get(node)
                .ask("meeting:state", Map.of("meetingId", meeting))
                .get("participants")
                .forEach(participant -> ids.add(participant.get("userId").asText()));
        return ids;
    }
}
