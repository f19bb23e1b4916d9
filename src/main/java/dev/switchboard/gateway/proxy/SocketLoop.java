package dev.switchboard.gateway.proxy;

import dev.switchboard.config.Authorities;
import dev.switchboard.gateway.bridge.CloseCode;
import dev.switchboard.gateway.bridge.Deadlines;
import dev.switchboard.identity.Identity;
import dev.switchboard.identity.Revocations;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The proxied WebSockets of one event loop and what they share: one timer, one client, and why they may have to end. */
final class SocketLoop {
    /** How late a deadline or a revocation may be noticed. */
    private static final long TICK_MS = 200;

    private static final int MOST_TLS = 100;

    private final Vertx vertx;
    private final ContextInternal context;
    private final Supplier<SocketOptions> options;
    private final Revocations revocations;
    /** By what the services' settings say, which is not much that differs; files that are replaced make more of it. */
    private final Map<Optional<Authorities>, ClientSSLOptions> tls = new HashMap<>();

    private final NetClient client;
    private final Deadlines deadlines = new Deadlines();
    private final long timer;
    /** Takes the listener for revocations off. */
    private final Runnable deaf;

    private Set<UUID> revoked = new HashSet<>();
    private boolean draining;
    private boolean stopped;

    /** Must be made on the event loop that it serves. */
    SocketLoop(Vertx vertx, Supplier<SocketOptions> options, Revocations revocations) {
        this.vertx = vertx;
        this.context = (ContextInternal) vertx.getOrCreateContext();
        this.options = options;
        this.revocations = revocations;
        this.client = vertx.createNetClient(new NetClientOptions().setTcpKeepAlive(true));
        this.timer = vertx.setPeriodic(TICK_MS, t -> tick());
        this.deaf = revocations.onRevoked(session -> context.runOnContext(v -> revoked(session)));
    }

    SocketOptions options() {
        return options.get();
    }

    NetClient client() {
        return client;
    }

    /** @param settings null for what the Java runtime trusts */
    ClientSSLOptions tls(@Nullable Authorities settings) {
        if (tls.size() > MOST_TLS) {
            tls.clear();
        }
        return tls.computeIfAbsent(Optional.ofNullable(settings), of -> {
            var made = new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS");
            of.ifPresent(trusting -> made.setTrustOptions(trusting.trust()));
            return made;
        });
    }

    boolean draining() {
        return draining;
    }

    /** Milliseconds that never go back. */
    long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** The context that runs now: on a request, that of the request. */
    ContextInternal current() {
        return (ContextInternal) vertx.getOrCreateContext();
    }

    /** Sockets that are open or being opened. */
    int size() {
        return deadlines.size();
    }

    void schedule(LiveSocket socket, long atMillis) {
        deadlines.set(socket, atMillis);
    }

    void remove(LiveSocket socket) {
        deadlines.remove(socket);
    }

    boolean isRevoked(OpenSocket socket) {
        Identity identity = socket.identity();
        UUID session = identity == null ? null : identity.sessionId();
        return session != null && revocations.isRevoked(session);
    }

    private void revoked(UUID session) {
        if (!stopped) {
            revoked.add(session);
        }
    }

    private void tick() {
        if (!revoked.isEmpty()) {
            // Gathered: one look at all sockets, however many people signed out since the last.
            Set<UUID> sessions = revoked;
            revoked = new HashSet<>();
            endWhere(
                    socket -> socket.identity() != null
                            && sessions.contains(socket.identity().sessionId()),
                    CloseCode.SESSION_REVOKED);
        }
        deadlines.run(now());
    }

    /** Ends those for which the condition holds. From any thread. */
    void closeWhere(Predicate<OpenSocket> condition, CloseCode why) {
        context.runOnContext(v -> endWhere(condition, why));
    }

    private void endWhere(Predicate<OpenSocket> condition, CloseCode why) {
        forEach(socket -> {
            if (condition.test(socket.about())) {
                socket.end(why);
            }
        });
    }

    private void forEach(Consumer<LiveSocket> action) {
        deadlines.forEach(entry -> {
            if (entry instanceof LiveSocket socket) {
                action.accept(socket);
            }
        });
    }

    /** Opens no more and ends each at some moment within the time given. */
    void drain(long withinMillis) {
        draining = true;
        forEach(socket -> leaveWithin(socket, withinMillis));
    }

    /** Ends a socket at some moment within the time given, so that not all clients come back at once. */
    void leaveWithin(LiveSocket socket, long millis) {
        socket.leaveAt(now() + (millis <= 0 ? 0 : ThreadLocalRandom.current().nextLong(millis)));
    }

    void stop() {
        stopped = true;
        deaf.run();
        vertx.cancelTimer(timer);
        client.close();
    }
}
