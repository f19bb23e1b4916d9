package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values that come from Hazelcast. */
class ClusterFutureIT {
    private static final int READS = 2_000;

    /** What Hazelcast and Vert.x start meanwhile, whatever is asked of them. */
    private static final int OTHER_THREADS = 50;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private <T> T onContext(Supplier<Future<T>> action) {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> action.get().onComplete(done));
        return done.future()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void aReadStartsNoThread() {
        Config config =
                new Config().setClusterName("threads-" + ProcessHandle.current().pid());
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        try {
            IMap<String, String> map = member.getMap("values");
            map.set("a", "b");
            long before = ManagementFactory.getThreadMXBean().getTotalStartedThreadCount();
            String last = onContext(() -> {
                Future<String> all = Future.succeededFuture("");
                for (int i = 0; i < READS; i++) {
                    all = all.compose(v -> ClusterFuture.of(vertx, () -> map.getAsync("a")));
                }
                return all;
            });
            assertThat(last).isEqualTo("b");
            assertThat(ManagementFactory.getThreadMXBean().getTotalStartedThreadCount() - before)
                    .isLessThan(OTHER_THREADS);
            member.shutdown();
            assertThatThrownBy(() -> onContext(() -> ClusterFuture.of(vertx, () -> map.getAsync("a"))))
                    .as("refused at once")
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(HazelcastInstanceNotActiveException.class);
        } finally {
            member.shutdown();
        }
    }

    @Test
    void itCompletesOnTheContextThatAsked() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        new Thread(() -> slow.complete("value")).start();
        String value = onContext(() ->
                ClusterFuture.of(vertx, () -> slow).map(text -> text + " " + (Vertx.currentContext() == context)));
        assertThat(value).isEqualTo("value true");
        assertThatThrownBy(() -> onContext(() -> ClusterFuture.of(
                        vertx, () -> CompletableFuture.failedFuture(new IllegalStateException("gone")))))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("gone");
    }
}
