package dev.switchboard.app;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.account.AccountVerticle;
import dev.switchboard.app.NodeOptions.Role;
import dev.switchboard.bus.Bus;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.KeptSecret;
import dev.switchboard.config.Secret;
import dev.switchboard.gateway.Door;
import dev.switchboard.gateway.GatewayState;
import dev.switchboard.gateway.GatewayVerticle;
import dev.switchboard.gateway.ServerOptions;
import dev.switchboard.gateway.WatchVerticle;
import dev.switchboard.gateway.bridge.BridgeRoutes;
import dev.switchboard.gateway.bridge.BridgeServices;
import dev.switchboard.gateway.bridge.NodeHub;
import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.bridge.ResumeTokens;
import dev.switchboard.gateway.http.ClientConnections;
import dev.switchboard.gateway.http.MetricsOptions;
import dev.switchboard.gateway.http.Webroot;
import dev.switchboard.gateway.limit.NodeLimiter;
import dev.switchboard.gateway.limit.RateLimiter;
import dev.switchboard.gateway.limit.RedisLimiter;
import dev.switchboard.gateway.openapi.ApiDocs;
import dev.switchboard.gateway.proxy.Forwarder;
import dev.switchboard.gateway.proxy.Services;
import dev.switchboard.gateway.upstream.Upstreams;
import dev.switchboard.identity.AccessTokens;
import dev.switchboard.identity.AnyTokens;
import dev.switchboard.identity.ClusterRevocations;
import dev.switchboard.identity.Revocations;
import dev.switchboard.identity.TokenOptions;
import dev.switchboard.meeting.MeetingVerticle;
import dev.switchboard.participant.ParticipantVerticle;
import dev.switchboard.protocol.Operations;
import dev.switchboard.protocol.Part;
import dev.switchboard.room.RoomVerticle;
import dev.switchboard.signaling.SignalingVerticle;
import dev.switchboard.storage.Database;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs on a node: made from options, deployed in order, undeployed in the opposite order. */
final class Parts {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    /** One listener for each event loop that Vert.x makes by default. */
    private static final int EVENT_LOOPS = VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE;

    private final PlatformOptions options;
    private final Vertx vertx;
    private final @Nullable HazelcastInstance hazelcast;
    private final Bus bus;
    private final @Nullable Database database;
    private final NodeHealth health;
    private final NodeMetrics metrics;
    private final Deque<Supplier<Future<Void>>> afterDoors = new ConcurrentLinkedDeque<>();
    private volatile Supplier<GatewayState> gateway = () -> GatewayState.NONE;
    private final Deque<String> doors = new ConcurrentLinkedDeque<>();
    private final Deque<String> owners = new ConcurrentLinkedDeque<>();

    /**
     * @param hazelcast null on a node that joined nobody
     * @param database null on a node that owns no state
     */
    Parts(
            PlatformOptions options,
            Vertx vertx,
            @Nullable HazelcastInstance hazelcast,
            Bus bus,
            @Nullable Database database) {
        this.options = options;
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.bus = bus;
        this.database = database;
        this.health = new NodeHealth(vertx, hazelcast, database);
        this.metrics = new NodeMetrics(vertx, bus, health, this::gateway, hazelcast, database);
    }

    /** How the gateway is now. From any thread. */
    GatewayState gateway() {
        return gateway.get();
    }

    /** Deploys everything that this node's role asks for; completes when it serves. */
    Future<Void> deploy() {
        return deployWatch()
                .compose(done -> deployParts())
                .onSuccess(done -> health.started())
                .onFailure(failure -> metrics.close());
    }

    /** From the beginning: who starts is asked whether it is ready. */
    private Future<Void> deployWatch() {
        MetricsOptions access = options.metrics();
        return access.port() == 0
                ? Future.succeededFuture()
                : vertx.deployVerticle(new WatchVerticle(metrics.watching(access)))
                        .recover(failure -> Future.failedFuture(Listening.explain(access, failure)))
                        .mapEmpty();
    }

    private Future<Void> deployParts() {
        TokenOptions tokenOptions = withSecret(options.auth());
        if (hazelcast == null) {
            LOG.info("No route leads to an operation: this gateway joins no cluster, and hears of no session's end");
            return deployListener(verifier(tokenOptions, Revocations.UNHEARD), Revocations.UNHEARD, v -> Door.NONE);
        }
        HazelcastInstance member = hazelcast;
        return ClusterRevocations.open(vertx, member, tokenOptions.accessTokenTtl())
                .compose(revocations -> {
                    AccessTokens tokens = new AccessTokens(tokenOptions, revocations, Clock.systemUTC());
                    Future<Void> state = database == null
                            ? Future.succeededFuture()
                            : deployState(database, member, tokens, revocations, tokenOptions);
                    return state.compose(done -> options.node().role() == Role.WORKER
                            ? Future.succeededFuture()
                            : deployDoors(
                                    verifier(tokenOptions, revocations),
                                    revocations,
                                    Objects.requireNonNull(tokenOptions.jwtSecret())));
                });
    }

    private AnyTokens verifier(TokenOptions tokenOptions, Revocations revocations) {
        Clock clock = Clock.systemUTC();
        AnyTokens tokens =
                AnyTokens.open(vertx, tokenOptions, new AccessTokens(tokenOptions, revocations, clock), clock);
        afterDoors.add(tokens::close);
        return tokens;
    }

    private Future<Void> deployState(
            Database store,
            HazelcastInstance hazelcast,
            AccessTokens tokens,
            Revocations revocations,
            TokenOptions tokenOptions) {
        return shards(i -> new ParticipantVerticle(i, bus, store, hazelcast, options.presence()))
                .compose(done -> shards(i -> new RoomVerticle(
                        i, bus, store, options.rooms(), options.presence().grace(), metrics.rooms())))
                .compose(done -> shards(i -> new SignalingVerticle(
                        i, bus, store, hazelcast, options.calls(), options.ice(), metrics.calls())))
                .compose(done -> shards(
                        i -> new MeetingVerticle(i, bus, store, hazelcast, options.meetings(), metrics.meetings())))
                .compose(done -> shards(i -> new AccountVerticle(i, bus, store, tokens, revocations, tokenOptions)))
                .compose(done -> takeState(store, hazelcast));
    }

    /** Only now: a key that comes here finds somebody who serves it, and open connections to the database. */
    private Future<Void> takeState(Database store, HazelcastInstance member) {
        Future<?> connected = member.getCluster().getLocalMember().isLiteMember()
                ? Future.join(Stream.generate(store::ping).limit(Part.SHARDS).toList())
                : Future.succeededFuture();
        return connected.compose(done -> vertx.executeBlocking(() -> {
            ClusterMember.takeState(member);
            return null;
        }));
    }

    /** The listener, and the event bus's door in it. */
    private Future<Void> deployDoors(AnyTokens tokens, Revocations revocations, Secret secret) {
        NodeHub hub = new NodeHub(bus, metrics.bridge());
        BridgeServices services = new BridgeServices(
                options.bridge(),
                options.server().maxMessage(),
                bus,
                tokens,
                revocations,
                origins(),
                new ResumeTokens(secret),
                metrics.bridge(),
                new AtomicInteger());
        return deploy(() -> hub, 1, doors)
                .compose(done -> deployListener(tokens, revocations, v -> BridgeRoutes.open(v, services, hub)));
    }

    private Future<Void> deployListener(AnyTokens tokens, Revocations revocations, Function<Vertx, Door> eventBus) {
        ServerOptions server = options.server();
        Upstreams upstreams = new Upstreams(vertx, options.upstreams());
        afterDoors.add(upstreams::close);
        Services.Shared behind = new Services.Shared(
                upstreams,
                new Forwarder.Settings(EVENT_LOOPS, server.times().stall()),
                options.sockets(),
                revocations,
                origins());
        RateLimiter limiter = limiter();
        ClientConnections connections = ClientConnections.of(server.maxClientConnections(), server.trustedProxies());
        gateway = () -> new GatewayState(upstreams.states(), limiter.decidedByNode(), connections.refused());
        return vertx.executeBlocking(this::pages)
                .map(page -> new GatewayVerticle.Shared(
                        bus,
                        tokens,
                        limiter,
                        options.routes().table(server.maxBody()),
                        v -> new Services(v, behind),
                        connections,
                        metrics.watching(options.metrics()),
                        page,
                        options.auth().refreshTokenTtl(),
                        eventBus))
                .compose(shared -> deploy(() -> new GatewayVerticle(server, shared), EVENT_LOOPS, doors))
                .recover(failure -> Future.failedFuture(Listening.explain(server, failure)));
    }

    private OriginPolicy origins() {
        return new OriginPolicy(options.server().corsOrigins());
    }

    private RateLimiter limiter() {
        if (options.limits().redis() == null) {
            return new NodeLimiter(options.limits());
        }
        RedisLimiter limiter = new RedisLimiter(vertx, options.limits());
        health.redis(limiter);
        afterDoors.add(limiter::close);
        return limiter;
    }

    /** The chat, and the documentation of the operations where they have routes; nothing where no operation is served. */
    private Webroot pages() throws IOException {
        if (options.standsAlone()) {
            return Webroot.of(Map.of());
        }
        Webroot chat = Webroot.load(Parts.class.getClassLoader(), "webroot");
        return options.routes().builtIn() ? chat.with(ApiDocs.of(Operations.ALL)) : chat;
    }

    private Future<Void> shards(IntFunction<Deployable> make) {
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < Part.SHARDS; i++) {
            Deployable shard = make.apply(i);
            all.add(deploy(() -> shard, 1, owners));
        }
        return Future.join(all).mapEmpty();
    }

    private Future<Void> deploy(Supplier<Deployable> part, int instances, Deque<String> among) {
        return vertx.deployVerticle(part, new DeploymentOptions().setInstances(instances))
                .onSuccess(among::push)
                .mapEmpty();
    }

    /** A cluster whose nodes share a folder, as on one machine, shares the secret that is made there. */
    private TokenOptions withSecret(TokenOptions tokens) {
        if (tokens.jwtSecret() != null) {
            return tokens;
        }
        Path file = options.node().dataDir().resolve("jwt-secret");
        LOG.warn("JWT_SECRET is not set: using one made for development, kept in {}", file);
        try {
            return tokens.withSecret(KeptSecret.in(file));
        } catch (IOException e) {
            throw new ConfigException(
                    new ConfigError("auth.jwtSecret", "JWT_SECRET", "not set, and none can be kept in " + file));
        }
    }

    /** Tells balancers to send nobody here any more. */
    void unready() {
        health.leaving();
    }

    /** Closes the doors, when balancers have had their time: requests in flight finish, sockets go elsewhere. */
    Future<Void> closeDoors() {
        long delay = doors.isEmpty() ? 0 : options.server().drainDelay().toMillis();
        Future<?> noticed = delay == 0 ? Future.succeededFuture() : vertx.timer(delay, TimeUnit.MILLISECONDS);
        return noticed.compose(now -> undeploy(doors)).compose(done -> Future.join(
                        afterDoors.stream().map(Supplier::get).toList())
                .mapEmpty());
    }

    /** Stops what serves this node's keys, the last deployed first. */
    Future<Void> stopOwners() {
        return undeploy(owners).onComplete(done -> metrics.close());
    }

    private Future<Void> undeploy(Deque<String> deployed) {
        String next = deployed.poll();
        return next == null
                ? Future.succeededFuture()
                : vertx.undeploy(next).otherwiseEmpty().compose(done -> undeploy(deployed));
    }
}
