package dev.switchboard.gateway.http;

import dev.switchboard.bus.Bus;
import dev.switchboard.gateway.bridge.BridgeRoutes;
import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.limit.RateLimiter;
import dev.switchboard.gateway.route.RouteTable;
import dev.switchboard.identity.TokenVerifier;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The routes of one event loop, in the order in which they are asked. Settings that change get a new one. */
public final class HttpDoor {
    /**
     * What the routes need to know.
     *
     * @param corsOrigins origins of foreign pages that may call; {@code *} for any, without their credentials
     * @param alwaysSecure whether clients speak TLS with something in front that does not say so
     * @param refreshTtl how long the cookies of somebody who is signed in last
     * @param headers of every answer
     * @param xsrf what pages must show beside their cookies
     */
    public record Options(
            List<String> corsOrigins,
            TrustedProxies proxies,
            boolean alwaysSecure,
            Duration refreshTtl,
            AnswerHeaders headers,
            XsrfProof xsrf) {}

    private final Router router;
    private final Failures failures;

    /**
     * @param patience of the event loop, which outlives this door
     * @param services where rows for services lead
     * @param others adds the routes of other doors
     */
    public HttpDoor(
            Vertx vertx,
            Options options,
            Patience patience,
            RouteTable table,
            Bus bus,
            TokenVerifier verifier,
            RateLimiter limiter,
            ServiceTarget services,
            Watching watching,
            Webroot page,
            Consumer<Router> others) {
        this.failures = new Failures(vertx, watching.meters());
        this.router = Router.router(vertx);
        router.route()
                .handler(new Prelude(options.proxies(), options.alwaysSecure(), options.headers(), patience, watching))
                .failureHandler(failures);
        router.route().handler(new TableLookup(table));
        router.route().handler(new Cors(options.corsOrigins()));
        new HealthRoutes(watching.health()).mount(router);
        if (watching.access().atDoor()) {
            new MetricsRoute(watching.metrics(), watching.access(), options.proxies()).mount(router);
        }
        router.route(BridgeRoutes.PATH + "/*").handler(rc -> {
            HttpMeters.label(rc, BridgeRoutes.PATH);
            rc.next();
        });
        others.accept(router);
        var xsrf = new Xsrf(options.xsrf(), new OriginPolicy(options.corsOrigins()));
        var rows = new TableRoutes(
                new Admission(vertx, new Authentication(verifier, xsrf), limiter, watching.meters()),
                new OperationTarget(new HttpSpecials(new SignInCookies(options.refreshTtl()), xsrf), bus),
                services);
        router.route().handler(rows::serve);
        router.route().handler(page);
        router.route().handler(rows::deny);
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
