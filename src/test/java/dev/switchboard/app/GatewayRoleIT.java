package dev.switchboard.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.support.Api;
import dev.switchboard.support.Ports;
import dev.switchboard.support.TestNodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a node that is only a door needs others. */
@Timeout(120)
class GatewayRoleIT {
    @TempDir
    private Path folder;

    private PlatformOptions gateway(String routes, Map<String, String> own) throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "NODE_ROLE", "gateway",
                "PORT", String.valueOf(Ports.free()),
                "DATA_DIR", folder.toString(),
                "CLUSTER_NAME", "test-" + UUID.randomUUID(),
                "CLUSTER_PORT", String.valueOf(Ports.cluster())));
        settings.putAll(own);
        Path file = Files.writeString(folder.resolve("gateway.yaml"), routes);
        return ConfigSource.in(file, settings).read(PlatformOptions::from);
    }

    @Test
    void oneWithoutOperationsNeedsNobody() throws IOException {
        String routes = "{builtInRoutes: false, upstreams: {gone: {addresses: 'http://127.0.0.1:" + Ports.free()
                + "'}}, routes: [{path: /gone, auth: public, upstream: gone}]}";
        try (Node node = Node.start(gateway(routes, Map.of()), null)) {
            Api api = new Api(URI.create("http://127.0.0.1:" + node.port()));

            assertThat(api.call("GET", "/health/ready", null, null).status()).isEqualTo(200);
            for (String part : new String[] {"database", "redis", "cluster"}) {
                assertThat(api.call("GET", "/health", null, null)
                                .ok()
                                .at("/info/" + part + "/status")
                                .asText())
                        .isEqualTo("absent");
            }
            assertThat(api.call("GET", "/gone", null, null).body().get("code").asText())
                    .isEqualTo("upstream_unreachable");
            assertThat(node.gateway().upstreams()).singleElement().satisfies(gone -> assertThat(gone.name())
                    .isEqualTo("gone"));
            assertThat(node.gateway().limitedByNode()).isZero();
            for (String noneOfItsBusiness : new String[] {"/", "/eventbus/info", "/api/docs", "/api/v1/users/me"}) {
                assertThat(api.call("GET", noneOfItsBusiness, null, null).status())
                        .as(noneOfItsBusiness)
                        .isEqualTo(401);
            }
            assertThat(node.describe("1")).contains("(gateway)").endsWith("Cluster  none");
            assertThatThrownBy(node::hazelcast).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aPortForMetricsThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            PlatformOptions options =
                    gateway("{builtInRoutes: false}", Map.of("METRICS_PORT", String.valueOf(taken.getLocalPort())));
            assertThatThrownBy(() -> Node.start(options, null))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("metrics.port (METRICS_PORT): cannot listen on 0.0.0.0:");
        }
    }

    @Test
    void oneWithOperationsWaitsForANodeThatServesThem() throws Exception {
        int port = Ports.cluster();
        Map<String, String> cluster =
                Map.of("CLUSTER_NAME", "test-" + UUID.randomUUID(), "CLUSTER_PORT", String.valueOf(port));
        PlatformOptions options =
                gateway("{builtInRoutes: false, routes: [{path: /me, methods: GET, operation: user:me}]}", cluster);
        try (TestNodes owners = TestNodes.start(0, cluster)) {
            CompletableFuture<Node> starting = CompletableFuture.supplyAsync(() -> Node.start(options, null));
            await().until(() -> listens(port));
            assertThat(starting).isNotDone();
            owners.add();
            try (Node node = starting.get(60, TimeUnit.SECONDS)) {
                assertThat(node.members()).isEqualTo(2);
                Api api = new Api(URI.create("http://127.0.0.1:" + node.port()));
                assertThat(api.call("GET", "/me", null, null).status()).isEqualTo(401);
            }
        }
    }

    @Test
    void oneThatWaitsInVainSaysForWhat() throws IOException {
        ClusterOptions options = gateway("{}", Map.of()).cluster();
        HazelcastInstance member = ClusterMember.join(options, null, false, () -> {});
        try {
            assertThatThrownBy(() -> ClusterMember.awaitOwner(options, member, Duration.ofMillis(50)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("NODE_ROLE")
                    .hasMessageContaining("needs a node that owns state, and found none at " + options.members());
        } finally {
            member.shutdown();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
