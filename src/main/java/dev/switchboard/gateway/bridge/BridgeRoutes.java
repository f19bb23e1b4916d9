package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Faults;
import dev.switchboard.gateway.Door;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event-bus door at {@code /eventbus}. One instance for each verticle instance, made on its event loop: all sockets
 * that its HTTP server accepts live there.
 */
public final class BridgeRoutes implements Door {
    private static final Logger LOG = LoggerFactory.getLogger(BridgeRoutes.class);

    /** What all paths of the door begin with. */
    public static final String PATH = "/eventbus";

    private static final String BEARER = "Bearer ";
    private static final String SESSION_COOKIE = "session";

    private final Vertx vertx;
    private final BridgeLoop loop;

    BridgeRoutes(Vertx vertx, Supplier<BridgeServices> services, Hub hub) {
        this.vertx = vertx;
        this.loop = new BridgeLoop(vertx, services, hub);
    }

    /**
     * The door of one event loop. Must be called on the event loop whose sockets it will serve.
     *
     * @param services asked each time: they may change
     */
    public static BridgeRoutes open(Vertx vertx, Supplier<BridgeServices> services, NodeHub node) {
        return new BridgeRoutes(vertx, services, new LoopHub(vertx, node));
    }

    /** Adds the door's routes. */
    @Override
    public void mount(Router router) {
        router.route(PATH + "/*").handler(this::checkOrigin);
        router.route(PATH + "/websocket").handler(rc -> upgrade(rc, false));
        router.routeWithRegex(PATH + "/[^/.]+/[^/.]+/websocket").handler(rc -> upgrade(rc, true));
        mountFallbacks(router);
    }

    /**
     * SockJS's HTTP transports and {@code /info}, as vertx-web serves them. Its own WebSocket routes are never reached:
     * ours answer every method. Its iframe is left out: that page would let any site speak in the name of this one, past
     * the check of origins, and it loads a script from elsewhere.
     *
     * <p>It answers every origin by name and allows credentials, in place of what was said before: SockJS clients always
     * send them. Foreign pages do not get here, and when all may, their cookies do not count (see {@link #identify}).
     */
    private void mountFallbacks(Router router) {
        router.routeWithRegex(PATH + "/iframe[^/]*").handler(rc -> fail(rc, Fault.NOT_FOUND.because("No such page.")));
        router.post(PATH + "/*")
                .handler(BodyHandler.create(false).setBodyLimit(loop.services().maxMessage()));
        var options = new SockJSHandlerOptions()
                .setHeartbeatInterval(loop.options().heartbeat().toMillis())
                .setInsertJSESSIONID(false);
        router.routeWithRegex(PATH + "/[^/.]+/[^/.]+/[a-z_]+").handler(BridgeRoutes::onePerConnection);
        router.route(PATH + "/*").handler(BridgeRoutes::keepCookie);
        router.route(PATH + "/:server/:session/:transport").handler(new FallbackTurns(vertx));
        router.route(PATH + "/*").subRouter(SockJSHandler.create(vertx, options).socketHandler(this::fallback));
    }

    /**
     * vertx-web ends each of its responses that carry frames by closing the connection without saying so. Under HTTP/2
     * that is everybody's connection; under HTTP/1.1 a client or balancer that kept it would run into its end.
     */
    private static void onePerConnection(RoutingContext rc) {
        if (rc.request().version() == HttpVersion.HTTP_2) {
            fail(rc, Fault.HTTP_VERSION_NOT_SUPPORTED.because("SockJS's fallbacks need HTTP/1.1."));
            return;
        }
        if (!rc.request().path().endsWith("_send")) {
            rc.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        rc.next();
    }

    /** vertx-web takes the cookies away before it hands the session out, so that no application can rely on them. */
    private static void keepCookie(RoutingContext rc) {
        Cookie cookie = rc.request().getCookie(SESSION_COOKIE);
        if (cookie != null) {
            rc.put(SESSION_COOKIE, cookie.getValue());
        }
        rc.next();
    }

    private void fallback(SockJSSocket socket) {
        if (loop.draining() || loop.full()) {
            socket.close();
            return;
        }
        RoutingContext rc = socket.routingContext();
        FallbackConnection.open(socket, loop, identify(rc, rc.get(SESSION_COOKIE)));
    }

    private void checkOrigin(RoutingContext rc) {
        if (verdict(rc) == OriginPolicy.Verdict.FOREIGN) {
            fail(rc, Fault.FORBIDDEN.because("Pages of this origin may not connect."));
        } else {
            rc.next();
        }
    }

    private OriginPolicy.Verdict verdict(RoutingContext rc) {
        HostAndPort host = rc.request().authority();
        return loop.services()
                .origins()
                .judge(rc.request().getHeader(HttpHeaders.ORIGIN), host == null ? null : host.toString());
    }

    private void upgrade(RoutingContext rc, boolean sockJs) {
        if (!rc.request().method().equals(HttpMethod.GET)) {
            rc.response().putHeader(HttpHeaders.ALLOW, "GET");
            fail(rc, Fault.METHOD_NOT_ALLOWED.because("A WebSocket begins with GET."));
            return;
        }
        if (!rc.request().canUpgradeToWebSocket()) {
            fail(rc, Fault.BAD_REQUEST.because("This address is for WebSockets."));
            return;
        }
        Cookie cookie = rc.request().getCookie(SESSION_COOKIE);
        Future<Optional<Identity>> bearer = identify(rc, cookie == null ? null : cookie.getValue());
        if (!bearer.isComplete()) {
            // Vert.x upgrades only requests whose end it has not passed on yet.
            rc.request().pause();
        }
        bearer.onSuccess(identity -> upgrade(rc, sockJs, identity)).onFailure(failure -> fail(rc, Faults.of(failure)));
    }

    private void upgrade(RoutingContext rc, boolean sockJs, Optional<Identity> identity) {
        if (loop.draining() || loop.full()) {
            fail(rc, Fault.UNAVAILABLE.because("This node takes no more connections."));
            return;
        }
        // The router wraps what it hands out; below the wrapping is the channel that frames are written to.
        Channel channel = ((HttpServerConnection) rc.request().connection())
                .channelHandlerContext()
                .channel();
        rc.request()
                .toWebSocket()
                .onSuccess(ws -> WebSocketConnection.open(channel, loop, sockJs, identity.orElse(null)))
                // Vert.x has answered the request.
                .onFailure(failure -> LOG.debug("WebSocket handshake failed: {}", failure.toString()));
        rc.request().resume();
    }

    /**
     * Who opens the connection, or nobody when the client is to say so by {@code auth}. A bearer token must be good; a
     * cookie may be an old one, and counts only for pages that are ours.
     */
    private Future<Optional<Identity>> identify(RoutingContext rc, @Nullable String cookie) {
        String authorization = rc.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return loop.services()
                    .verifier()
                    .verify(authorization.substring(BEARER.length()).strip())
                    .map(BridgeRoutes::ofPlatform);
        }
        boolean ours = verdict(rc) == OriginPolicy.Verdict.TRUSTED
                || "same-origin".equals(rc.request().getHeader("Sec-Fetch-Site"));
        if (cookie == null || !ours) {
            return Future.succeededFuture(Optional.empty());
        }
        return loop.services()
                .verifier()
                .verify(cookie)
                .map(BridgeRoutes::ofPlatform)
                .otherwise(Optional.empty());
    }

    /** @throws FaultException {@code forbidden} for somebody whom the platform cannot know */
    private static Optional<Identity> ofPlatform(Identity identity) {
        identity.user();
        return Optional.of(identity);
    }

    private static void fail(RoutingContext rc, FaultException fault) {
        rc.fail(fault.fault().status(), fault);
    }

    /** Refuses new sockets and tells those that are open to go to another node, spread over the time given. */
    @Override
    public void drain(Duration within) {
        loop.drain(within.toMillis());
    }

    /** Stops the timer. */
    @Override
    public void stop() {
        loop.stop();
    }
}
