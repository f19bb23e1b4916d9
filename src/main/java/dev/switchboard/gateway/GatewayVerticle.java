package dev.switchboard.gateway;

import dev.switchboard.bus.Bus;
import dev.switchboard.gateway.http.ClientConnections;
import dev.switchboard.gateway.http.HttpDoor;
import dev.switchboard.gateway.http.Patience;
import dev.switchboard.gateway.http.ServiceTarget;
import dev.switchboard.gateway.http.TrustedProxies;
import dev.switchboard.gateway.http.Watching;
import dev.switchboard.gateway.http.Webroot;
import dev.switchboard.gateway.limit.RateLimiter;
import dev.switchboard.gateway.route.RouteTable;
import dev.switchboard.identity.TokenVerifier;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The listener. Deployed once for each event loop that shall serve clients; the instances share the port, and each serves
 * the connections that it accepted.
 */
public final class GatewayVerticle extends VerticleBase {
    /** Longer than any heartbeat of a socket, so that it ends only connections that nobody uses. */
    private static final int IDLE_SECONDS = 180;

    /** Before it opened and after it closed. */
    private static final Handler<HttpServerRequest> NOWHERE =
            request -> request.connection().close();

    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int MAX_LINE_BYTES = 8 * 1024;

    /**
     * What all instances on a node share.
     *
     * @param refreshTtl how long a refresh token is good
     * @param routes which request goes where
     * @param services makes the way of one instance to the services behind the gateway, on its event loop
     * @param connections who has how many
     * @param eventBus makes the event-bus door of one instance, on its event loop
     */
    public record Shared(
            Bus bus,
            TokenVerifier verifier,
            RateLimiter limiter,
            RouteTable routes,
            Function<Vertx, ServiceTarget> services,
            ClientConnections connections,
            Watching watching,
            Webroot page,
            Duration refreshTtl,
            Function<Vertx, Door> eventBus) {}

    private volatile ServerOptions options;
    private volatile @Nullable Shared shared;
    private volatile @Nullable Door eventBus;
    private volatile @Nullable ServiceTarget services;
    private volatile @Nullable Patience patience;
    private volatile Handler<HttpServerRequest> requests = NOWHERE;
    private volatile Handler<HttpServerRequest> invalidRequests = NOWHERE;
    private volatile @Nullable HttpServer server;
    private final Promise<Void> drained = Promise.promise();
    private boolean draining;

    public GatewayVerticle(ServerOptions options, Shared shared) {
        this.options = options;
        this.shared = shared;
    }

    @Override
    public Future<?> start() {
        Shared with = Objects.requireNonNull(shared, "stopped");
        Door bridge = with.eventBus().apply(vertx);
        eventBus = bridge;
        ServiceTarget target = with.services().apply(vertx);
        services = target;
        Patience watching = new Patience(vertx, () -> options.times());
        patience = watching;
        open(with, bridge, target, watching);
        HttpServer listener = PriorKnowledge.createHttpServer(
                        vertx, listener(), () -> options.times().header(), with.connections()::admit)
                .connectionHandler(watching::watch)
                .requestHandler(request -> requests.handle(request))
                .invalidRequestHandler(request -> invalidRequests.handle(request));
        server = listener;
        // Vert.x does not stop what did not start.
        return listener.listen().onFailure(failure -> letGo());
    }

    /** Puts up the routes, as the settings are now; requests under way go on as they began. */
    private void open(Shared with, Door bridge, ServiceTarget target, Patience watching) {
        var door = new HttpDoor(
                vertx,
                new HttpDoor.Options(
                        options.corsOrigins(),
                        new TrustedProxies(options.trustedProxies()),
                        options.secureCookies(),
                        with.refreshTtl(),
                        options.headers(),
                        options.xsrf()),
                watching,
                with.routes(),
                with.bus(),
                with.verifier(),
                with.limiter(),
                target,
                with.watching(),
                with.page(),
                bridge::mount);
        requests = door.requests();
        invalidRequests = door.invalidRequests();
    }

    /**
     * From the next request on with these settings, without a break. What Vert.x fixes when it opens a listener stays: host,
     * port, protocols, sizes of frames, certificate. From any thread.
     *
     * @param shared with the same services, event bus and connections
     */
    public Future<Void> change(ServerOptions options, Shared shared) {
        Promise<Void> changed = Promise.promise();
        context.runOnContext(v -> {
            this.options = options;
            Door bridge = eventBus;
            ServiceTarget target = services;
            Patience watching = patience;
            if (bridge != null && target != null && watching != null) {
                this.shared = shared;
                open(shared, bridge, target, watching);
            }
            changed.complete();
        });
        return changed.future();
    }

    /**
     * Shows another certificate to those who connect from now on, at all instances that share the port.
     *
     * @return fails when its files cannot be used; then the old one stays
     */
    public Future<Void> certificate(TlsOptions tls) {
        HttpServer listener = server;
        ServerSSLOptions known = listener().getSslOptions();
        if (listener == null || known == null) {
            return Future.failedFuture(new IllegalStateException("no listener with TLS"));
        }
        return listener.updateSSLOptions(known.setKeyCertOptions(tls.keyCert()), true)
                .mapEmpty();
    }

    /** One form of compression only, on HTTP: sockets do without. */
    private HttpServerOptions listener() {
        HttpServerOptions http = Protocols.of(options.http2(), options.tls(), MAX_HEADER_BYTES)
                .setHost(options.host())
                .setPort(options.port())
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setCompressionSupported(true);
        return Protocols.sockets(http, options.maxFrame(), options.maxMessage());
    }

    /** The port that it listens on, once it has started. */
    public int port() {
        HttpServer listener = server;
        if (listener == null) {
            throw new IllegalStateException("not started");
        }
        return listener.actualPort();
    }

    /**
     * Accepts nothing new, sends sockets away and lets requests in flight finish. What is still there when the time is up is
     * cut off. From any thread; a second call waits for the first.
     */
    public Future<Void> drain(Duration within) {
        HttpServer listener = server;
        Door bridge = eventBus;
        ServiceTarget target = services;
        if (listener == null || bridge == null || target == null) {
            return Future.succeededFuture();
        }
        context.runOnContext(v -> {
            if (!draining) {
                draining = true;
                // The other half is for those who are told last to close in order.
                bridge.drain(within.dividedBy(2));
                target.drain(within.dividedBy(2));
                listener.shutdown(within.toMillis(), TimeUnit.MILLISECONDS).onComplete(drained);
            }
        });
        return drained.future();
    }

    /** Drains for at most the shutdown time, if nobody has before. */
    @Override
    public Future<?> stop() {
        return drain(options.shutdownTimeout().minus(options.drainDelay())).onComplete(done -> letGo());
    }

    private void letGo() {
        Door bridge = eventBus;
        if (bridge != null) {
            bridge.stop();
        }
        ServiceTarget target = services;
        if (target != null) {
            target.stop();
        }
        Patience watching = patience;
        if (watching != null) {
            watching.stop();
        }
        // The instance that opened the port stays in memory, with its context, for as long as others share that: Vert.x
        // keeps it. What it worked with must not stay, too.
        eventBus = null;
        services = null;
        patience = null;
        server = null;
        shared = null;
        requests = NOWHERE;
        invalidRequests = NOWHERE;
    }
}
