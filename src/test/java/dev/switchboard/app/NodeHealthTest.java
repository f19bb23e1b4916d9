package dev.switchboard.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleService;
import com.hazelcast.partition.PartitionService;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeHealthTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicBoolean safe = new AtomicBoolean();
    private final AtomicInteger looks = new AtomicInteger();
    private final NodeHealth health = new NodeHealth(vertx, member(), null);

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    /** A member of a cluster of which the test says whether it is safe. */
    private HazelcastInstance member() {
        PartitionService partitions = stub(PartitionService.class, "isClusterSafe", () -> {
            looks.incrementAndGet();
            return safe.get();
        });
        LifecycleService lifecycle = stub(LifecycleService.class, "isRunning", () -> true);
        Cluster cluster = stub(Cluster.class, "getMembers", Set::of);
        return (HazelcastInstance) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HazelcastInstance.class}, (proxy, method, arguments) -> {
                    Map<String, Object> services = Map.of(
                            "getPartitionService", partitions, "getLifecycleService", lifecycle, "getCluster", cluster);
                    return services.get(method.getName());
                });
    }

    private interface Answer {
        Object get();
    }

    private static <T> T stub(Class<T> type, String method, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, called, arguments) -> called.getName().equals(method) ? answer.get() : null));
    }

    @Test
    void readyOnceTheClusterIsSafeUntilItLeaves() {
        assertThat(health.ready()).isFalse();
        health.started();
        await().until(() -> looks.get() > 2);
        assertThat(health.ready()).isFalse();
        safe.set(true);
        await().until(health::ready);
        // Later on it is the others' loss, and no reason to send everybody away.
        safe.set(false);
        assertThat(health.ready()).isTrue();
        health.leaving();
        assertThat(health.ready()).isFalse();
    }

    @Test
    void whoLeavesBeforeItWasReadyNeverIs() {
        health.started();
        await().until(() -> looks.get() > 0);
        health.leaving();
        safe.set(true);
        assertThat(health.ready()).isFalse();
    }

    @Test
    void theShapeOfHealth() throws Exception {
        safe.set(true);
        var report = health.report().await(10, TimeUnit.SECONDS);
        assertThat(report.status()).isEqualTo("ok");
        assertThat(report.info()).containsOnlyKeys("database", "redis", "cluster", "memory");
        assertThat(report.info().get("cluster"))
                .containsEntry("status", "up")
                .containsEntry("members", 0)
                .containsEntry("safe", true);
        assertThat(report.info().get("database")).containsEntry("status", "absent");
        assertThat(report.info().get("redis")).containsEntry("status", "absent");
        assertThat(report.info().get("memory")).containsEntry("status", "up").containsKey("heapUsed");
        assertThat(health.up("cluster")).isEqualTo(1);
        assertThat(health.safe()).isEqualTo(1);
        assertThat(health.up("redis")).isNaN();
    }
}
