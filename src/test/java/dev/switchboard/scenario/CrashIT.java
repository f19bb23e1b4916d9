package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Audit;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Pauses;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import dev.switchboard.support.ProcessNode.Launch;
import dev.switchboard.support.Talker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes die and freeze while people talk. Whatever happens, what was acknowledged is there under its number, and each
 * client saw one gapless log, each event once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashIT {
    private static final int NODES = 3;
    private static final int ROOMS = 4;
    private static final int PEOPLE = 9;

    /** So many nodes are killed in one run of the test. */
    private static final int RUNS = Integer.getInteger("switchboard.crashRuns", 2);

    private static final Duration LONGEST_AFTER_KILL = Patience.promised(Duration.ofSeconds(3));
    private static final Duration LONGEST_AFTER_FREEZE = Patience.promised(Duration.ofSeconds(12));
    private static final Duration BACK_WITHIN = Patience.promised(Duration.ofSeconds(5));

    @TempDir
    private static Path folder;

    private final Postgres postgres = Postgres.create();
    private final Audit audit = new Audit(postgres);
    private final List<ProcessNode> nodes = new ArrayList<>();
    private final List<Talker> talkers = new ArrayList<>();
    private Map<String, String> settings;

    @BeforeAll
    void startNodes() {
        settings = ProcessNode.newCluster(postgres, NODES);
        settings.putAll(Map.of("SOCKET_MESSAGE_RATE", "1000", "SOCKET_MESSAGE_BURST", "1000"));
        for (int i = 0; i < NODES; i++) {
            nodes.add(ProcessNode.start(folder, settings, Ports.free(), Launch.SMALL));
        }
        nodes.forEach(ProcessNode::awaitReady);
    }

    @AfterAll
    void stopNodes() {
        ProcessNode.closeAll(nodes);
        postgres.close();
    }

    private void awaitWhole() {
        await().atMost(Patience.LONG).until(() -> nodes.stream().allMatch(node -> node.isAtRestWith(NODES)));
    }

    /** Everybody begins to talk, in rooms that are new. */
    @BeforeEach
    void start() {
        awaitWhole();
        Api api = new Api(nodes.get(0).door());
        List<Account> people = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            people.add(api.register("p" + i));
        }
        List<URI> doors = nodes.stream().map(ProcessNode::door).toList();
        for (int r = 0; r < ROOMS; r++) {
            String room = api.call(
                            "POST",
                            "/api/v1/conversations",
                            people.get(0),
                            Map.of(
                                    "kind",
                                    "group",
                                    "memberIds",
                                    people.stream().map(Account::id).toList()))
                    .ok()
                    .get("id")
                    .asText();
            for (int p = 0; p < PEOPLE; p++) {
                if (p % ROOMS <= r) {
                    talkers.add(new Talker(people.get(p), room, doors, p));
                }
            }
        }
        awaitProgress();
    }

    @AfterEach
    void stop() {
        talkers.forEach(Talker::close);
        talkers.clear();
    }

    /** Everybody gets some more messages acknowledged. */
    private void awaitProgress() {
        Map<Talker, Integer> before = new HashMap<>();
        talkers.forEach(t -> before.put(t, t.acknowledged().size()));
        await().atMost(Patience.LONG).untilAsserted(() -> assertThat(talkers)
                .allMatch(t -> t.acknowledged().size() >= before.get(t) + 5));
    }

    @Test
    void killingNodesOneAfterTheOtherLosesNothing() {
        for (int run = 1; run <= RUNS; run++) {
            long since = System.nanoTime();
            ProcessNode victim = nodes.remove(ThreadLocalRandom.current().nextInt(nodes.size()));
            victim.kill();
            awaitProgress();
            Pauses pauses = Pauses.of(talkers, since);
            System.out.printf("kill -9, run %d: %s%n", run, pauses);
            assertThat(pauses.room()).isLessThan(LONGEST_AFTER_KILL);
            assertThat(pauses.back()).isLessThan(BACK_WITHIN);
            assertThat(talkers).allMatch(t -> t.view().faults().isEmpty());
            ProcessNode fresh =
                    ProcessNode.start(folder, settings, victim.door().getPort(), Launch.SMALL);
            nodes.add(fresh);
            fresh.awaitReady();
            awaitWhole();
            awaitProgress();
        }
        audit.rooms(talkers);
    }

    @Test
    void aFrozenNodeThatWakesUpHarmsNothing() {
        ProcessNode frozen = nodes.get(1);
        long since = System.nanoTime();
        frozen.freeze();
        awaitProgress();
        Pauses pauses = Pauses.of(talkers, since);
        System.out.printf("SIGSTOP: %s%n", pauses);
        assertThat(pauses.room()).isLessThan(LONGEST_AFTER_FREEZE);
        frozen.thaw();
        awaitWhole();
        awaitProgress();
        audit.rooms(talkers);
    }
}
