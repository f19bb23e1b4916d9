package dev.switchboard.app;

import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.account.AccountVerticle;
import dev.switchboard.app.NodeOptions.Role;
import dev.switchboard.bus.Bus;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.KeptSecret;
import dev.switchboard.gateway.Door;
import dev.switchboard.gateway.GatewayState;
import dev.switchboard.gateway.WatchVerticle;
import dev.switchboard.gateway.bridge.BridgeRoutes;
import dev.switchboard.gateway.bridge.BridgeServices;
import dev.switchboard.gateway.bridge.NodeHub;
import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.bridge.ResumeTokens;
import dev.switchboard.gateway.http.MetricsOptions;
import dev.switchboard.gateway.http.Webroot;
import dev.switchboard.identity.AccessTokens;
import dev.switchboard.identity.AnyTokens;
import dev.switchboard.identity.ClusterRevocations;
import dev.switchboard.identity.Revocations;
import dev.switchboard.identity.TokenOptions;
import dev.switchboard.identity.TokenVerifier;
import dev.switchboard.meeting.MeetingVerticle;
import dev.switchboard.participant.ParticipantVerticle;
import dev.switchboard.protocol.Part;
import dev.switchboard.room.RoomVerticle;
import dev.switchboard.signaling.SignalingVerticle;
import dev.switchboard.storage.Database;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs on a node: made from options, deployed in order, undeployed in the opposite order. */
final class Parts {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    /** Keys of others may be on their way for a token that is being checked while the settings change. */
    private static final long RETIREMENT_MS = 30_000;

    private volatile PlatformOptions options;
    private final Vertx vertx;
    private final @Nullable HazelcastInstance hazelcast;
    private final Bus bus;
    private final @Nullable Database database;
    private final Webroot pages;
    private final NodeHealth health;
    private final NodeMetrics metrics;
    private final Deque<String> owners = new ConcurrentLinkedDeque<>();
    private volatile Deque<String> accounts = new ConcurrentLinkedDeque<>();
    private volatile @Nullable ClusterRevocations clusterRevocations;
    private volatile TokenOptions signing;
    private volatile @Nullable AnyTokens tokens;
    private volatile @Nullable BridgeServices bridge;
    private volatile @Nullable Gate gate;
    private volatile String hubDeployment = "";
    private volatile String watch = "";

    /**
     * @param hazelcast null on a node that joined nobody
     * @param database null on a node that owns no state
     * @param pages what its door shows
     */
    Parts(
            PlatformOptions options,
            Vertx vertx,
            @Nullable HazelcastInstance hazelcast,
            Bus bus,
            @Nullable Database database,
            Webroot pages) {
        this.options = options;
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.bus = bus;
        this.database = database;
        this.pages = pages;
        this.health = new NodeHealth(vertx, hazelcast, database);
        this.metrics = new NodeMetrics(vertx, bus, health, this::gateway, hazelcast, database);
        this.signing = options.auth();
    }

    /** The settings that are in effect. */
    PlatformOptions options() {
        return options;
    }

    NodeMetrics metrics() {
        return metrics;
    }

    NodeHealth health() {
        return health;
    }

    /** How the gateway is now. From any thread. */
    GatewayState gateway() {
        Gate door = gate;
        return door == null ? GatewayState.NONE : door.state();
    }

    /** Deploys everything that this node's role asks for; completes when it serves. */
    Future<Void> deploy() {
        return openWatch(options.metrics())
                .onSuccess(opened -> watch = opened)
                .compose(done -> deployParts())
                .onSuccess(done -> health.started())
                .onFailure(failure -> metrics.close());
    }

    /** From the beginning: who starts is asked whether it is ready. Empty where the door itself answers. */
    private Future<String> openWatch(MetricsOptions access) {
        return access.port() == 0
                ? Future.succeededFuture("")
                : vertx.deployVerticle(new WatchVerticle(metrics.watching(health, access)))
                        .recover(failure -> Future.failedFuture(Listening.explain(access, failure)));
    }

    private Future<Void> closeWatch(String opened) {
        return opened.isEmpty() ? Future.succeededFuture() : vertx.undeploy(opened);
    }

    private Future<Void> deployParts() {
        TokenOptions auth = withSecret(options.auth());
        signing = auth;
        if (hazelcast == null) {
            LOG.info("No route leads to an operation: this gateway joins no cluster, and hears of no session's end");
            return openGate(verifier(auth), v -> Door.NONE);
        }
        HazelcastInstance member = hazelcast;
        return ClusterRevocations.open(vertx, member, auth.accessTokenTtl()).compose(opened -> {
            clusterRevocations = opened;
            Future<Void> state = database == null ? Future.succeededFuture() : deployState(database, member, auth);
            return state.compose(
                    done -> options.node().role() == Role.WORKER ? Future.succeededFuture() : deployDoors(auth));
        });
    }

    private Revocations revocations() {
        ClusterRevocations known = clusterRevocations;
        return known == null ? Revocations.UNHEARD : known;
    }

    private AnyTokens verifier(TokenOptions auth) {
        Clock clock = Clock.systemUTC();
        AnyTokens opened = AnyTokens.open(vertx, auth, new AccessTokens(auth, revocations(), clock), clock);
        tokens = opened;
        return opened;
    }

    private Future<Void> deployState(Database store, HazelcastInstance member, TokenOptions auth) {
        return shards(owners, i -> new ParticipantVerticle(i, bus, store, member, () -> options.presence()))
                .compose(done -> shards(
                        owners,
                        i -> new RoomVerticle(
                                i,
                                bus,
                                store,
                                () -> options.rooms(),
                                () -> options.presence().grace(),
                                metrics.rooms())))
                .compose(done -> shards(
                        owners,
                        i -> new SignalingVerticle(
                                i, bus, store, member, () -> options.calls(), () -> options.ice(), metrics.calls())))
                .compose(done -> shards(
                        owners,
                        i -> new MeetingVerticle(i, bus, store, member, () -> options.meetings(), metrics.meetings())))
                .compose(done -> deployAccounts(store, auth, accounts))
                .compose(done -> takeState(store, member));
    }

    private Future<Void> deployAccounts(Database store, TokenOptions auth, Deque<String> deployed) {
        AccessTokens signing = new AccessTokens(auth, revocations(), Clock.systemUTC());
        return shards(deployed, i -> new AccountVerticle(i, bus, store, signing, revocations(), auth));
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
    private Future<Void> deployDoors(TokenOptions auth) {
        AnyTokens verifier = verifier(auth);
        NodeHub made = new NodeHub(bus, metrics.bridge());
        AtomicInteger sockets = new AtomicInteger();
        bridge = bridge(options, auth, verifier, sockets);
        return vertx.deployVerticle(made).compose(id -> {
            hubDeployment = id;
            return openGate(verifier, loop -> BridgeRoutes.open(loop, () -> Objects.requireNonNull(bridge), made));
        });
    }

    private BridgeServices bridge(
            PlatformOptions of, TokenOptions auth, TokenVerifier verifier, AtomicInteger sockets) {
        return new BridgeServices(
                of.bridge(),
                of.server().maxMessage(),
                bus,
                verifier,
                revocations(),
                new OriginPolicy(of.server().corsOrigins()),
                new ResumeTokens(Objects.requireNonNull(auth.jwtSecret()), auth.acceptedSecrets()),
                metrics.bridge(),
                sockets);
    }

    private Future<Void> openGate(TokenVerifier verifier, Function<Vertx, Door> eventBus) {
        Gate made = new Gate(vertx, bus, health, metrics, revocations(), verifier, options, pages, eventBus);
        gate = made;
        return made.open();
    }

    /**
     * Puts other settings into effect, one change at a time.
     *
     * @param next with what does not change while the node runs as it is
     * @return fails with a {@link ConfigException} when they cannot be: then nothing has changed
     */
    Future<Void> change(PlatformOptions next, Changes changes) {
        TokenOptions auth = changes.touch("auth") ? withSecret(next.auth()) : signing;
        String watched = watch;
        return possible(next, changes, watched).compose(opened -> {
            watch = opened;
            options = next;
            signing = auth;
            if (changes.touch("log")) {
                Logging.apply(next.log());
            }
            Future<Void> signed = changes.touch("auth") ? changeTokens(auth) : Future.succeededFuture();
            return signed.compose(v -> changeDoors(next, changes))
                    .compose(v -> opened.equals(watched) ? Future.succeededFuture() : closeWatch(watched));
        });
    }

    /**
     * Does what may fail of a change, or fails and leaves nothing behind.
     *
     * @return the listener for metrics from now on
     */
    private Future<String> possible(PlatformOptions next, Changes changes, String watched) {
        Gate door = gate;
        Future<String> watching =
                changes.touch("metrics") ? openWatch(next.metrics()) : Future.succeededFuture(watched);
        return door == null
                ? watching
                : watching.compose(
                        opened -> door.prepare(next, changes).map(opened).recover(failure -> (opened.equals(watched)
                                        ? Future.<Void>succeededFuture()
                                        : closeWatch(opened))
                                .transform(undone -> Future.failedFuture(failure))));
    }

    /** Checks tokens by the new settings from now on, then deploys those that sign them anew. */
    private Future<Void> changeTokens(TokenOptions auth) {
        ClusterRevocations known = clusterRevocations;
        if (known != null) {
            known.keep(auth.accessTokenTtl());
        }
        AnyTokens old = tokens;
        if (old != null) {
            verifier(auth);
            // Whoever is being checked by the old ones gets an answer.
            vertx.setTimer(RETIREMENT_MS, t -> old.close());
        }
        if (database == null) {
            return Future.succeededFuture();
        }
        Deque<String> before = accounts;
        Deque<String> fresh = new ConcurrentLinkedDeque<>();
        return deployAccounts(database, auth, fresh).compose(done -> {
            accounts = fresh;
            return undeploy(before);
        });
    }

    private Future<Void> changeDoors(PlatformOptions next, Changes changes) {
        AnyTokens verifier = tokens;
        Gate door = gate;
        BridgeServices old = bridge;
        if (door == null || verifier == null) {
            return Future.succeededFuture();
        }
        if (old != null) {
            bridge = bridge(next, signing, verifier, old.sockets());
        }
        return door.change(next, changes, verifier);
    }

    private Future<Void> shards(Deque<String> among, IntFunction<Deployable> make) {
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < Part.SHARDS; i++) {
            all.add(vertx.deployVerticle(make.apply(i)).onSuccess(among::push));
        }
        return Future.join(all).mapEmpty();
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
        Gate door = gate;
        AnyTokens verifier = tokens;
        if (door == null) {
            return Future.succeededFuture();
        }
        long delay = options.server().drainDelay().toMillis();
        Future<?> noticed = delay == 0 ? Future.succeededFuture() : vertx.timer(delay, TimeUnit.MILLISECONDS);
        return noticed.compose(now -> door.close())
                .eventually(() -> hubDeployment.isEmpty() ? Future.succeededFuture() : vertx.undeploy(hubDeployment))
                .eventually(() -> verifier == null ? Future.succeededFuture() : verifier.close());
    }

    /** Stops what serves this node's keys, the last deployed first. */
    Future<Void> stopOwners() {
        return undeploy(accounts).compose(done -> undeploy(owners)).onComplete(done -> metrics.close());
    }

    private Future<Void> undeploy(Deque<String> deployed) {
        String next = deployed.poll();
        return next == null
                ? Future.succeededFuture()
                : vertx.undeploy(next).otherwiseEmpty().compose(done -> undeploy(deployed));
    }
}
