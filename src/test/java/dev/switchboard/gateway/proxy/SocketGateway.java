package dev.switchboard.gateway.proxy;

import dev.switchboard.config.Authorities;
import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.PassOn;
import dev.switchboard.gateway.route.PathPattern;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.identity.Identity;
import dev.switchboard.identity.Revocations;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The forwarder on a real HTTP server with one event loop, and a service that a test plays by hand. */
final class SocketGateway implements AutoCloseable {
    static final String PAGE = "https://app.example.org";
    static final UUID USER = UUID.fromString("00000000-0000-7000-8000-00000000000a");

    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    final FakeRevocations revocations = new FakeRevocations();
    final List<String> plain = new CopyOnWriteArrayList<>();
    final ServerSocket service;
    final SocketUpstream upstream;
    final SocketForwarder forwarder;
    final HttpServer server;
    final int port;

    /** What becomes of requests that ask for no WebSocket. */
    volatile Consumer<RoutingContext> onPlain = rc -> {
        plain.add(rc.request().method() + " " + rc.request().uri());
        rc.response().end("plain");
    };

    volatile @Nullable Identity identity;
    volatile Access access = new Access.User();
    volatile List<String> origins = List.of(PAGE);
    private final Duration timeout;

    /** What a test may want otherwise. */
    record Settings(
            Duration idle, Duration grace, Duration timeout, Duration connect, int maxSockets, List<Address> before) {
        static final Settings USUAL = new Settings(
                Duration.ofMinutes(5),
                Duration.ofSeconds(25),
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                100,
                List.of());

        Settings idle(Duration idle) {
            return new Settings(idle, grace, timeout, connect, maxSockets, before);
        }

        Settings grace(Duration grace) {
            return new Settings(idle, grace, timeout, connect, maxSockets, before);
        }

        Settings timeout(Duration timeout) {
            return new Settings(idle, grace, timeout, connect, maxSockets, before);
        }

        Settings maxSockets(int maxSockets) {
            return new Settings(idle, grace, timeout, connect, maxSockets, before);
        }

        /** Addresses that are tried first. */
        Settings before(Address... before) {
            return new Settings(idle, grace, timeout, connect, maxSockets, List.of(before));
        }
    }

    /** Revocation without a cluster. */
    static final class FakeRevocations implements Revocations {
        private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();
        private final List<UUID> revoked = new CopyOnWriteArrayList<>();

        @Override
        public boolean isRevoked(UUID sessionId) {
            return revoked.contains(sessionId);
        }

        @Override
        public Future<Void> revoke(UUID sessionId) {
            revoked.add(sessionId);
            listeners.forEach(l -> l.accept(sessionId));
            return Future.succeededFuture();
        }

        @Override
        public Runnable onRevoked(Consumer<UUID> listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }
    }

    SocketGateway(Settings settings) throws Exception {
        this(settings, null, new HttpServerOptions(), null);
    }

    /**
     * @param elsewhere where the service listens; null for one that the test plays
     * @param listener with TLS or without
     * @param tls of the service
     */
    SocketGateway(Settings settings, @Nullable Address elsewhere, HttpServerOptions listener, @Nullable Authorities tls)
            throws Exception {
        timeout = settings.timeout();
        service = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        service.setSoTimeout(30_000);
        List<Address> addresses = new ArrayList<>(settings.before());
        addresses.add(elsewhere != null ? elsewhere : new Address("127.0.0.1", service.getLocalPort(), false));
        upstream =
                new SocketUpstream(addresses, settings.connect(), Duration.ofSeconds(30), settings.maxSockets(), tls);
        Context context = vertx.getOrCreateContext();
        CompletableFuture<SocketForwarder> made = new CompletableFuture<>();
        context.runOnContext(v -> made.complete(
                new SocketForwarder(vertx, () -> new SocketOptions(settings.idle(), settings.grace()), revocations)));
        forwarder = made.get(20, TimeUnit.SECONDS);
        Router router = Router.router(vertx);
        router.route().handler(this::handle).failureHandler(SocketGateway::fail);
        CompletableFuture<HttpServer> listening = new CompletableFuture<>();
        // As the gateway's own listener is set: what it puts into a connection must not disturb a socket.
        context.runOnContext(v -> vertx.createHttpServer(listener.setIdleTimeout(180)
                        .setHttp2ClearTextEnabled(false)
                        .setCompressionSupported(true)
                        .setPerFrameWebSocketCompressionSupported(false)
                        .setPerMessageWebSocketCompressionSupported(false))
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .onSuccess(listening::complete)
                .onFailure(listening::completeExceptionally));
        server = listening.get(20, TimeUnit.SECONDS);
        port = server.actualPort();
    }

    private void handle(RoutingContext rc) {
        HttpServerRequest request = rc.request();
        if (!SocketForwarder.isUpgrade(request)) {
            onPlain.accept(rc);
            return;
        }
        rc.response().putHeader("x-request-id", "of-the-gateway");
        // Later, as when a token has to be verified first.
        request.pause();
        vertx.runOnContext(
                v -> forwarder.forward(rc, passage(request), route(request.path()), new OriginPolicy(origins)));
    }

    private static void fail(RoutingContext rc) {
        FaultException fault = (FaultException) rc.failure();
        rc.response().setStatusCode(fault.fault().status()).end(fault.fault().code());
    }

    Passage passage(HttpServerRequest request) {
        return new Passage(upstream, request.path(), timeout, 1 << 20, inbound(request), PassOn.NOTHING);
    }

    Inbound inbound(HttpServerRequest request) {
        return new Inbound(
                "of-the-gateway", "203.0.113.9", false, request.authority().toString(), identity);
    }

    private Route route(String path) {
        return new Route(
                path,
                Set.of(),
                PathPattern.of(path),
                access,
                "default",
                timeout,
                1024,
                new Target.Service("chat", null));
    }

    static Identity user(@Nullable UUID session, Instant expiry) {
        return new Identity(
                USER.toString(), USER, "alice", "Alice", "alice@example.org", null, Set.of("user"), session, expiry);
    }

    static Identity user() {
        return user(UUID.randomUUID(), Instant.now().plusSeconds(3600));
    }

    SocketWire client() throws IOException {
        return SocketWire.connect(port);
    }

    /** The next connection that the gateway makes. */
    SocketWire accepted() throws IOException {
        return new SocketWire(service.accept(), false);
    }

    /** Both ends of a socket that is open. */
    record Pair(SocketWire client, SocketWire service) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            client.close();
            service.close();
        }
    }

    Pair open(String path, String... headers) throws IOException {
        SocketWire client = client().upgrade(path, headers);
        SocketWire upgraded = accepted();
        upgraded.head();
        upgraded.accept();
        if (client.head().status() != 101) {
            throw new IOException("no upgrade");
        }
        return new Pair(client, upgraded);
    }

    /** Sockets that the gateway holds, and attempts that are not over. */
    int held() throws Exception {
        return onLoop(forwarder::size) + upstream.open();
    }

    /** Runs something on the event loop and waits for it. */
    <T> T onLoop(Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        vertx.runOnContext(v -> {
            try {
                result.complete(action.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        service.close();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
