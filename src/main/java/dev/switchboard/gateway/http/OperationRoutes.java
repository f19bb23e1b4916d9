package dev.switchboard.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Json;
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
import java.util.concurrent.TimeUnit;

/** Operations by HTTP: route, identity, limit, request record, bus, reply. */
final class OperationRoutes implements Handler<RoutingContext> {
    private static final String CURRENT = "/api/v1/";
    private static final String SHORT = "/api/";

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final OperationTable table;
    private final Authentication authentication;
    private final Limiter limiter;
    private final HttpSpecials specials;
    private final Bus bus;
    private final int maxBody;

    OperationRoutes(
            OperationTable table,
            Authentication authentication,
            Limiter limiter,
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
        Limiter.Tier tier = HttpSpecials.tier(operation);
        return authentication
                .caller(rc.request(), operation.access(), exchange.requestId())
                .transform(known -> {
                    Caller caller = known.result();
                    // Bad tokens count as well, or they could be tried without end.
                    boolean personal = caller != null && caller.userId() != null && tier == Limiter.Tier.GENERAL;
                    limit(rc.response(), tier, personal ? caller.user().toString() : site);
                    return caller != null ? Future.succeededFuture(caller) : Future.failedFuture(known.cause());
                });
    }

    private void limit(HttpServerResponse response, Limiter.Tier tier, String key) {
        Limiter.Verdict verdict = limiter.take(tier, key);
        if (verdict == null) {
            return;
        }
        TokenBucket bucket = verdict.bucket();
        TokenBucket.Outcome outcome = verdict.outcome();
        response.putHeader("RateLimit-Limit", String.valueOf(bucket.burst()))
                .putHeader("RateLimit-Remaining", String.valueOf(outcome.remaining()))
                .putHeader("RateLimit-Reset", seconds(outcome.resetNanos()))
                .putHeader(
                        "RateLimit-Policy", bucket.burst() + ";w=" + seconds(bucket.intervalNanos() * bucket.burst()));
        if (!outcome.granted()) {
            response.putHeader(HttpHeaders.RETRY_AFTER, seconds(outcome.retryNanos()));
            throw Fault.TOO_MANY_REQUESTS.because("Too many requests; come back later.");
        }
    }

    /** Whole seconds, rounded up: who waits so long does not come too early. */
    private static String seconds(long nanos) {
        return String.valueOf((nanos + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND);
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
