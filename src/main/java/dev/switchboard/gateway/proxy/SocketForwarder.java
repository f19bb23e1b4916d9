package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.bridge.CloseCode;
import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.identity.Revocations;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Takes WebSockets (RFC 6455) through to services. After the handshake it passes bytes on: frames, fragments, pings, close
 * codes, subprotocols and extensions are the two ends' own. One instance for each event loop, made on it.
 */
public final class SocketForwarder {
    private final SocketLoop loop;

    /** @param options asked for each socket: they may change */
    public SocketForwarder(Vertx vertx, Supplier<SocketOptions> options, Revocations revocations) {
        this.loop = new SocketLoop(vertx, options, revocations);
    }

    /**
     * Whether a request asks for a WebSocket. All other upgrades are ignored, and such requests are like any other: what
     * they would upgrade to is nothing that passes a gateway unseen.
     */
    public static boolean isUpgrade(HttpServerRequest request) {
        return SocketHeaders.isUpgrade(request);
    }

    /**
     * Takes an upgrade through. On the event loop, for requests that {@link #isUpgrade} says yes to. Faults become failures
     * of the routing context as long as the client has no part of an answer; later its connection is cut.
     *
     * <p>{@code forbidden} (foreign page), {@code bad_request} (no proper handshake), {@code upstream_unreachable}, {@code
     * bad_gateway}, {@code timeout}, {@code unavailable} (no more sockets, or the node is about to stop), {@code
     * session_revoked}
     *
     * @param origins which pages may open sockets here
     * @return when the client was answered: completed if it has a WebSocket or the service's refusal, else failed with the
     *     fault. To the routing context a request that became a WebSocket never ends
     */
    public Future<Void> forward(RoutingContext rc, Passage passage, Route route, OriginPolicy origins) {
        // There is no body to read; whoever sends one is not held up by it.
        rc.request().resume();
        SocketRequest admitted;
        try {
            admitted = admit(new SocketRequest(rc.request(), passage, route), origins);
        } catch (FaultException e) {
            rc.fail(e);
            return Future.failedFuture(e);
        }
        // The router wraps what it hands out; below the wrapping is the channel.
        Channel channel = ((HttpServerConnection) rc.request().connection())
                .channelHandlerContext()
                .channel();
        return new SocketHandshake(loop, admitted, channel, loop.current())
                .start()
                .onFailure(failure -> {
                    if (!rc.response().headWritten()) {
                        rc.fail(failure);
                    }
                });
    }

    private SocketRequest admit(SocketRequest socket, OriginPolicy origins) {
        HttpServerRequest request = socket.request();
        if (loop.draining()) {
            throw Fault.UNAVAILABLE.because("This node takes no more connections.");
        }
        if (!SocketHeaders.hasKey(request) || SocketHeaders.hasBody(request)) {
            throw Fault.BAD_REQUEST.because("This is no proper WebSocket handshake.");
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        OriginPolicy.Verdict verdict =
                origins.judge(origin, socket.passage().inbound().authority());
        if (verdict == OriginPolicy.Verdict.FOREIGN) {
            throw Fault.FORBIDDEN.because("Pages of this origin may not connect.");
        }
        // A browser sends cookies along with what any page asks for. Where any page may ask, they prove nothing.
        boolean byCookie = !request.headers().contains(HttpHeaders.AUTHORIZATION);
        if (byCookie && origin != null && verdict != OriginPolicy.Verdict.TRUSTED) {
            if (!(socket.route().access() instanceof Access.Public)) {
                throw Fault.FORBIDDEN.because("Pages of this origin may not use the session of a cookie.");
            }
            return socket.anonymous();
        }
        return socket;
    }

    /**
     * Closes the sockets for which a condition holds with 1001, those whose handshake is under way with {@code
     * unavailable}: when their route has gone or changed. From any thread.
     */
    public void closeWhere(Predicate<OpenSocket> condition) {
        loop.closeWhere(condition, CloseCode.GOING_AWAY);
    }

    /** Refuses newcomers and closes each socket with 1012 at some moment within the time given. On the event loop. */
    public void drain(Duration within) {
        loop.drain(within.toMillis());
    }

    /** How many sockets of this event loop are open or being opened. On the event loop. */
    public int size() {
        return loop.size();
    }

    /** Stops the timer and lets go of what is still open. */
    public void stop() {
        loop.stop();
    }
}
