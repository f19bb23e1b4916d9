package dev.switchboard.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Json;
import dev.switchboard.gateway.limit.RateLimiter;
import dev.switchboard.gateway.limit.Verdict;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Operation;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** Operations by HTTP: route, identity, limit, request record, bus, reply. */
final class OperationRoutes implements Handler<RoutingContext> {
    private static final String CURRENT = "/api/v1/";
    private static final String SHORT = "/api/";

    private final OperationTable table;
    private final Authentication authentication;
    private final RateLimiter limiter;
    private final HttpSpecials specials;
    private final Bus bus;
    private final int maxBody;

    OperationRoutes(
            OperationTable table,
            Authentication authentication,
            RateLimiter limiter,
            HttpSpecials specials,
            Bus bus,
            int maxBody) {
        this.table = table;
        this.authentication = authentication;
        this.limiter = limiter;
        this.specials = specials;
        this.bus = bus;
        this.maxBody = maxBody;
    }

    @Override
    public void handle(RoutingContext rc) {
        HttpMethod method = rc.request().method();
        String path = rc.normalizedPath();
        OperationTable.Place place = path.startsWith(SHORT) ? table.find(relative(path)) : null;
        if (place == null) {
            rc.next();
            return;
        }
        OperationTable.Route route = place.route(method.name());
        if (route != null) {
            serve(rc, place, route.operation(), route);
            return;
        }
        rc.response().putHeader(HttpHeaders.ALLOW, place.allow());
        if (!method.equals(HttpMethod.OPTIONS)) {
            throw Fault.METHOD_NOT_ALLOWED.because("The method is not supported here.");
        }
        rc.response().setStatusCode(204).end();
    }

    private static String relative(String path) {
        return path.substring((path.startsWith(CURRENT) ? CURRENT : SHORT).length() - 1);
    }

    private <Q extends Record, R extends Record> void serve(
            RoutingContext rc, OperationTable.Place place, Operation<Q, R> operation, OperationTable.Route route) {
        HttpServerRequest request = rc.request();
        Future<Caller> admitted = admit(rc, operation);
        if (!admitted.isComplete()) {
            // Nobody reads the body yet: what came of it would be lost.
            request.pause();
        }
        admitted.compose(caller -> {
                    // Whoever may not call is gone by now: to wait for a body is what can take long.
                    Future<ObjectNode> body = body(request);
                    request.resume();
                    return body.compose(tree -> {
                        route.shape().merge(tree, rc.queryParams(), place.parameters(route));
                        specials.prepare(operation, rc, tree);
                        return bus.call(operation, caller, Json.read(tree, operation.request()));
                    });
                })
                .map(reply -> specials.finish(operation, rc, route.status(), reply))
                .onSuccess(reply -> write(rc.response(), reply))
                .onFailure(rc::fail);
    }

    private Future<Caller> admit(RoutingContext rc, Operation<?, ?> operation) {
        Exchange exchange = Exchange.of(rc);
        String site = TrustedProxies.site(exchange.client());
        String tier = HttpSpecials.tier(operation);
        return authentication
                .caller(rc.request(), operation.access(), exchange.requestId())
                .transform(known -> {
                    Caller caller = known.result();
                    String user = caller == null || caller.userId() == null
                            ? null
                            : caller.userId().toString();
                    // Bad tokens count as well, or they could be tried without end.
                    return limiter.take(tier, limiter.keyOf(tier, user, site)).compose(verdict -> {
                        limit(rc.response(), verdict);
                        return caller != null ? Future.succeededFuture(caller) : Future.failedFuture(known.cause());
                    });
                });
    }

    /** @throws dev.switchboard.protocol.FaultException {@code too_many_requests} */
    private static void limit(HttpServerResponse response, Verdict verdict) {
        if (verdict.limit() == 0) {
            return;
        }
        Duration reset = verdict.window()
                .multipliedBy(verdict.limit() - verdict.remaining())
                .dividedBy(verdict.limit());
        response.putHeader("RateLimit-Limit", String.valueOf(verdict.limit()))
                .putHeader("RateLimit-Remaining", String.valueOf(verdict.remaining()))
                .putHeader("RateLimit-Reset", seconds(reset))
                .putHeader("RateLimit-Policy", verdict.limit() + ";w=" + seconds(verdict.window()));
        if (!verdict.granted()) {
            response.putHeader(HttpHeaders.RETRY_AFTER, seconds(verdict.retryAfter()));
            throw Fault.TOO_MANY_REQUESTS.because("Too many requests; come back later.");
        }
    }

    /** Whole seconds, rounded up: who waits so long does not come too early. */
    private static String seconds(Duration time) {
        return String.valueOf(time.plusSeconds(1).minusNanos(1).toSeconds());
    }

    private Future<ObjectNode> body(HttpServerRequest request) {
        boolean without =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return without ? Future.succeededFuture(Json.MAPPER.createObjectNode()) : JsonBody.read(request, maxBody);
    }

    static void write(HttpServerResponse response, HttpSpecials.Reply reply) {
        if (response.closed()) {
            return;
        }
        response.setStatusCode(reply.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, JsonBody.CONTENT_TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(Buffer.buffer(Json.bytes(reply.body())));
    }
}
