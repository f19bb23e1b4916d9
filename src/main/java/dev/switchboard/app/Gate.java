package dev.switchboard.app;

import dev.switchboard.app.Changes.Action;
import dev.switchboard.bus.Bus;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.gateway.Door;
import dev.switchboard.gateway.GatewayState;
import dev.switchboard.gateway.GatewayVerticle;
import dev.switchboard.gateway.ServerOptions;
import dev.switchboard.gateway.TlsOptions;
import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.http.ClientConnections;
import dev.switchboard.gateway.http.Webroot;
import dev.switchboard.gateway.limit.Limits;
import dev.switchboard.gateway.openapi.ApiDocs;
import dev.switchboard.gateway.proxy.Forwarder;
import dev.switchboard.gateway.proxy.OpenSocket;
import dev.switchboard.gateway.proxy.Services;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.gateway.upstream.Upstreams;
import dev.switchboard.identity.Revocations;
import dev.switchboard.identity.TokenVerifier;
import dev.switchboard.ops.HealthChecks;
import dev.switchboard.protocol.Operations;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The door of a node: the listener, and what its event loops share. Settings change while it serves: what the loops ask for
 * is put in its place, then each loop puts up its routes anew. Changes come one at a time.
 */
final class Gate {
    /** One for each event loop that Vert.x makes by default. */
    private static final int EVENT_LOOPS = VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE;

    /** Those who are connected to a listener that goes hear of it with their next answer, if that comes within this time. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Bus bus;
    private final NodeHealth health;
    private final NodeMetrics metrics;
    private final Revocations revocations;
    private final Function<Vertx, Door> eventBus;
    private final Upstreams upstreams;
    private final Limits limits;
    private final ClientConnections connections;
    private final Set<Future<Void>> leaving = ConcurrentHashMap.newKeySet();
    private volatile Services.Shared behind;
    private volatile PlatformOptions options;
    private volatile Webroot page;
    private volatile @Nullable Listener listener;
    private volatile @Nullable Listener replaced;
    private volatile TokenVerifier tokens;

    /** One port, served by several loops. */
    private static final class Listener {
        private final List<GatewayVerticle> verticles = new CopyOnWriteArrayList<>();
        private final List<Services> services = new CopyOnWriteArrayList<>();
        private volatile String deployment = "";
    }

    /**
     * @param page what {@link #pages} says
     * @param eventBus makes the event bus's door of one loop, on it
     */
    Gate(
            Vertx vertx,
            Bus bus,
            NodeHealth health,
            NodeMetrics metrics,
            Revocations revocations,
            TokenVerifier tokens,
            PlatformOptions options,
            Webroot page,
            Function<Vertx, Door> eventBus) {
        this.vertx = vertx;
        this.bus = bus;
        this.health = health;
        this.metrics = metrics;
        this.revocations = revocations;
        this.tokens = tokens;
        this.options = options;
        this.page = page;
        this.eventBus = eventBus;
        ServerOptions server = options.server();
        upstreams = new Upstreams(vertx, options.upstreams());
        limits = new Limits(vertx, options.limits());
        health.limits(limits);
        connections = ClientConnections.of(server.maxClientConnections(), server.trustedProxies());
        behind = behind(options);
    }

    /** How it is now. From any thread. */
    GatewayState state() {
        return new GatewayState(upstreams.states(), limits.decidedByNode(), connections.refused());
    }

    /** Completes when it serves; fails with what says which setting is to blame. */
    Future<Void> open() {
        return vertx.executeBlocking(() -> {
                    checkPair(options.server().tls());
                    return options;
                })
                .compose(this::listen)
                .onSuccess(opened -> listener = opened)
                .mapEmpty();
    }

    private Future<Listener> listen(PlatformOptions of) {
        Listener opened = new Listener();
        ServerOptions server = of.server();
        GatewayVerticle.Shared shared = shared(options, opened, health);
        return vertx.deployVerticle(
                        () -> {
                            GatewayVerticle verticle = new GatewayVerticle(server, shared);
                            opened.verticles.add(verticle);
                            return verticle;
                        },
                        new DeploymentOptions().setInstances(EVENT_LOOPS))
                .map(id -> {
                    opened.deployment = id;
                    return opened;
                })
                .recover(failure -> Future.failedFuture(Listening.explain(server, failure)));
    }

    private GatewayVerticle.Shared shared(PlatformOptions of, Listener listener, HealthChecks checks) {
        return new GatewayVerticle.Shared(
                bus,
                tokens,
                limits,
                of.routes().table(of.server().maxBody()),
                loop -> {
                    Services made = new Services(loop, () -> behind);
                    listener.services.add(made);
                    return made;
                },
                connections,
                metrics.watching(checks, of.metrics()),
                page,
                of.auth().refreshTokenTtl(),
                eventBus);
    }

    private Services.Shared behind(PlatformOptions of) {
        return new Services.Shared(
                upstreams,
                new Forwarder.Settings(EVENT_LOOPS, of.server().times().stall()),
                of.sockets(),
                revocations,
                new OriginPolicy(of.server().corsOrigins()));
    }

    /**
     * The chat, and the documentation of the operations where they have routes; nothing where no operation is served. Reads
     * the class path: not for an event loop.
     */
    static Webroot pages(PlatformOptions of) {
        if (of.standsAlone()) {
            return Webroot.of(Map.of());
        }
        try {
            Webroot chat = Webroot.load(Gate.class.getClassLoader(), "webroot");
            return of.routes().builtIn() ? chat.with(ApiDocs.of(Operations.ALL)) : chat;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Does what may fail of a change, so that it is refused whole: opens the new listener, beside the old one; shows the new
     * certificate.
     */
    Future<Void> prepare(PlatformOptions next, Changes changes) {
        Listener now = listener;
        TlsOptions tls = next.server().tls();
        if (!changes.ask(Action.LISTENER)) {
            return now == null || tls == null || !changes.ask(Action.CERTIFICATE)
                    ? Future.succeededFuture()
                    : vertx.executeBlocking(() -> {
                                checkPair(tls);
                                return tls;
                            })
                            .compose(checked -> certificate(now, checked));
        }
        return vertx.executeBlocking(() -> {
                    checkPair(tls);
                    if (!samePlace(next.server(), options.server())) {
                        Listening.check(next.server());
                    }
                    return next;
                })
                .compose(this::listen)
                // One on the same port shares what the first one made of its certificate and protocols.
                .compose(opened -> (tls == null ? Future.<Void>succeededFuture() : certificate(opened, tls))
                        .map(opened)
                        .recover(failure ->
                                vertx.undeploy(opened.deployment).transform(undone -> Future.failedFuture(failure))))
                .onSuccess(opened -> {
                    replaced = now;
                    listener = opened;
                })
                .mapEmpty();
    }

    private void checkPair(@Nullable TlsOptions tls) {
        if (tls != null) {
            tls.checkPair(vertx);
        }
    }

    private static boolean samePlace(ServerOptions a, ServerOptions b) {
        return a.port() == b.port() && a.host().equals(b.host());
    }

    private static Future<Void> certificate(Listener at, TlsOptions tls) {
        return at.verticles
                .get(0)
                .certificate(tls)
                .recover(failure -> Future.failedFuture(new ConfigException(
                        new ConfigError("server.tls", null, "cannot be used: " + failure.getMessage()))));
    }

    /** From now on with these settings; what they do not name any more is let go of afterwards. */
    Future<Void> change(PlatformOptions next, Changes changes, TokenVerifier verifier) {
        ServerOptions server = next.server();
        tokens = verifier;
        connections.change(server.maxClientConnections(), server.trustedProxies());
        upstreams.replace(next.upstreams());
        behind = behind(next);
        boolean samePages = next.routes().builtIn() == options.routes().builtIn();
        Future<Webroot> pages = samePages ? Future.succeededFuture(page) : vertx.executeBlocking(() -> pages(next));
        Future<Void> limited = changes.touch("limits") ? limits.change(next.limits()) : Future.succeededFuture();
        return Future.join(limited, pages)
                .compose(done -> {
                    page = pages.result();
                    options = next;
                    return putUp(next, health, listener);
                })
                .onSuccess(done -> {
                    letGo(next);
                    leave();
                });
    }

    private Future<Void> putUp(PlatformOptions of, HealthChecks checks, @Nullable Listener at) {
        if (at == null) {
            return Future.succeededFuture();
        }
        GatewayVerticle.Shared shared = shared(of, at, checks);
        return Future.join(at.verticles.stream()
                        .map(verticle -> verticle.change(of.server(), shared))
                        .toList())
                .mapEmpty();
    }

    /** Closes proxied sockets that would not be let in any more, and connections to services that went. */
    private void letGo(PlatformOptions now) {
        Map<String, UpstreamOptions> known =
                now.upstreams().stream().collect(Collectors.toMap(UpstreamOptions::name, Function.identity()));
        Listener at = listener;
        if (at != null) {
            at.services.forEach(services -> {
                services.retain(known.keySet());
                services.closeWhere(socket -> !isKept(socket, now, known));
            });
        }
    }

    private static boolean isKept(OpenSocket socket, PlatformOptions now, Map<String, UpstreamOptions> known) {
        UpstreamOptions upstream = known.get(socket.upstream());
        return upstream != null
                && upstream.addresses().contains(socket.address())
                && now.routes().rows().stream()
                        .anyMatch(row -> row.path().equals(socket.route().path())
                                && row.methods().equals(socket.route().methods())
                                && row.access().equals(socket.route().access())
                                && row.target() instanceof Target.Service service
                                && service.upstream().equals(socket.upstream()));
    }

    /** Says to all who still come by the old listener that they should go, then drains it. */
    private void leave() {
        Listener old = replaced;
        if (old == null) {
            return;
        }
        replaced = null;
        long delay = Math.max(options.server().drainDelay().toMillis(), FAREWELL.toMillis());
        Future<Void> gone = putUp(options, new Leaving(health), old)
                .compose(v -> vertx.timer(delay, TimeUnit.MILLISECONDS))
                .compose(v -> vertx.undeploy(old.deployment));
        leaving.add(gone);
        gone.onComplete(done -> leaving.remove(gone));
    }

    /** A listener that is about to go is not ready, although the node is. */
    private record Leaving(HealthChecks node) implements HealthChecks {
        @Override
        public Future<Report> report() {
            return node.report();
        }

        @Override
        public boolean ready() {
            return false;
        }
    }

    /** Accepts nothing new, lets requests in flight finish and sends sockets elsewhere; then lets go of all else. */
    Future<Void> close() {
        Listener now = listener;
        List<Future<Void>> listeners = new ArrayList<>(leaving);
        if (now != null) {
            listeners.add(vertx.undeploy(now.deployment));
        }
        return Future.join(listeners).transform(done -> Future.join(upstreams.close(), limits.close())
                .mapEmpty());
    }
}
