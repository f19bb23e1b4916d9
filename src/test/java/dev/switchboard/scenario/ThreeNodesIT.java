package dev.switchboard.scenario;

import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ThreeNodesIT extends ChatScenarios {
    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        cluster = TestNodes.start(3, SETTINGS);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    List<URI> nodes() {
        return cluster.doors();
    }
}
