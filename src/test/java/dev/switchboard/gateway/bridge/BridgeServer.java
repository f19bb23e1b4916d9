package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Handlers;
import dev.switchboard.config.Secret;
import dev.switchboard.gateway.Protocols;
import dev.switchboard.identity.Identity;
import dev.switchboard.identity.Revocations;
import dev.switchboard.ops.Metrics;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Part;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.SignalOperations;
import dev.switchboard.support.OneNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The bridge on a real HTTP server with one event loop, a hub that only remembers, and rooms that answer everything. */
final class BridgeServer implements AutoCloseable {
    static final UUID ALICE = UUID.fromString("00000000-0000-7000-8000-00000000000a");
    static final UUID BOB = UUID.fromString("00000000-0000-7000-8000-00000000000b");
    static final int MAX_FRAME = 64 * 1024;
    static final int MAX_MESSAGE = 256 * 1024;

    /** What the shipped configuration says. */
    static final BridgeOptions DEFAULTS = new BridgeOptions(
            Duration.ofSeconds(10),
            Duration.ofSeconds(120),
            Duration.ofSeconds(25),
            Duration.ofSeconds(25),
            Duration.ofSeconds(60),
            1024 * 1024,
            1_000,
            1_000,
            64,
            120,
            60,
            100,
            20);

    static final String PAGE = "https://app.example.org";

    /** Vert.x chooses a port, the same for all event loops. */
    private static final int ANY_PORT = -1;

    final FakeHub hub = new FakeHub();
    final FakeRevocations revocations = new FakeRevocations();
    final List<RoomOperations.Send> sent = new CopyOnWriteArrayList<>();
    final List<Caller> callers = new CopyOnWriteArrayList<>();
    final Vertx vertx;
    final Context context;
    final AtomicInteger sockets = new AtomicInteger();
    final BridgeRoutes routes;
    private final Metrics metrics;
    final int port;

    /** What {@code message:send} does. */
    volatile Function<RoomOperations.Send, Future<RoomOperations.Sent>> onSend =
            q -> Future.succeededFuture(new RoomOperations.Sent(q.conversationId(), 1, Instant.EPOCH, false));

    /** What {@code account:logout} does. */
    volatile Function<Caller, Future<Void>> onLogout = caller -> Future.succeededFuture();

    /** Revocation as the bridge sees it, without a cluster. */
    static final class FakeRevocations implements Revocations {
        final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();
        final List<UUID> revoked = new CopyOnWriteArrayList<>();

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

    BridgeServer(BridgeOptions options) throws Exception {
        this(options, 1, router -> {});
    }

    /**
     * @param loops event loops that share the port; all but the first are there to be connected to
     * @param more adds routes of a test's own
     */
    BridgeServer(BridgeOptions options, int loops, Consumer<Router> more) throws Exception {
        this(options, loops, more, PAGE);
    }

    /** @param origin whose pages may connect */
    BridgeServer(BridgeOptions options, int loops, Consumer<Router> more, String origin) throws Exception {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
        context = vertx.getOrCreateContext();
        metrics = new Metrics(vertx, "test");
        Bus bus = new Bus(vertx, new OneNode());
        bus.serve(
                Part.ROOM,
                0,
                new Handlers()
                        .on(RoomOperations.SEND, (caller, q) -> {
                            sent.add(q);
                            callers.add(caller);
                            return onSend.apply(q);
                        })
                        .on(RoomOperations.TYPING, (caller, q) -> Future.succeededFuture(Nothing.NOTHING)));
        bus.serve(Part.ACCOUNT, 0, new Handlers().on(AccountOperations.LOGOUT, (caller, q) -> onLogout.apply(caller)
                .map(Nothing.NOTHING)));
        bus.serve(
                Part.SIGNALING,
                0,
                new Handlers()
                        .on(SignalOperations.ICE_CANDIDATE, (caller, q) -> Future.succeededFuture(Nothing.NOTHING)));
        var services = new BridgeServices(
                options,
                MAX_MESSAGE,
                bus,
                this::verify,
                revocations,
                new OriginPolicy(List.of(origin)),
                new ResumeTokens(new Secret("only for tests")),
                new BridgeMeters(metrics.meters()),
                sockets);
        Listening first = null;
        for (int i = 0; i < loops; i++) {
            Context loop = i == 0 ? context : ((VertxInternal) vertx).createEventLoopContext();
            CompletableFuture<Listening> ready = new CompletableFuture<>();
            loop.runOnContext(v -> listen(services, more, origin, ready));
            Listening made = ready.get(20, TimeUnit.SECONDS);
            first = first == null ? made : first;
        }
        routes = Objects.requireNonNull(first).routes();
        port = first.server().actualPort();
    }

    /** What one event loop serves. */
    private record Listening(BridgeRoutes routes, HttpServer server) {}

    /** As the gateway's own listener is set: what it puts into a connection must not disturb a socket. */
    private void listen(
            BridgeServices services, Consumer<Router> more, String origin, CompletableFuture<Listening> ready) {
        var bridge = new BridgeRoutes(vertx, () -> services, hub);
        Router router = Router.router(vertx);
        router.route()
                .failureHandler(
                        rc -> rc.response().setStatusCode(rc.statusCode()).end());
        if (origin.equals("*")) {
            // What the gateway says of all its answers, before the bridge is asked.
            router.route().handler(rc -> {
                rc.response().putHeader("Access-Control-Allow-Origin", "*");
                rc.next();
            });
        }
        bridge.mount(router);
        more.accept(router);
        var listener = new HttpServerOptions().setIdleTimeout(60).setCompressionSupported(true);
        vertx.createHttpServer(Protocols.sockets(listener, MAX_FRAME, MAX_MESSAGE))
                .requestHandler(router)
                .listen(ANY_PORT, "127.0.0.1")
                .onSuccess(server -> ready.complete(new Listening(bridge, server)))
                .onFailure(ready::completeExceptionally);
    }

    /** A token is {@code user/session/expiry in epoch milliseconds}. */
    static String token(UUID user, UUID session, Instant expiry) {
        return user + "/" + session + "/" + expiry.toEpochMilli();
    }

    /** A token of a new session that is good for an hour. */
    static String token(UUID user) {
        return token(user, UUID.randomUUID(), Instant.now().plusSeconds(3600));
    }

    /** Tokens are checked when this is complete. */
    volatile Future<Void> keys = Future.succeededFuture();

    private Future<Identity> verify(String token) {
        return keys.map(v -> check(token));
    }

    private Identity check(String token) {
        String[] parts = token.split("/", -1);
        if (parts.length != 3) {
            throw Fault.UNAUTHORIZED.because("The token is not valid.");
        }
        UUID session = UUID.fromString(parts[1]);
        Instant expiry = Instant.ofEpochMilli(Long.parseLong(parts[2]));
        if (revocations.isRevoked(session)) {
            throw Fault.SESSION_REVOKED.because("The session was ended.");
        }
        if (!expiry.isAfter(Instant.now())) {
            throw Fault.TOKEN_EXPIRED.because("The token has expired.");
        }
        UUID user = UUID.fromString(parts[0]);
        String name = user.equals(ALICE) ? "alice" : "bob";
        return new Identity(
                user.toString(), user, name, name, name + "@example.org", null, Set.of("user"), session, expiry);
    }

    /** Sockets that the bridge believes to be open. */
    int open() {
        return sockets.get();
    }

    /** The bridge's figures, as Prometheus reads them. */
    String figures() throws Exception {
        return metrics.scrape().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** Runs something on the bridge's event loop and waits for it. */
    <T> T onLoop(java.util.concurrent.Callable<@Nullable T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        context.runOnContext(v -> {
            try {
                result.complete(action.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        metrics.close();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
