package dev.switchboard.gateway.bridge;

import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's conversation with the bridge, whatever carries it: who it is, what may be under way, when it ends. Lives
 * on one event loop; an idle one holds no timer and no queue.
 */
final class BridgeSession extends Deadlines.Entry {
    /** Characters of an address, as in the Vert.x bridge. */
    private static final int MAX_ADDRESS = 200;

    /** A socket that does not take its close frame within this time is cut off. */
    private static final long CLOSE_TIMEOUT_MS = 2_000;

    /** How long after that the client may take to answer it with its own. */
    private static final long ANSWER_TIMEOUT_MS = 8_000;

    private final BridgeLoop loop;
    private final Carrier carrier;
    private final Intake intake = new Intake(this);
    private final Allowance allowance;
    private final SessionTimes times;
    private final BridgeRegistrations registrations = new BridgeRegistrations(this);

    /** The next socket of the same session; kept by {@link BridgeLoop}. */
    @Nullable
    BridgeSession sibling;

    private @Nullable Identity identity;
    /** Most sockets never send a signal. */
    private @Nullable Allowance signals;

    private int requestNumber;
    private boolean closed;
    private boolean cutBefore;
    private boolean gone;

    BridgeSession(BridgeLoop loop, Carrier carrier) {
        this.loop = loop;
        this.carrier = carrier;
        long now = loop.now();
        this.allowance = new Allowance(loop.allowance());
        this.times = new SessionTimes(loop::options, now);
    }

    /** @param bearer who the client is, if the connection itself bore a token */
    void open(@Nullable Identity bearer) {
        loop.opened(this);
        if (bearer != null) {
            identify(bearer);
        }
        reschedule();
    }

    Carrier carrier() {
        return carrier;
    }

    BridgeLoop loop() {
        return loop;
    }

    boolean closed() {
        return closed;
    }

    BridgeRegistrations registrations() {
        return registrations;
    }

    @Nullable
    Identity identity() {
        return identity;
    }

    /** The caller of the next request. */
    Caller caller(Identity who) {
        return who.caller(carrier.socketId(), carrier.socketId() + "-" + ++requestNumber);
    }

    /** Takes a verified identity of a user of the platform; a later one of the same user replaces the first. */
    void identify(Identity verified) {
        UUID user = verified.user();
        Identity before = identity;
        if (before != null) {
            loop.unindex(this, before);
        }
        identity = verified;
        loop.index(this, verified);
        times.identified(loop.now(), Instant.now().until(verified.expiresAt(), ChronoUnit.MILLIS));
        if (before == null) {
            loop.hub().connected(carrier, user);
        }
        reschedule();
    }

    /** Something came from the client: it lives. */
    void heard() {
        times.heard(loop.now());
    }

    /** Something was asked for that is not there: looking it up cost as much as a message. */
    void inVain() {
        if (!allowance.take(Allowance.MESSAGE, loop.now()) && allowance.abused()) {
            close(CloseCode.TOO_MANY);
        }
    }

    /** A control frame came, which costs as little as a ping. */
    void control() {
        heard();
        if (!allowance.take(Allowance.BOOKKEEPING, loop.now()) && allowance.abused()) {
            close(CloseCode.TOO_MANY);
        }
    }

    /** A message came from the client. */
    void received(String message) {
        heard();
        if (closed) {
            return;
        }
        intake.take(message);
    }

    /** Handles one message, now that it is its turn. */
    void process(String message) {
        ClientFrame frame;
        try {
            frame = ClientFrame.parse(message, MAX_ADDRESS);
        } catch (ClientFrame.Malformed e) {
            if (allowed(Allowance.MESSAGE, null)) {
                refuse(e.problem().code(), null, Fault.INVALID_JSON.because("The frame could not be understood."));
            }
            return;
        }
        if (frame instanceof ClientFrame.Send send) {
            if (allowed(Allowance.MESSAGE, send.replyAddress())) {
                loop.requests().send(this, send);
            }
        } else if (frame instanceof ClientFrame.Register register) {
            if (allowed(Allowance.BOOKKEEPING, register.replyAddress())) {
                registrations.register(register);
            }
        } else if (frame instanceof ClientFrame.Unregister unregister) {
            if (allowed(Allowance.BOOKKEEPING, unregister.replyAddress())) {
                registrations.unregister(unregister);
            }
        } else if (frame instanceof ClientFrame.Publish publish) {
            if (allowed(Allowance.MESSAGE, null)) {
                refuse("access_denied", publish.address(), Fault.FORBIDDEN.because("Clients cannot publish."));
            }
        } else {
            allowed(Allowance.BOOKKEEPING, null);
        }
    }

    private boolean allowed(int cost, @Nullable String replyAddress) {
        if (allowance.take(cost, loop.now())) {
            return true;
        }
        if (allowance.abused()) {
            close(CloseCode.TOO_MANY);
        } else {
            var fault = Fault.TOO_MANY_REQUESTS.because("Slow down.");
            refuse(fault.fault().code(), replyAddress, fault);
        }
        return false;
    }

    /** Whether the socket may send another WebRTC signal now. */
    boolean maySignal() {
        if (signals == null) {
            signals = new Allowance(loop.signals());
        }
        return signals.take(Allowance.MESSAGE, loop.now());
    }

    /** Runs a request after those before it in the same lane. */
    <T> void run(String lane, Supplier<Future<T>> request) {
        intake.run(
                lane,
                () -> closed ? Future.failedFuture(Fault.UNAVAILABLE.because("The socket is closed.")) : request.get());
    }

    /** Handles nothing more of what comes until this is done, which must be on this socket's event loop. */
    void hold(Future<?> until) {
        intake.hold(until);
    }

    void send(byte[] message) {
        carrier.send(message);
    }

    /** Tells the client that a frame was refused; {@code code} is the Vert.x bridge's word for it. */
    void refuse(String code, @Nullable String address, FaultException fault) {
        loop.meters().refused();
        carrier.send(ServerFrames.refusal(code, address, fault));
    }

    /** Data of {@code session:expiring}. */
    private record Expiring(Instant expiresAt) {}

    @Override
    public long due(long now) {
        if (closed) {
            boolean again = cutBefore;
            cutBefore = true;
            carrier.cut(again);
            return again ? Deadlines.NEVER : now + ANSWER_TIMEOUT_MS;
        }
        CloseCode end = times.end(now);
        if (end != null) {
            close(end);
            return Deadlines.NEVER;
        }
        Identity who = identity;
        if (who != null && registrations.own() && times.warning(now)) {
            carrier.send(ServerFrames.rec(
                    BridgeRegistrations.SOCKET + carrier.socketId(),
                    Event.personal(Event.SESSION_EXPIRING, new Expiring(who.expiresAt()))));
        }
        if (times.heartbeat(now)) {
            carrier.heartbeat();
        }
        return times.next(registrations.own());
    }

    /** A deadline may have become nearer. */
    void reschedule() {
        if (!closed) {
            loop.schedule(this, times.next(registrations.own()));
        }
    }

    /** Closes the socket at some moment within the time given, so that not all clients come back at once. */
    void leaveWithin(long millis) {
        if (millis <= 0) {
            close(CloseCode.NODE_DRAINING);
            return;
        }
        times.leave(loop.now() + ThreadLocalRandom.current().nextLong(millis));
        reschedule();
    }

    /** Ends the conversation from our side. */
    void close(CloseCode code) {
        intake.forget();
        carrier.close(code);
    }

    /** The carrier began to close: nothing of this socket is handled any more. */
    void closing() {
        if (closed) {
            return;
        }
        closed = true;
        intake.forget();
        loop.schedule(this, loop.now() + CLOSE_TIMEOUT_MS);
        Identity who = identity;
        if (who != null) {
            loop.unindex(this, who);
            loop.places().gone(carrier.socketId());
            loop.hub().disconnected(carrier);
        }
    }

    /** The connection is gone, with or without a word before. Repeated calls do nothing. */
    void gone() {
        closing();
        if (!gone) {
            gone = true;
            loop.gone(this);
        }
    }
}
