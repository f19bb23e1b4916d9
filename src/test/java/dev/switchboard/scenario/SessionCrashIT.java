package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Device;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import dev.switchboard.support.ProcessNode.Launch;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes are killed while telephones ring, people talk, and more people than there are seats enter meetings, over and over.
 * Afterwards nobody is busy, every call has ended for one reason, and in meetings is who is there, and no more than may be.
 * {@code -Dswitchboard.crashRuns=100} says how often, {@code -Dswitchboard.crashSeed} repeats the choices of a run.
 */
class SessionCrashIT {
    private static final int RUNS = Integer.getInteger("switchboard.crashRuns", 3);
    private static final long SEED =
            Long.getLong("switchboard.crashSeed", ThreadLocalRandom.current().nextLong(1_000_000));
    private static final int NODES = 3;
    private static final int PAIRS = 6;
    private static final int MEETINGS = 2;
    private static final int GUESTS = 6;

    /** Requests that are under way when the node dies began within this time. */
    private static final int STRIKE_MS = 250;

    private static final Duration SETTLED = Patience.LONG;

    @TempDir
    private Path folder;

    private final Postgres postgres = Postgres.create();
    private final List<ProcessNode> nodes = new ArrayList<>();
    private final List<Account> callers = new ArrayList<>();
    private final List<Account> guests = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Map<String, String> settings;

    @BeforeEach
    void start() {
        settings = ProcessNode.newCluster(postgres);
        settings.put("ACCESS_TOKEN_TTL", "4h");
        settings.putAll(Map.of(
                "CALL_PER_MINUTE",
                "1000",
                "CALL_PER_MINUTE_AND_PAIR",
                "1000",
                "CALL_RING",
                "8s",
                "CALL_CALLER_GRACE",
                "2s",
                "CALL_LEG_GRACE",
                "4s",
                "MEETING_GRACE",
                "4s",
                "PRESENCE_GRACE",
                "1s"));
        IntStream.range(0, NODES)
                .forEach(i -> nodes.add(ProcessNode.start(folder, settings, Ports.free(), Launch.SMALL)));
        nodes.forEach(ProcessNode::awaitReady);
        Api api = new Api(nodes.get(0).door());
        IntStream.range(0, 2 * PAIRS).forEach(i -> callers.add(api.register("caller" + i)));
        IntStream.range(0, MEETINGS * GUESTS).forEach(i -> guests.add(api.register("guest" + i)));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        ProcessNode.closeAll(nodes);
        postgres.close();
    }

    @Test
    void nobodyIsBusyTooManyOrAGhostAfterACrash() {
        for (int i = 0; i < RUNS; i++) {
            long seed = SEED + i;
            awaitWhole();
            try {
                new Run(new Random(seed)).go(i);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("run " + i + " with seed " + seed, e);
            }
        }
    }

    /** All nodes are there, and everything has its backup: a crash takes one node only. */
    private void awaitWhole() {
        await().atMost(Patience.LONG).pollInterval(Duration.ofMillis(200)).until(() -> {
            for (ProcessNode node : nodes) {
                if (!node.isReady()) {
                    return false;
                }
                JsonNode cluster = new Api(node.door())
                        .call("GET", "/health", null, null)
                        .body()
                        .at("/info/cluster");
                if (cluster.get("members").asInt() != NODES
                        || !cluster.get("safe").asBoolean()) {
                    return false;
                }
            }
            return true;
        });
    }

    /** One node dies. */
    private final class Run {
        private final Random random;
        private final List<CrashPair> pairs = new ArrayList<>();
        private final List<CrashMeeting> meetings = new ArrayList<>();
        private final List<CompletableFuture<Void>> underWay = new ArrayList<>();

        Run(Random random) {
            this.random = random;
            for (int i = 0; i < PAIRS; i++) {
                pairs.add(new CrashPair(connect(callers.get(2 * i)), connect(callers.get(2 * i + 1))));
            }
            for (int i = 0; i < MEETINGS; i++) {
                List<Device> people = guests.subList(i * GUESTS, (i + 1) * GUESTS).stream()
                        .map(this::connect)
                        .toList();
                meetings.add(new CrashMeeting(anyDoor(), people));
            }
        }

        private URI anyDoor() {
            return nodes.get(random.nextInt(nodes.size())).door();
        }

        private Device connect(Account account) {
            Device device = new Device(account);
            device.connect(anyDoor());
            return device;
        }

        private List<Device> devices() {
            List<Device> all = new ArrayList<>();
            pairs.forEach(pair -> all.addAll(pair.devices()));
            meetings.forEach(meeting -> all.addAll(meeting.people()));
            return all;
        }

        /** Something that begins a little before or after the crash. */
        private void begin(Runnable action) {
            int delay = random.nextInt(2 * STRIKE_MS);
            underWay.add(CompletableFuture.runAsync(
                    action, CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS, threads)));
        }

        void go(int number) {
            long began = System.nanoTime();
            prepare();
            beginEverything();
            await().pollDelay(Duration.ofMillis(1 + random.nextInt(2 * STRIKE_MS)))
                    .until(() -> true);
            URI dead = kill();
            underWay.forEach(CompletableFuture::join);
            Set<Device> lost = devices().stream()
                    .filter(device -> device.node().equals(dead))
                    .collect(Collectors.toSet());
            await().until(() -> lost.stream().noneMatch(Device::connected));
            comeBack(lost);
            meetings.forEach(meeting -> meeting.requireSeats(living(dead)));
            pairs.forEach(CrashPair::hangUp);
            Map<String, Integer> ends = requireOver(dead);
            finishMeetings(dead);
            reconnectAll(dead);
            pairs.forEach(CrashPair::requireFree);
            devices().forEach(Device::close);
            System.out.printf(
                    "run %d: node on %d killed with %d of %d sockets; calls ended %s; %.1f s%n",
                    number, dead.getPort(), lost.size(), devices().size(), ends, (System.nanoTime() - began) / 1e9);
        }

        private void prepare() {
            pairs.get(0).talk();
            pairs.get(1).talk();
            pairs.get(2).ring();
            pairs.get(3).ring();
            CrashMeeting full = meetings.get(0);
            full.people().stream().limit(CrashMeeting.CAPACITY).forEach(device -> full.join(device, null));
        }

        private void beginEverything() {
            begin(pairs.get(1)::hangUp);
            begin(pairs.get(3)::answer);
            pairs.subList(4, PAIRS)
                    .forEach(pair -> begin(() -> {
                        pair.call();
                        pair.answer();
                    }));
            CrashMeeting full = meetings.get(0);
            List<Device> people = full.people();
            begin(() -> full.leave(people.get(1)));
            people.stream().skip(CrashMeeting.CAPACITY).forEach(device -> begin(() -> full.join(device, null)));
            CrashMeeting empty = meetings.get(1);
            empty.people().forEach(device -> begin(() -> empty.join(device, null)));
        }

        /** Kills a node and starts another one in its place. */
        private URI kill() {
            int victim = random.nextInt(nodes.size());
            ProcessNode node = nodes.get(victim);
            node.kill();
            nodes.set(victim, ProcessNode.start(folder, settings, Ports.free(), Launch.SMALL));
            return node.door();
        }

        private URI living(URI dead) {
            // One that takes over keys may be too busy to say that it is ready.
            return await().until(
                            () -> nodes.stream()
                                    .filter(node -> !node.door().equals(dead) && node.isReady())
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow()
                    .door();
        }

        /** Half of those who lost their sockets. */
        private void comeBack(Set<Device> lost) {
            for (Device device : devices()) {
                if (lost.contains(device) && random.nextBoolean()) {
                    String token = device.resumeToken();
                    device.resume(living(device.node()));
                    meetings.stream()
                            .filter(meeting -> meeting.people().contains(device))
                            .forEach(meeting -> meeting.join(device, token));
                }
            }
        }

        private Map<String, Integer> requireOver(URI dead) {
            Map<String, Integer> reasons = new TreeMap<>();
            await().atMost(SETTLED).untilAsserted(() -> {
                reasons.clear();
                URI door = living(dead);
                for (CrashPair pair : pairs) {
                    pair.requireOver(door).values().forEach(reason -> reasons.merge(reason, 1, Integer::sum));
                    for (Device device : pair.devices()) {
                        assertThat(!device.connected()
                                        || device.request("call:current", Map.of())
                                                .get("call")
                                                .isNull())
                                .isTrue();
                    }
                }
            });
            return reasons;
        }

        private void finishMeetings(URI dead) {
            URI door = living(dead);
            for (CrashMeeting meeting : meetings) {
                await().atMost(SETTLED).untilAsserted(() -> meeting.requireExact(door));
                meeting.leaveAll();
                meeting.requireExact(door);
                await().atMost(SETTLED).untilAsserted(() -> meeting.requireStored(door));
            }
        }

        private void reconnectAll(URI dead) {
            devices().stream().filter(device -> !device.connected()).forEach(device -> device.connect(living(dead)));
        }
    }
}
