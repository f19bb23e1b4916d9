package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.switchboard.protocol.Ids;
import dev.switchboard.support.Ports;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two members that change the same keys. */
class CompareAndSetIT {
    private static final int KEYS = 20;
    private static final int ADDITIONS = 50;
    private static final int TRIES = 10_000;

    private final Vertx vertx = Vertx.vertx();
    private final String cluster = "compare-" + Ids.next();
    private final int firstPort = Ports.cluster();
    private final HazelcastInstance one = Hazelcast.newHazelcastInstance(config());
    private final HazelcastInstance two = Hazelcast.newHazelcastInstance(config());
    private final IMap<String, String> here = one.getMap("numbers");
    private final IMap<String, String> there = two.getMap("numbers");

    private Config config() {
        Config config = new Config().setClusterName(cluster);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.getNetworkConfig()
                .setPort(firstPort)
                .getInterfaces()
                .setEnabled(true)
                .addInterface("127.0.0.1");
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).addMember("127.0.0.1:" + firstPort);
        CompareAndSet.register(config);
        return config;
    }

    @AfterEach
    void stop() {
        one.getLifecycleService().terminate();
        two.getLifecycleService().terminate();
        vertx.close();
    }

    private static <T> T get(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    private @Nullable String change(
            IMap<String, String> map, String key, @Nullable String before, @Nullable String after) {
        return get(CompareAndSet.in(vertx, map, key, before, after));
    }

    @Test
    void itSaysWhatStoodInTheWay() {
        assertThat(two.getCluster().getMembers()).hasSize(2);
        // Some keys are the other member's.
        for (int i = 0; i < KEYS; i++) {
            String key = "key-" + i;
            assertThat(change(here, key, "old", "new")).isEmpty();
            assertThat(change(here, key, null, "first")).isNull();
            assertThat(change(there, key, null, "second")).isEqualTo("first");
            assertThat(change(there, key, "first", "second")).isNull();
            assertThat(change(here, key, "first", null)).isEqualTo("second");
            assertThat(here.get(key)).isEqualTo("second");
            assertThat(change(here, key, "second", null)).isNull();
            assertThat(there.containsKey(key)).isFalse();
        }
    }

    private Future<Void> add(IMap<String, String> map, String key, int tries) {
        if (tries == 0) {
            return Future.failedFuture("never succeeded");
        }
        String before = map.get(key);
        return CompareAndSet.in(vertx, map, key, before, String.valueOf(Integer.parseInt(before) + 1))
                .compose(inTheWay -> inTheWay == null ? Future.succeededFuture() : add(map, key, tries - 1));
    }

    @Test
    void noChangeIsLostNeitherAtOnceNorWithAMember() {
        List<String> keys = IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).toList();
        keys.forEach(key -> change(here, key, null, "0"));
        List<Future<Void>> all = new ArrayList<>();
        for (IMap<String, String> map : List.of(here, there)) {
            for (String key : keys) {
                all.add(vertx.executeBlocking(
                        () -> {
                            IntStream.range(0, ADDITIONS).forEach(i -> get(add(map, key, TRIES)));
                            return null;
                        },
                        false));
            }
        }
        get(Future.all(all));
        one.getLifecycleService().terminate();
        assertThat(keys).allSatisfy(key -> assertThat(there.get(key)).isEqualTo(String.valueOf(2 * ADDITIONS)));
    }
}
