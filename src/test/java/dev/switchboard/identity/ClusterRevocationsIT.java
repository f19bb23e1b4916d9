package dev.switchboard.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.protocol.Ids;
import dev.switchboard.support.Patience;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two members that hold the map, and one that holds nothing, as a gateway. */
class ClusterRevocationsIT {
    private static final Duration TTL = Duration.ofMinutes(15);
    private static final Duration PROMISED = Patience.promised(Duration.ofSeconds(1));

    private final Vertx vertx = Vertx.vertx();
    private final String cluster = "revocations-" + Ids.next();
    private final List<HazelcastInstance> members = new ArrayList<>();
    private HazelcastInstance holder;
    private HazelcastInstance other;
    private HazelcastInstance gateway;

    @BeforeEach
    void start() {
        holder = member(false);
        other = member(false);
        gateway = member(true);
        assertThat(gateway.getCluster().getMembers()).hasSize(3);
    }

    @AfterEach
    void stop() throws Exception {
        members.forEach(member -> member.getLifecycleService().terminate());
        get(vertx.close());
    }

    private HazelcastInstance member(boolean lite) {
        Config config = new Config().setClusterName(cluster).setLiteMember(lite);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        if (!members.isEmpty()) {
            Address first = members.get(0).getCluster().getLocalMember().getAddress();
            join.getTcpIpConfig().addMember(first.getHost() + ":" + first.getPort());
        }
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        members.add(member);
        return member;
    }

    private ClusterRevocations open(HazelcastInstance member) throws Exception {
        return get(ClusterRevocations.open(vertx, member, TTL));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void everyNodeHearsOfItOnceAndWithinASecond() throws Exception {
        List<ClusterRevocations> nodes = List.of(open(holder), open(other), open(gateway));
        List<UUID> heard = new CopyOnWriteArrayList<>();
        nodes.forEach(node -> node.onRevoked(heard::add));
        UUID session = Ids.next();
        UUID another = Ids.next();

        get(nodes.get(2).revoke(session));

        assertThat(nodes.get(2).isRevoked(session)).isTrue();
        await().atMost(PROMISED).until(() -> nodes.stream().allMatch(node -> node.isRevoked(session)));
        assertThat(nodes).noneMatch(node -> node.isRevoked(another));

        get(nodes.get(0).revoke(session));
        get(nodes.get(0).revoke(another));
        nodes.forEach(ClusterRevocations::sync);
        await().atMost(PROMISED).until(() -> nodes.stream().allMatch(node -> node.isRevoked(another)));
        assertThat(heard).containsOnly(session, another).hasSize(2 * nodes.size());
    }

    @Test
    void aNodeThatStartsLaterKnows() throws Exception {
        UUID session = Ids.next();
        get(open(holder).revoke(session));

        assertThat(open(gateway).isRevoked(session)).isTrue();
    }

    @Test
    void whatTheMapLostIsPutBackByWhoeverKnows() throws Exception {
        ClusterRevocations node = open(holder);
        UUID session = Ids.next();
        get(node.revoke(session));
        holder.getMap("revoked-sessions").clear();

        node.sync();

        await().atMost(PROMISED).until(() -> open(other).isRevoked(session));
        assertThat(node.isRevoked(session)).isTrue();
    }

    @Test
    void theDeathOfOneNodeForgetsNothing() throws Exception {
        ClusterRevocations node = open(holder);
        List<UUID> sessions = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sessions.add(Ids.next());
            get(node.revoke(sessions.get(i)));
        }
        await().until(() -> other.getPartitionService().isClusterSafe());

        holder.getLifecycleService().terminate();

        assertThat(sessions).allMatch(open(gateway)::isRevoked);
    }

    @Test
    void anEntryGoesWhenNoTokenOfItsSessionCanLive() throws Exception {
        ClusterRevocations node = open(holder);
        UUID session = Ids.next();
        UUID past = Ids.next();
        get(node.revoke(session));
        long now = System.currentTimeMillis();
        // What a node with a slow clock would put.
        holder.getMap("revoked-sessions").set(past, now - 1, 1, TimeUnit.HOURS);

        node.sync();

        assertThat(node.isRevoked(past)).isFalse();
        assertThat(holder.getMap("revoked-sessions").getEntryView(session).getTtl())
                .isGreaterThanOrEqualTo(TTL.toMillis())
                .isLessThanOrEqualTo(TTL.plusMinutes(5).toMillis());
    }
}
