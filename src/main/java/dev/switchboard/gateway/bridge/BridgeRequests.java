package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Faults;
import dev.switchboard.bus.Json;
import dev.switchboard.gateway.bridge.BridgeMeters.Resumable;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.CallOperations;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Checks;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import dev.switchboard.protocol.SignalOperations;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What clients ask for by {@code send}: {@code auth} here, a few operations as {@link BridgeSpecials} says, every other one
 * at its owner. What is not declared for clients is denied.
 */
final class BridgeRequests {
    private static final String AUTH = "auth";

    private final BridgeSpecials specials;
    private final Bus bus;
    private final Supplier<BridgeServices> services;
    private final BridgeMeters meters;

    BridgeRequests(BridgeSpecials specials, Supplier<BridgeServices> services) {
        this.specials = specials;
        this.bus = services.get().bus();
        this.services = services;
        this.meters = services.get().meters();
    }

    /** @param resume of an earlier socket, whose call this one takes over */
    record Auth(@Nullable String token, @Nullable String resume) {
        Auth {
            new Checks()
                    .optionalText("token", token, 1, 8192)
                    .optionalText("resume", resume, 1, 256)
                    .done();
        }
    }

    void send(BridgeSession socket, ClientFrame.Send frame) {
        if (frame.address().equals(AUTH)) {
            authenticate(socket, frame);
            return;
        }
        Identity who = socket.identity();
        if (who == null) {
            refuse(socket, frame, "not_logged_in", Fault.UNAUTHORIZED.because("Sign in first."));
            return;
        }
        Operation<?, ?> operation = Operations.at(frame.address());
        if (operation == null || !open(operation.access(), who)) {
            refuse(
                    socket,
                    frame,
                    "access_denied",
                    Fault.FORBIDDEN.because("No operation for clients: " + frame.address()));
        } else if (SignalOperations.ALL.contains(operation) && !socket.maySignal()) {
            fail(socket, frame, Fault.TOO_MANY_REQUESTS.because("Too many signals; slow down."));
        } else {
            request(socket, frame, who, operation);
        }
    }

    /** Operations that anybody may call are for those without an account yet: they have the HTTP door. */
    private static boolean open(Operation.Access access, Identity who) {
        return switch (access) {
            case USER -> true;
            case ADMIN -> who.roles().contains(Caller.ADMIN);
            case PUBLIC, INTERNAL -> false;
        };
    }

    private <Q extends Record, R extends Record> void request(
            BridgeSession socket, ClientFrame.Send frame, Identity who, Operation<Q, R> operation) {
        long since = System.nanoTime();
        Caller caller = socket.caller(who);
        Q request;
        String lane;
        try {
            request = Json.read(frame.body(), operation.request());
            lane = operation.keyOf(caller, request);
        } catch (FaultException e) {
            meters.answered(operation, since, false);
            fail(socket, frame, e);
            return;
        }
        socket.run(lane, () -> specials.handle(operation, socket, caller, request)
                .onComplete(done -> meters.answered(operation, since, done.succeeded()))
                .onSuccess(reply -> reply(socket, frame, reply))
                .onFailure(failure -> fail(socket, frame, Faults.of(failure))));
    }

    private void authenticate(BridgeSession socket, ClientFrame.Send frame) {
        Future<Void> done = shown(socket, frame)
                .compose(identity -> welcome(socket, frame, identity))
                .onSuccess(answer -> reply(socket, frame, answer))
                .onFailure(failure -> fail(socket, frame, Faults.of(failure)))
                .transform(result -> Future.succeededFuture());
        if (!done.isComplete()) {
            // What the client sent after it relies on it.
            socket.hold(done);
        }
    }

    /** The answer to a good {@code auth}; with the call that goes on, if the client says which socket it had. */
    private Future<Authenticated> welcome(BridgeSession socket, ClientFrame.Send frame, Identity identity) {
        String socketId = socket.carrier().socketId();
        ResumeTokens resumeTokens = services.get().resumeTokens();
        Authenticated answer = Authenticated.of(identity, socketId, resumeTokens.of(socketId));
        String resume = Json.read(frame.body(), Auth.class).resume();
        String old = resume == null ? null : resumeTokens.socketId(resume);
        if (old == null) {
            if (resume != null) {
                meters.resumed(Resumable.CALL, false);
            }
            return Future.succeededFuture(answer);
        }
        return bus.call(
                        CallOperations.RESUME,
                        Caller.system(),
                        new CallOperations.Resume(
                                identity.user(), old, socketId, bus.ownership().nodeId()))
                .map(resumed -> {
                    Call call = resumed.call();
                    meters.resumed(Resumable.CALL, call != null);
                    if (call != null) {
                        specials.joined(socket, call);
                    }
                    return answer.with(call);
                })
                // The call can wait: whoever is signed in can do all the rest.
                .otherwise(answer);
    }

    /** Who the client shows to be, by a token or before. */
    private Future<Identity> shown(BridgeSession socket, ClientFrame.Send frame) {
        Auth auth;
        try {
            auth = Json.read(frame.body(), Auth.class);
        } catch (FaultException e) {
            return Future.failedFuture(e);
        }
        Identity before = socket.identity();
        if (auth.token() != null) {
            return services.get().verifier().verify(auth.token()).map(now -> take(socket, now));
        }
        return before != null
                ? Future.succeededFuture(before)
                : Future.failedFuture(Fault.UNAUTHORIZED.because("A token is required."));
    }

    private static Identity take(BridgeSession socket, Identity now) {
        Identity before = socket.identity();
        if (before != null && !before.user().equals(now.user())) {
            throw Fault.FORBIDDEN.because("This socket belongs to another user.");
        }
        if (socket.closed()) {
            throw Fault.UNAVAILABLE.because("The socket is closed.");
        }
        socket.identify(now);
        return now;
    }

    private static void reply(BridgeSession socket, ClientFrame.Send frame, Record body) {
        String replyAddress = frame.replyAddress();
        if (replyAddress != null) {
            socket.send(ServerFrames.rec(replyAddress, body));
        }
    }

    private static void fail(BridgeSession socket, ClientFrame.Send frame, FaultException fault) {
        String replyAddress = frame.replyAddress();
        if (replyAddress != null) {
            socket.send(ServerFrames.failure(replyAddress, fault));
        }
    }

    private static void refuse(BridgeSession socket, ClientFrame.Send frame, String code, FaultException fault) {
        String replyAddress = frame.replyAddress();
        socket.refuse(code, replyAddress != null ? replyAddress : frame.address(), fault);
    }
}
