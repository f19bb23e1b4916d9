package dev.switchboard.gateway.http;

import dev.switchboard.bus.Bus;
import dev.switchboard.gateway.limit.RateLimiter;
import dev.switchboard.identity.TokenVerifier;
import dev.switchboard.ops.HealthChecks;
import dev.switchboard.protocol.Operations;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The routes of one event loop, in the order in which they are asked. */
public final class HttpDoor {
    /**
     * What the routes need to know.
     *
     * @param corsOrigins origins of foreign pages that may call; {@code *} for any, without their credentials
     * @param alwaysSecure whether clients speak TLS with something in front that does not say so
     * @param maxBody bytes of an operation's body
     * @param refreshTtl how long the cookies of somebody who is signed in last
     */
    public record Options(
            List<String> corsOrigins, TrustedProxies proxies, boolean alwaysSecure, int maxBody, Duration refreshTtl) {}

    private final Router router;
    private final Failures failures;

    /** @param others adds the routes of other doors */
    public HttpDoor(
            Vertx vertx,
            Options options,
            Bus bus,
            TokenVerifier verifier,
            RateLimiter limiter,
            HealthChecks health,
            Webroot page,
            Consumer<Router> others) {
        this.failures = new Failures(vertx);
        this.router = Router.router(vertx);
        router.route()
                .handler(new Prelude(options.proxies(), options.alwaysSecure()))
                .failureHandler(failures);
        router.route().handler(new Cors(options.corsOrigins()));
        new HealthRoutes(health).mount(router);
        router.route("/api/*")
                .handler(new OperationRoutes(
                        new OperationTable(Operations.ALL),
                        new Authentication(verifier),
                        limiter,
                        new HttpSpecials(new SignInCookies(options.refreshTtl())),
                        bus,
                        options.maxBody()));
        others.accept(router);
        router.route().handler(page);
        router.route().handler(rc -> rc.fail(404));
        // Where the router itself gives up: no route has failed, so no failure handler is asked.
        router.errorHandler(400, failures::handleUnroutable);
    }

    /** Answers requests. */
    public Handler<HttpServerRequest> requests() {
        return router;
    }

    /** Answers what is no HTTP request. */
    public Handler<HttpServerRequest> invalidRequests() {
        return failures::handleInvalid;
    }
}
