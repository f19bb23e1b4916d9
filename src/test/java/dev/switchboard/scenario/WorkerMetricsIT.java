package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Api;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Scrape;
import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node without a door is watched at a port of its own; what it owns is missing elsewhere. */
@Timeout(90)
class WorkerMetricsIT {
    private static final int PARTITIONS = 271;

    @Test
    void aWorkerSaysHowItIs() throws Exception {
        int port = Ports.free();
        URI watch = URI.create("http://127.0.0.1:" + port);
        try (TestNodes nodes = TestNodes.start(1)) {
            nodes.add(Map.of("NODE_ROLE", "worker", "METRICS_PORT", String.valueOf(port), "METRICS_HOST", "127.0.0.1"));
            Api worker = new Api(watch);
            await().until(() -> worker.call("GET", "/health/ready", null, null).status() == 200);
            assertThat(worker.call("GET", "/health", null, null)
                            .ok()
                            .at("/info/cluster/safe")
                            .asBoolean())
                    .isTrue();

            // While keys are on their way, the two are asked at different moments.
            await().untilAsserted(() -> {
                Scrape there = Scrape.of(watch);
                Scrape here = Scrape.of(nodes.doors().get(0));
                String owned = "switchboard_cluster_partitions_owned";
                assertThat(there.sum("switchboard_cluster_members")).isEqualTo(2);
                assertThat(there.sum(owned)).isPositive();
                assertThat(here.sum(owned) + there.sum(owned)).isEqualTo(PARTITIONS);
            });
            assertThat(Scrape.of(watch).families()).containsKey("switchboard_commit_duration_seconds");
        }
    }
}
