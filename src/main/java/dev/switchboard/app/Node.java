package dev.switchboard.app;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.app.NodeOptions.Role;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.bus.HazelcastOwnership;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.Secret;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyStoreOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node: its place in the cluster, its database, its parts. Started and stopped by the calling thread, which waits. */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final int BUS_CONNECT_TIMEOUT_MS = 2_000;
    private static final int BUS_PING_MS = 2_000;
    private static final long BLOCKED_WARNING_MS = 1_000;

    private final PlatformOptions options;
    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final Bus bus;
    private final @Nullable Database database;
    private final Parts parts;

    private Node(
            PlatformOptions options,
            Vertx vertx,
            HazelcastInstance hazelcast,
            Bus bus,
            @Nullable Database database,
            Parts parts) {
        this.options = options;
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.bus = bus;
        this.database = database;
        this.parts = parts;
    }

    /**
     * Starts a node and waits until it serves.
     *
     * @param folder where {@code cluster.xml} is looked for first, or null
     * @throws ConfigException when a setting cannot be used here, for example a port that is taken
     */
    public static Node start(PlatformOptions options, @Nullable Path folder) {
        boolean ownsState = options.node().role() != Role.GATEWAY;
        Config config = ClusterConfig.of(options.cluster(), folder, !ownsState);
        HazelcastClusterManager clusterManager = new HazelcastClusterManager(config);
        Vertx vertx;
        try {
            vertx = await(
                    Vertx.builder()
                            .with(vertxOptions(options.cluster()))
                            .withClusterManager(clusterManager)
                            .buildClustered(),
                    START_TIMEOUT);
        } catch (RuntimeException e) {
            throw new ConfigException(
                    new ConfigError("cluster", null, "the node cannot join: " + String.valueOf(e.getMessage())));
        }
        Database database = null;
        try {
            database = ownsState
                    ? await(
                            Database.open(
                                    vertx, options.database(), options.node().dataDir()),
                            START_TIMEOUT)
                    : null;
            HazelcastInstance hazelcast = clusterManager.getHazelcastInstance();
            Bus bus = new Bus(vertx, new HazelcastOwnership(hazelcast));
            Parts parts = new Parts(options, vertx, hazelcast, bus, database);
            await(parts.deploy(), START_TIMEOUT);
            return new Node(options, vertx, hazelcast, bus, database, parts);
        } catch (RuntimeException e) {
            quietly("database", database == null ? Future.succeededFuture() : database.close());
            quietly("cluster", vertx.close());
            throw e;
        }
    }

    private static VertxOptions vertxOptions(ClusterOptions cluster) {
        EventBusOptions eventBus = new EventBusOptions()
                .setHost(cluster.host())
                .setConnectTimeout(BUS_CONNECT_TIMEOUT_MS)
                .setClusterPingInterval(BUS_PING_MS)
                .setClusterPingReplyInterval(BUS_PING_MS);
        ClusterOptions.Tls tls = cluster.tls();
        if (tls.enabled()) {
            eventBus.setSsl(true)
                    .setTrustAll(false)
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setKeyCertOptions(store(tls.keyStore(), tls.keyStorePassword()))
                    .setTrustOptions(store(tls.trustStore(), tls.trustStorePassword()));
        } else {
            eventBus.setTrustAll(false);
        }
        return new VertxOptions()
                .setEventBusOptions(eventBus)
                .setPreferNativeTransport(true)
                .setBlockedThreadCheckInterval(BLOCKED_WARNING_MS)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(BLOCKED_WARNING_MS)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS);
    }

    private static KeyStoreOptions store(@Nullable String file, @Nullable Secret password) {
        boolean jks = file != null && file.endsWith(".jks");
        return new KeyStoreOptions()
                .setType(jks ? "JKS" : "PKCS12")
                .setPath(file)
                .setPassword(password == null ? null : password.value());
    }

    /** What a person who started it wants to know: where to look, who it is, whom it joined. */
    public String describe(String version) {
        String id = bus.ownership().nodeId();
        StringBuilder text = new StringBuilder("Switchboard " + version + " is ready.\n");
        if (port() > 0) {
            text.append("  Open     http://localhost:").append(port()).append("/\n");
        }
        text.append("  Node     ")
                .append(id)
                .append(" (")
                .append(options.node().role().name().toLowerCase(Locale.ROOT))
                .append(")\n  Cluster  ")
                .append(options.cluster().name())
                .append(", ")
                .append(members())
                .append(members() == 1 ? " member" : " members");
        hazelcast.getCluster().getMembers().forEach(member -> text.append(", ")
                .append(member.getAddress().getHost())
                .append(':')
                .append(member.getAddress().getPort())
                .append(member.localMember() ? " (this)" : ""));
        return text.toString();
    }

    /** The port of the door; 0 on a node without one. */
    public int port() {
        return options.node().role() == Role.WORKER ? 0 : options.server().port();
    }

    public Bus bus() {
        return bus;
    }

    public HazelcastInstance hazelcast() {
        return hazelcast;
    }

    /** How many members the cluster has, as this node sees it. */
    public int members() {
        return hazelcast.getCluster().getMembers().size();
    }

    /**
     * Leaves in order: turns readiness off, lets requests in flight finish and sockets move on (at most
     * {@code server.shutdownTimeout}), hands its state over to other nodes, closes the database. Whatever does not end in
     * time is cut off.
     */
    @Override
    public void close() {
        parts.unready();
        quietly("parts", parts.undeploy(), options.server().shutdownTimeout().plus(STOP_TIMEOUT));
        quietly("database", database == null ? Future.succeededFuture() : database.close());
        quietly("cluster", vertx.close());
    }

    private static void quietly(String what, Future<?> closing) {
        quietly(what, closing, STOP_TIMEOUT);
    }

    private static void quietly(String what, Future<?> closing, Duration timeout) {
        try {
            await(closing, timeout);
        } catch (RuntimeException e) {
            LOG.warn("The {} did not stop cleanly: {}", what, e.toString());
        }
    }

    private static <T> T await(Future<T> future, Duration timeout) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("not done within " + timeout.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
