package dev.switchboard.gateway;

import dev.switchboard.app.PlatformOptions;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.gateway.http.AnswerHeaders;
import dev.switchboard.gateway.http.ClientConnections;
import dev.switchboard.gateway.http.ClientTimes;
import dev.switchboard.gateway.http.HttpMeters;
import dev.switchboard.gateway.http.MetricsOptions;
import dev.switchboard.gateway.http.ServiceTarget;
import dev.switchboard.gateway.http.Watching;
import dev.switchboard.gateway.http.Webroot;
import dev.switchboard.gateway.limit.Bucket;
import dev.switchboard.gateway.limit.LimitOptions;
import dev.switchboard.gateway.limit.NodeLimiter;
import dev.switchboard.gateway.limit.RateLimiter;
import dev.switchboard.gateway.limit.Tier;
import dev.switchboard.gateway.openapi.ApiDocs;
import dev.switchboard.gateway.route.RouteOptions;
import dev.switchboard.identity.Identity;
import dev.switchboard.identity.TokenVerifier;
import dev.switchboard.ops.HealthChecks;
import dev.switchboard.ops.Metrics;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Operations;
import dev.switchboard.protocol.Part;
import dev.switchboard.support.OneNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A gateway in front of handlers that the test writes: one node, no cluster, tokens that are names. */
final class TestGateway {
    static final UUID ANNA = UUID.fromString("018f0000-0000-7000-8000-00000000000a");
    static final LimitOptions NO_LIMITS = limits(0, 1, 0);
    static final int MAX_BODY = 4_096;
    static final int LOOPS = 2;
    static final ServerOptions DEFAULTS =
            ConfigSource.in(null, Map.of()).read(PlatformOptions::from).server();

    /** Vert.x chooses a port, the same for all instances. */
    private static final int ANY_PORT = -1;

    /** Some tests leave requests without an answer. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(2);

    static final ServerOptions OPTIONS = options(DEFAULTS.times(), DEFAULTS.headers());

    /** Who may read the metrics. */
    static final List<String> METRICS_FOR = List.of("127.0.0.1", "10.0.0.0/8");

    private static final ServiceTarget NO_SERVICES = (rc, admitted) -> rc.fail(404);

    /** Limits of this node alone; 0 for none. */
    static LimitOptions limits(int perMinute, int burst, int authPerMinute) {
        long minute = TimeUnit.MINUTES.toMicros(1);
        Bucket general = perMinute == 0 ? null : new Bucket(perMinute, minute, burst);
        Bucket auth = authPerMinute == 0 ? null : new Bucket(authPerMinute, minute, authPerMinute);
        return new LimitOptions(
                null,
                Duration.ofMillis(20),
                "test:",
                100,
                Map.of(
                        "default", new Tier("default", Tier.By.USER, general),
                        "auth", new Tier("auth", Tier.By.CLIENT, auth)));
    }

    final Vertx vertx = Vertx.vertx();
    final AtomicReference<HealthChecks.Report> health =
            new AtomicReference<>(HealthChecks.Report.of(HealthChecks.Status.OK, Map.of()));
    final AtomicBoolean ready = new AtomicBoolean(true);
    final Metrics metrics = new Metrics(vertx, "test");
    final AtomicBoolean drained = new AtomicBoolean();
    final int port;
    private static final ClientConnections ANY_NUMBER = ClientConnections.of(0, List.of());

    private final String deployment;
    private final List<GatewayVerticle> gateways = new CopyOnWriteArrayList<>();

    TestGateway(LimitOptions limits, Consumer<Handlers> serve) throws Exception {
        this(limits, OPTIONS, serve);
    }

    static ServerOptions options(ClientTimes times, AnswerHeaders headers) {
        return options(times, headers, null, SHUTDOWN);
    }

    /** With so much time for requests that are under way when it stops. */
    static ServerOptions options(Duration shutdown) {
        return options(DEFAULTS.times(), DEFAULTS.headers(), null, shutdown);
    }

    /** The listener with this certificate. */
    static ServerOptions options(@Nullable TlsOptions tls) {
        return options(DEFAULTS.times(), DEFAULTS.headers(), tls, SHUTDOWN);
    }

    private static ServerOptions options(
            ClientTimes times, AnswerHeaders headers, @Nullable TlsOptions tls, Duration shutdown) {
        return new ServerOptions(
                "127.0.0.1",
                ANY_PORT,
                List.of("https://app.example.org"),
                List.of("127.0.0.1"),
                0,
                false,
                shutdown,
                Duration.ZERO,
                MAX_BODY,
                65_536,
                262_144,
                true,
                tls,
                times,
                headers,
                DEFAULTS.xsrf());
    }

    TestGateway(LimitOptions limits, ServerOptions options, Consumer<Handlers> serve) throws Exception {
        this(new NodeLimiter(limits), options, RouteOptions.builtInOnly(), NO_SERVICES, new Names(), serve);
    }

    TestGateway(
            RateLimiter limiter,
            ServerOptions options,
            RouteOptions routes,
            ServiceTarget services,
            TokenVerifier verifier,
            Consumer<Handlers> serve)
            throws Exception {
        this(limiter, options, routes, v -> services, verifier, serve);
    }

    /** @param services makes those of one event loop, on it */
    TestGateway(
            RateLimiter limiter,
            ServerOptions options,
            RouteOptions routes,
            Function<Vertx, ServiceTarget> services,
            TokenVerifier verifier,
            Consumer<Handlers> serve)
            throws Exception {
        var bus = new Bus(vertx, new OneNode());
        for (Part part : Part.values()) {
            var handlers = new Handlers();
            serve.accept(handlers);
            await(bus.serve(part, 0, handlers));
        }
        var shared = new GatewayVerticle.Shared(
                bus,
                verifier,
                limiter,
                routes.table(options.maxBody()),
                services,
                ANY_NUMBER,
                new Watching(
                        checks(),
                        new HttpMeters(metrics.meters()),
                        metrics,
                        new MetricsOptions(METRICS_FOR, "127.0.0.1", 0)),
                Webroot.load(TestGateway.class.getClassLoader(), "page").with(ApiDocs.of(Operations.ALL)),
                Duration.ofDays(30),
                v -> door());
        deployment = await(vertx.deployVerticle(
                () -> {
                    var gateway = new GatewayVerticle(options, shared);
                    gateways.add(gateway);
                    return gateway;
                },
                new DeploymentOptions().setInstances(LOOPS)));
        port = gateways.get(0).port();
    }

    private HealthChecks checks() {
        return new HealthChecks() {
            @Override
            public Future<Report> report() {
                return Future.succeededFuture(health.get());
            }

            @Override
            public boolean ready() {
                return ready.get();
            }
        };
    }

    private Door door() {
        return new Door() {
            @Override
            public void mount(Router router) {
                router.route("/eventbus/refuse").handler(rc -> rc.fail(403, Fault.FORBIDDEN.because("Not this way.")));
                router.route("/eventbus/socket").handler(rc -> rc.request()
                        .toWebSocket()
                        .onSuccess(socket -> socket.textMessageHandler(socket::writeTextMessage)));
                router.route("/eventbus/answer").handler(TestGateway::answer);
                router.route("/eventbus/headless").handler(rc -> {
                    rc.addHeadersEndHandler(v -> {
                        throw new IllegalStateException("no head");
                    });
                    rc.fail(403, Fault.FORBIDDEN.because("Not this way."));
                });
                router.route("/eventbus/break").handler(rc -> {
                    throw new IllegalStateException("the secret of the house");
                });
            }

            @Override
            public void drain(Duration within) {
                drained.set(true);
            }

            @Override
            public void stop() {}
        };
    }

    /** Answers as the query says: so many bytes, in chunks or not, with these headers. */
    private static void answer(RoutingContext rc) {
        rc.queryParams().forEach(header -> rc.response().putHeader(header.getKey(), header.getValue()));
        rc.response().headers().remove("size").remove("chunked");
        Buffer body = Buffer.buffer("x".repeat(Integer.parseInt(rc.queryParams().get("size"))));
        if (rc.queryParams().contains("chunked")) {
            rc.response().setChunked(true).write(body);
            rc.response().end();
        } else {
            rc.response().end(body);
        }
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    Future<?> drain(Duration within) {
        return Future.join(gateways.stream().map(g -> g.drain(within)).toList());
    }

    Future<Void> undeploy() {
        return vertx.undeploy(deployment);
    }

    void close() throws Exception {
        await(vertx.close());
    }

    /**
     * {@code anna} and {@code admin} are good tokens; so is {@code later}, but that takes a while; {@code foreign} is the
     * token of somebody whom the platform does not know; {@code old} has expired, {@code gone} was revoked.
     */
    static final class Names implements TokenVerifier {
        @Override
        public Future<Identity> verify(String token) {
            return switch (token) {
                case "anna" -> Future.succeededFuture(identity(Set.of("user")));
                case "admin" -> Future.succeededFuture(identity(Set.of("user", "admin")));
                case "later" -> later(identity(Set.of("user")));
                case "foreign" -> Future.succeededFuture(foreign());
                case "old" -> Future.failedFuture(Fault.TOKEN_EXPIRED.because("The token has expired."));
                case "gone" -> Future.failedFuture(Fault.SESSION_REVOKED.because("The session was ended."));
                default -> Future.failedFuture(Fault.UNAUTHORIZED.because("The token is not valid."));
            };
        }

        /** Completes on this event loop, but not before the request has been read. */
        private static <T> Future<T> later(T value) {
            Promise<T> promise = Promise.promise();
            Vertx.currentContext().owner().setTimer(50, t -> promise.complete(value));
            return promise.future();
        }

        private static Identity foreign() {
            return new Identity(
                    "idp|4711",
                    null,
                    "idp|4711",
                    "Fay",
                    null,
                    null,
                    Set.of(),
                    null,
                    Instant.now().plusSeconds(60));
        }

        private static Identity identity(Set<String> roles) {
            return new Identity(
                    ANNA.toString(),
                    ANNA,
                    "anna",
                    "Anna",
                    "anna@example.org",
                    null,
                    roles,
                    ANNA,
                    Instant.now().plusSeconds(60));
        }
    }
}
