package dev.switchboard.support;

import dev.switchboard.app.Node;
import dev.switchboard.app.PlatformOptions;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.config.Reading;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Real nodes in this JVM, one cluster, a database of their own. */
public final class TestNodes implements AutoCloseable {
    private final Postgres postgres = Postgres.create();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();

    private TestNodes() {}

    /** Starts so many nodes. */
    public static TestNodes start(int count) {
        return start(count, Map.of());
    }

    /** Starts so many nodes with these settings, by the names of their environment variables. */
    public static TestNodes start(int count, Map<String, String> settings) {
        TestNodes cluster = new TestNodes();
        try {
            Path data = Files.createTempDirectory("switchboard-test");
            cluster.settings.putAll(Map.of(
                    "CLUSTER_NAME",
                    "test-" + UUID.randomUUID(),
                    "CLUSTER_PORT",
                    String.valueOf(Ports.cluster()),
                    "DATABASE_URL",
                    cluster.postgres.url(),
                    "DATA_DIR",
                    data.toString(),
                    "JWT_SECRET",
                    "a secret that is only good for tests, really",
                    "SHUTDOWN_TIMEOUT",
                    "1s",
                    "RATE_LIMIT_RPS",
                    "0",
                    "RATE_LIMIT_AUTH",
                    "0"));
            cluster.settings.putAll(settings);
            for (int i = 0; i < count; i++) {
                cluster.add();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return cluster;
    }

    /** One more node. */
    public Node add() {
        return add(Map.of());
    }

    /** One more node, with settings of its own. */
    public Node add(Map<String, String> own) {
        return add(null, own);
    }

    /** One more node, with files and settings of its own. */
    public Node add(@Nullable Path conf, Map<String, String> own) {
        Map<String, String> environment = new HashMap<>(settings);
        environment.putAll(own);
        environment.put("PORT", String.valueOf(Ports.free()));
        ConfigSource source = ConfigSource.in(conf, environment);
        Reading<PlatformOptions> settings = source.read(source.texts(), PlatformOptions::from);
        Node node = Node.start(settings.options(), null);
        if (conf != null) {
            node.follow(source, settings);
        }
        nodes.add(node);
        return node;
    }

    /** What all of them keep their state in. */
    public Postgres database() {
        return postgres;
    }

    public Node node(int i) {
        return nodes.get(i);
    }

    public List<URI> doors() {
        return nodes.stream()
                .map(node -> URI.create("http://127.0.0.1:" + node.port()))
                .toList();
    }

    @Override
    public void close() {
        // The last one that owns state last: those without cannot go on.
        for (int i = nodes.size() - 1; i >= 0; i--) {
            nodes.get(i).close();
        }
        postgres.close();
    }
}
