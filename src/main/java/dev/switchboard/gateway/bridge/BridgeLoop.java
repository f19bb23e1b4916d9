package dev.switchboard.gateway.bridge;

import dev.switchboard.gateway.limit.Bucket;
import dev.switchboard.identity.Identity;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The sockets of one event loop and what they share: services, one timer, and who belongs to which session. */
final class BridgeLoop {
    /** How late a deadline may be noticed. */
    private static final long TICK_MS = 200;

    private final Vertx vertx;
    private final ContextInternal context;
    private final Supplier<BridgeServices> services;
    private final Hub hub;
    private final Places places;
    private final BridgeRequests requests;
    private final Deadlines deadlines = new Deadlines();

    /** The first socket of each session; the others follow it. */
    private final Map<UUID, BridgeSession> bySession = new HashMap<>();

    private BridgeOptions known;
    private Bucket allowance;
    private Bucket signals;
    private final long timer;
    private final Runnable stopListening;
    private boolean draining;

    /**
     * Must be made on the event loop that it serves.
     *
     * @param services asked each time: they may change
     */
    BridgeLoop(Vertx vertx, Supplier<BridgeServices> services, Hub hub) {
        this.vertx = vertx;
        this.context = (ContextInternal) vertx.getOrCreateContext();
        this.services = services;
        this.hub = hub;
        this.known = services.get().options();
        this.allowance = Allowance.bucket(known.messageBurst(), known.messageRate());
        this.signals = Allowance.bucket(known.signalBurst(), known.signalRate());
        this.places = new Places(vertx, services.get().bus(), hub);
        this.requests = new BridgeRequests(new BridgeSpecials(hub, places, services), services);
        stopListening = services.get().revocations().onRevoked(session -> context.runOnContext(v -> revoked(session)));
        timer = vertx.setPeriodic(TICK_MS, t -> deadlines.run(now()));
    }

    BridgeServices services() {
        return services.get();
    }

    /** How many messages each new socket may send. */
    Bucket allowance() {
        renew();
        return allowance;
    }

    /** How many WebRTC signals each new socket may send. */
    Bucket signals() {
        renew();
        return signals;
    }

    /** All sockets share one bucket's rule, until the settings change. */
    private void renew() {
        BridgeOptions now = options();
        if (!now.equals(known)) {
            known = now;
            allowance = Allowance.bucket(now.messageBurst(), now.messageRate());
            signals = Allowance.bucket(now.signalBurst(), now.signalRate());
        }
    }

    BridgeMeters meters() {
        return services().meters();
    }

    BridgeOptions options() {
        return services().options();
    }

    Hub hub() {
        return hub;
    }

    Places places() {
        return places;
    }

    BridgeRequests requests() {
        return requests;
    }

    /** Milliseconds that never go back. */
    long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Whether another socket may be opened on this node. */
    boolean full() {
        return services().sockets().get() >= options().maxConnections();
    }

    boolean draining() {
        return draining;
    }

    /** Runs something on this event loop, a little later. */
    void run(Runnable action) {
        context.runOnContext(v -> action.run());
    }

    /** Runs something that came from Netty, on this event loop, as Vert.x would. */
    <T> void dispatch(T event, Handler<T> handler) {
        context.dispatch(event, handler);
    }

    /** A socket was opened. */
    void opened(BridgeSession socket) {
        meters().opened(socket.carrier().form());
        services().sockets().incrementAndGet();
    }

    /** An open socket is gone. */
    void gone(BridgeSession socket) {
        deadlines.remove(socket);
        meters().gone(socket.carrier().form());
        services().sockets().decrementAndGet();
    }

    void schedule(BridgeSession socket, long atMillis) {
        deadlines.set(socket, atMillis);
    }

    /** From now on the socket is closed when this session is revoked. */
    void index(BridgeSession socket, Identity identity) {
        UUID session = identity.sessionId();
        if (session != null) {
            socket.sibling = bySession.put(session, socket);
        }
    }

    void unindex(BridgeSession socket, Identity identity) {
        UUID session = identity.sessionId();
        if (session == null) {
            return;
        }
        BridgeSession first = bySession.get(session);
        if (first == socket) {
            BridgeSession next = socket.sibling;
            if (next == null) {
                bySession.remove(session);
            } else {
                bySession.put(session, next);
            }
        } else {
            for (BridgeSession s = first; s != null; s = s.sibling) {
                if (s.sibling == socket) {
                    s.sibling = socket.sibling;
                    break;
                }
            }
        }
        socket.sibling = null;
    }

    private void revoked(UUID session) {
        @Nullable BridgeSession socket = bySession.get(session);
        while (socket != null) {
            BridgeSession next = socket.sibling;
            socket.close(CloseCode.SESSION_REVOKED);
            socket = next;
        }
    }

    /** Opens no more sockets and closes each at some moment within the time given. */
    void drain(long withinMillis) {
        draining = true;
        deadlines.forEach(entry -> {
            if (entry instanceof BridgeSession socket) {
                socket.leaveWithin(withinMillis);
            }
        });
    }

    /** Stops the timer, and hears of nothing any more. Sockets that are still there are the server's to close. */
    void stop() {
        vertx.cancelTimer(timer);
        stopListening.run();
        places.close();
        hub.close();
    }
}
