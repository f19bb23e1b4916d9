package dev.switchboard.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.cluster.Member;
import com.hazelcast.multimap.MultiMap;
import dev.switchboard.bus.Ownership.Owner;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Online;
import dev.switchboard.protocol.ParticipantOperations.Query;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.TestNodes;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes in one JVM: what they register, who owns what, who may join, and how one leaves. */
class ClusterIT {
    private static final int CLIENTS = 1_000;
    private static final int AT_ONCE = 100;

    /** One try of a request; somebody who waits longer was sent to nobody. */
    private static final long TRY_MS = 3_000;

    private static MultiMap<Object, Object> registrations(Node node) {
        return node.hazelcast().getMultiMap("__vertx.subs");
    }

    /** One for each shard of each part on each node that owns state, and one on each node for its deliveries. */
    private static int expected(int full, int gateways) {
        return Part.values().length * Part.SHARDS * full + full + gateways;
    }

    private static URI door(Node node) {
        return URI.create("http://127.0.0.1:" + node.port());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void clientsThatComeAndGoAreNoRegistrations() {
        try (TestNodes nodes = TestNodes.start(2)) {
            Node node = nodes.node(0);
            assertThat(registrations(node).size()).isEqualTo(expected(2, 0));
            Api api = new Api(door(node));
            List<Account> people = List.of(api.register("ann"), api.register("bob"), api.register("cy"));
            String general = api.general(people.get(0));
            int most = 0;
            for (int from = 0; from < CLIENTS; from += AT_ONCE) {
                List<BusClient> clients = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    Account person = people.get(i % people.size());
                    BusClient client = BusClient.connect(door(nodes.node(i % 2)), person);
                    clients.add(client);
                    client.request("join:conversation", Map.of("conversationId", general));
                    client.register("room:" + general, e -> {});
                    client.register("user:" + person.id(), e -> {});
                }
                most = Math.max(most, registrations(node).size());
                clients.forEach(BusClient::close);
            }
            assertThat(most).isEqualTo(expected(2, 0));
            assertThat(registrations(node).size()).isEqualTo(expected(2, 0));
        }
    }

    @Test
    void nobodyReadsTheClusterAsAClientOfHazelcast() {
        try (TestNodes nodes = TestNodes.start(1)) {
            Member member = nodes.node(0).hazelcast().getCluster().getLocalMember();
            ClientConfig client = new ClientConfig()
                    .setClusterName(nodes.node(0).hazelcast().getConfig().getClusterName());
            client.getNetworkConfig()
                    .addAddress(member.getAddress().getHost() + ":"
                            + member.getAddress().getPort());
            client.getConnectionStrategyConfig().getConnectionRetryConfig().setClusterConnectTimeoutMillis(2_000);
            assertThatThrownBy(() -> HazelcastClient.newHazelcastClient(client))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Unable to connect to any cluster");
        }
    }

    /**
     * Vert.x 5.0 sends nothing to a node with fewer consumers of an address than others, and may go on sending to a node
     * that is gone. Neither can happen to an address that has one consumer in its life.
     */
    @Test
    void noAddressHasTwoConsumersAndEachIsReachedWhoeverComesAndGoes() throws Exception {
        try (TestNodes nodes = TestNodes.start(2)) {
            Node asks = nodes.node(0);
            nodes.add(Map.of("NODE_ROLE", "gateway", "DATABASE_URL", ""));
            assertEachShardAnswers(asks, 2);
            Node third = nodes.add();
            assertEachShardAnswers(asks, 3);
            third.close();
            nodes.node(1).close();
            await().until(() -> asks.members() == 2);
            assertEachShardAnswers(asks, 1);
            nodes.add();
            assertEachShardAnswers(asks, 2);
        }
    }

    private static void assertEachShardAnswers(Node asks, int owners) throws Exception {
        MultiMap<Object, Object> registrations = registrations(asks);
        await().untilAsserted(() -> assertThat(registrations.size()).isEqualTo(expected(owners, 1)));
        assertThat(registrations.keySet()).allMatch(address -> registrations.valueCount(address) == 1);
        await().untilAsserted(() -> assertThat(ownersSeenBy(asks)).hasSize(owners * Part.SHARDS));
        for (Owner owner : ownersSeenBy(asks)) {
            for (int i = 0; i < 50; i++) {
                // Keys may still be on their way: then the answer is that somebody else has them, and not silence.
                await().pollDelay(Duration.ZERO)
                        .pollInSameThread()
                        .ignoreExceptionsMatching(ClusterIT::isMoved)
                        .untilAsserted(() -> {
                            UUID key = keyOf(asks, owner);
                            Online online = get(asks.bus()
                                    .callShard(
                                            ParticipantOperations.QUERY,
                                            Caller.system(),
                                            new Query(List.of(key)),
                                            owner));
                            assertThat(online.online()).isEmpty();
                        });
            }
        }
    }

    private static boolean isMoved(Throwable failure) {
        return failure.getCause() instanceof FaultException e && e.fault() == Fault.UNAVAILABLE;
    }

    private static Set<Owner> ownersSeenBy(Node node) {
        return Stream.generate(Ids::next)
                .limit(2_000)
                .map(id -> node.bus().ownership().ownerOf(id.toString()))
                .collect(Collectors.toSet());
    }

    private static UUID keyOf(Node sees, Owner owner) {
        UUID key = Ids.next();
        while (!sees.bus().ownership().ownerOf(key.toString()).equals(owner)) {
            key = Ids.next();
        }
        return key;
    }

    @Test
    void aNodeThatStopsHandsItsKeysOverWithoutAPause() throws Exception {
        try (TestNodes nodes = TestNodes.start(3)) {
            Node asks = nodes.node(0);
            Node stops = nodes.node(1);
            String id = stops.bus().ownership().nodeId();
            List<UUID> keys = new ArrayList<>();
            for (int shard = 0; shard < Part.SHARDS; shard++) {
                for (int i = 0; i < 20; i++) {
                    keys.add(keyOf(asks, new Owner(id, shard)));
                }
            }
            assertNobodyWaits(asks, keys, stops::close);
            assertThat(keys).noneMatch(key -> ownerId(asks, key).equals(id));
        }
    }

    /** It could own keys as soon as it has joined, and serve them only some seconds later. */
    @Test
    void aNodeThatComesTakesKeysWithoutAPause() throws Exception {
        try (TestNodes nodes = TestNodes.start(1)) {
            Node asks = nodes.node(0);
            List<UUID> keys = Stream.generate(Ids::next).limit(200).toList();
            assertNobodyWaits(asks, keys, nodes::add);
            Node came = nodes.node(1);
            assertThat(came.hazelcast().getCluster().getLocalMember().isLiteMember())
                    .as("it owns state before its door is open")
                    .isFalse();
            String id = came.bus().ownership().nodeId();
            await().until(() ->
                    keys.stream().filter(key -> ownerId(asks, key).equals(id)).count() > keys.size() / 4);
        }
    }

    private static String ownerId(Node sees, UUID key) {
        return sees.bus().ownership().ownerOf(key.toString()).nodeId();
    }

    /** Asks for the keys all the time, while something happens to the cluster. */
    private static void assertNobodyWaits(Node asks, List<UUID> keys, Runnable change) throws Exception {
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
        Queue<Long> waited = new ConcurrentLinkedQueue<>();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        try {
            var asking = clock.scheduleAtFixedRate(
                    () -> {
                        UUID key = keys.get((int) (System.nanoTime() % keys.size()));
                        long at = System.nanoTime();
                        asks.bus()
                                .call(ParticipantOperations.QUERY, Caller.system(), new Query(List.of(key)))
                                .onFailure(failures::add)
                                .onComplete(done -> waited.add((System.nanoTime() - at) / 1_000_000));
                    },
                    0,
                    5,
                    TimeUnit.MILLISECONDS);
            await().until(() -> waited.size() > 100);
            change.run();
            int before = waited.size();
            await().until(() -> waited.size() > before + 200);
            asking.cancel(false);
            assertThat(failures).isEmpty();
            System.out.printf("the longest wait: %d ms%n", Collections.max(waited));
            assertThat(waited).allMatch(ms -> ms < TRY_MS);
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void aGatewayOwnsNothingAndServesEverything() {
        try (TestNodes nodes = TestNodes.start(1)) {
            Node gateway = nodes.add(Map.of("NODE_ROLE", "gateway", "DATABASE_URL", ""));
            String id = gateway.bus().ownership().nodeId();
            assertThat(ownersSeenBy(gateway)).noneMatch(owner -> owner.nodeId().equals(id));
            Api api = new Api(door(gateway));
            Account ann = api.register("ann");
            String general = api.general(ann);
            try (BusClient client = BusClient.connect(door(gateway), ann)) {
                client.request("join:conversation", Map.of("conversationId", general));
                assertThat(client.request(
                                        "message:send",
                                        Map.of("conversationId", general, "type", "text", "content", "hello"))
                                .get("seq")
                                .asLong())
                        .isPositive();
            }
        }
    }

    @Test
    void aWorkerHasNoDoorAndServesKeys() throws Exception {
        try (TestNodes nodes = TestNodes.start(1, Map.of("NODE_ROLE", "worker"))) {
            Node worker = nodes.node(0);
            assertThat(worker.port()).isZero();
            assertThat(registrations(worker).size()).isEqualTo(expected(1, 0) - 1);
            assertThat(get(worker.bus()
                                    .call(ParticipantOperations.QUERY, Caller.system(), new Query(List.of(Ids.next()))))
                            .online())
                    .isEmpty();
        }
    }

    @Test
    void whoDoesNotKnowTheSecretStaysAlone() {
        Map<String, String> secret = Map.of("CLUSTER_SECRET", "open sesame, and be quick about it");
        try (TestNodes nodes = TestNodes.start(2, secret)) {
            assertThat(nodes.node(0).members()).isEqualTo(2);
            Node stranger = nodes.add(Map.of("CLUSTER_SECRET", ""));
            Node guesser = nodes.add(Map.of("CLUSTER_SECRET", "open sesame, and be slow about it!"));
            assertThat(stranger.members()).isEqualTo(1);
            assertThat(guesser.members()).isEqualTo(1);
            assertThat(nodes.node(0).members()).isEqualTo(2);
        }
    }

    @Test
    void eventBusesWithTlsUnderstandEachOtherAndNobodyElse(@TempDir Path folder) throws Exception {
        Path ours = keyStore(folder, "ours");
        Path theirs = keyStore(folder, "theirs");
        try (TestNodes nodes = TestNodes.start(2, tls(ours, ours))) {
            assertEachAsks(nodes.node(0), nodes.node(1));
            assertEachAsks(nodes.node(1), nodes.node(0));
            Node plain = nodes.add(Map.of("CLUSTER_TLS", "false"));
            assertRefused(plain, nodes.node(0));
            Node other = nodes.add(tls(theirs, ours));
            assertRefused(other, nodes.node(0));
        }
    }

    private static void assertEachAsks(Node from, Node to) throws Exception {
        Owner owner = new Owner(to.bus().ownership().nodeId(), 0);
        get(from.bus().callShard(ParticipantOperations.QUERY, Caller.system(), new Query(List.of()), owner));
    }

    private static void assertRefused(Node from, Node to) {
        assertThatThrownBy(() -> assertEachAsks(from, to)).hasMessageContaining("too long");
    }

    private static Map<String, String> tls(Path keys, Path trusted) {
        return Map.of(
                "CLUSTER_TLS", "true",
                "CLUSTER_TLS_KEY_STORE", keys.toString(),
                "CLUSTER_TLS_KEY_STORE_PASSWORD", "changeit",
                "CLUSTER_TLS_TRUST_STORE", trusted.toString(),
                "CLUSTER_TLS_TRUST_STORE_PASSWORD", "changeit");
    }

    private static Path keyStore(Path folder, String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        return file;
    }
}
