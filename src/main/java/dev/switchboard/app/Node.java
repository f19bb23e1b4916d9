package dev.switchboard.app;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.app.NodeOptions.Role;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.HazelcastOwnership;
import dev.switchboard.bus.NoOwners;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.config.ConfigState;
import dev.switchboard.config.Reading;
import dev.switchboard.gateway.GatewayState;
import dev.switchboard.gateway.http.Webroot;
import dev.switchboard.storage.Database;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One node: its place in the cluster, its database, its parts. Started and stopped by the calling thread, which waits. */
public final class Node implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    /** Longer than Hazelcast itself waits: {@code hazelcast.graceful.shutdown.max.wait} in {@code cluster.xml}. */
    private static final Duration HAND_OVER = Duration.ofSeconds(12);

    /** Each other step of a stop. */
    private static final Duration STEP = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final @Nullable HazelcastInstance hazelcast;
    private final Bus bus;
    private final @Nullable Database database;
    private final Parts parts;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable LiveConfig config;

    private Node(
            Vertx vertx, @Nullable HazelcastInstance hazelcast, Bus bus, @Nullable Database database, Parts parts) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.bus = bus;
        this.database = database;
        this.parts = parts;
    }

    /**
     * Starts a node and waits until it serves. A database of one's own is prepared while the cluster is joined; one that was
     * named comes first, so that a node which cannot use it troubles nobody.
     *
     * @param folder where {@code cluster.xml} is looked for first, or null
     * @throws ConfigException when a setting cannot be used here, for example a port that is taken
     */
    public static Node start(PlatformOptions options, @Nullable Path folder) {
        if (options.node().role() != Role.WORKER) {
            Listening.check(options.server());
        }
        return options.standsAlone() ? startAlone(options) : startInCluster(options, folder);
    }

    private static Node startAlone(PlatformOptions options) {
        Vertx vertx = ClusterMember.alone();
        try {
            Bus bus = new Bus(vertx, new NoOwners(UUID.randomUUID().toString()));
            Parts parts = new Parts(options, vertx, null, bus, null, Gate.pages(options));
            Waiting.await(parts.deploy(), START_TIMEOUT);
            return new Node(vertx, null, bus, null, parts);
        } catch (RuntimeException e) {
            Waiting.quietly("event bus", vertx.close(), STEP);
            throw e;
        }
    }

    private static Node startInCluster(PlatformOptions options, @Nullable Path folder) {
        boolean ownsState = options.node().role() != Role.GATEWAY;
        EventBusOptions eventBus = ClusterMember.eventBus(options.cluster());
        // Who looks for others waits for a second even if there are none: time for what needs nobody.
        CompletableFuture<@Nullable Void> searching = new CompletableFuture<>();
        CompletableFuture<Webroot> pages = searching.thenApplyAsync(
                v -> options.node().role() == Role.WORKER ? Webroot.of(Map.of()) : Gate.pages(options),
                inThread("read-pages"));
        CompletableFuture<Optional<Database.Prepared>> preparing = inBackground(
                "prepare-database",
                () -> ownsState
                        ? Optional.of(Database.prepare(
                                options.database(), options.node().dataDir()))
                        : Optional.empty());
        CompletableFuture<Boolean> before = options.database().url() == null
                ? CompletableFuture.completedFuture(true)
                : preparing.thenApply(prepared -> true);
        CompletableFuture<HazelcastInstance> joining = before.thenApplyAsync(
                ready -> ClusterMember.join(options.cluster(), folder, ownsState, () -> searching.complete(null)),
                inThread("join"));
        Optional<Vertx> vertx = Optional.empty();
        try {
            Optional<Database.Prepared> prepared = Waiting.await(preparing, START_TIMEOUT);
            HazelcastInstance hazelcast = Waiting.await(joining, START_TIMEOUT);
            prepared.ifPresent(p -> ClusterDatabase.agree(hazelcast, options.cluster(), p.id()));
            ClusterMember.awaitOwner(options.cluster(), hazelcast, START_TIMEOUT);
            Vertx started = Waiting.await(ClusterMember.vertx(eventBus, hazelcast), START_TIMEOUT);
            vertx = Optional.of(started);
            Database database = prepared.map(p -> Database.open(started, p)).orElse(null);
            Bus bus = new Bus(started, new HazelcastOwnership(started, hazelcast));
            Parts parts = new Parts(options, started, hazelcast, bus, database, Waiting.await(pages, START_TIMEOUT));
            Waiting.await(parts.deploy(), START_TIMEOUT);
            return new Node(started, hazelcast, bus, database, parts);
        } catch (RuntimeException e) {
            vertx.ifPresent(v -> Waiting.quietly("event bus", v.close(), STEP));
            Waiting.afterwards(joining, HazelcastInstance::shutdown, START_TIMEOUT);
            Waiting.afterwards(preparing, prepared -> prepared.ifPresent(Database.Prepared::close), START_TIMEOUT);
            throw e;
        }
    }

    /**
     * From now on follows the settings' files: what changes in them takes effect while the node runs.
     *
     * @param first what it was started with
     */
    public void follow(ConfigSource source, Reading<PlatformOptions> first) {
        LiveConfig following = new LiveConfig(vertx, parts, source, first);
        config = following;
        ConfigHealth shown = new ConfigHealth(vertx, bus.ownership(), hazelcast, following::state);
        parts.health().config(shown);
        parts.metrics().config(following::state);
        following.start(shown::publish);
    }

    /** How its settings are; null when it follows no files. From any thread. */
    public @Nullable ConfigState config() {
        LiveConfig following = config;
        return following == null ? null : following.state();
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
                .append(parts.options().node().role().name().toLowerCase(Locale.ROOT))
                .append(")\n  Cluster  ");
        if (hazelcast == null) {
            return text.append("none").toString();
        }
        text.append(parts.options().cluster().name())
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
        PlatformOptions now = parts.options();
        return now.node().role() == Role.WORKER ? 0 : now.server().port();
    }

    public Bus bus() {
        return bus;
    }

    /** @throws IllegalStateException on a node that joined nobody */
    public HazelcastInstance hazelcast() {
        if (hazelcast == null) {
            throw new IllegalStateException("this node joined no cluster");
        }
        return hazelcast;
    }

    /** How the gateway is now: its services and what it refused. From any thread. */
    public GatewayState gateway() {
        return parts.gateway();
    }

    /** How many members the cluster has, as this node sees it; without a cluster, itself. */
    public int members() {
        return hazelcast == null ? 1 : hazelcast.getCluster().getMembers().size();
    }

    /**
     * Leaves in order: readiness off; requests in flight finish and sockets go elsewhere (at most
     * {@code server.shutdownTimeout}); keys are handed over to other nodes, and served here until they are; then
     * everything else stops, the database last. Whatever does not end in time is cut off.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        LiveConfig following = config;
        if (following != null) {
            following.stop();
        }
        parts.unready();
        Waiting.quietly(
                "doors",
                parts.closeDoors(),
                parts.options().server().shutdownTimeout().plus(STEP));
        if (hazelcast != null) {
            leave(hazelcast);
        }
        Waiting.quietly("parts", parts.stopOwners(), STEP);
        if (database != null) {
            Waiting.quietly("database", database.close(), STEP);
        }
        Waiting.quietly("event bus", vertx.close(), STEP);
    }

    private static void leave(HazelcastInstance hazelcast) {
        Waiting.quietly(
                "handing over of keys",
                inBackground("leave", () -> {
                    hazelcast.shutdown();
                    return true;
                }),
                HAND_OVER);
        hazelcast.getLifecycleService().terminate();
    }

    private static <T> CompletableFuture<T> inBackground(String name, Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, inThread(name));
    }

    private static Executor inThread(String name) {
        return task -> new Thread(task, name).start();
    }
}
