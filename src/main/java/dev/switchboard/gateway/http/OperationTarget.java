package dev.switchboard.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Json;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.BuiltInRoutes;
import dev.switchboard.gateway.route.Match;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Operations;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Operations by HTTP: body, request record, bus, reply. */
final class OperationTarget {
    private final HttpSpecials specials;
    private final Bus bus;
    private final Map<Operation<?, ?>, RequestShape> shapes;

    OperationTarget(HttpSpecials specials, Bus bus) {
        this.specials = specials;
        this.bus = bus;
        this.shapes = Operations.ALL.stream()
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(), operation -> RequestShape.of(operation.request())));
    }

    /** Carries out an operation for somebody who may ask for it. */
    void serve(RoutingContext rc, Match match, Target.Operation target, @Nullable Identity identity) {
        String requestId = Exchange.of(rc).requestId();
        // Whom the platform does not know may do here what anybody may.
        boolean open = match.route().access() instanceof Access.Public;
        Caller caller = identity == null || (open && identity.userId() == null)
                ? Caller.anonymous(requestId)
                : identity.caller(null, requestId);
        serve(rc, match, target, target.operation(), caller);
    }

    private <Q extends Record, R extends Record> void serve(
            RoutingContext rc, Match match, Target.Operation target, Operation<Q, R> operation, Caller caller) {
        RequestShape shape = Objects.requireNonNull(shapes.get(operation));
        body(rc.request(), match.route().maxBody())
                .compose(tree -> {
                    shape.merge(tree, rc.queryParams(), match.parameters(), target.names());
                    specials.prepare(operation, rc, tree);
                    Future<R> reply = bus.call(operation, caller, Json.read(tree, operation.request()));
                    return inTime(reply, match.route().timeout());
                })
                .map(reply -> specials.finish(operation, rc, target.status(), reply))
                .onSuccess(reply -> write(rc.response(), reply))
                .onFailure(rc::fail);
    }

    private static <R> Future<R> inTime(Future<R> reply, Duration timeout) {
        if (reply.isComplete() || timeout.compareTo(BuiltInRoutes.TIMEOUT) >= 0) {
            return reply;
        }
        return reply.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(
                        failure instanceof TimeoutException
                                ? Fault.TIMEOUT.because("The request took too long.")
                                : failure));
    }

    private static Future<ObjectNode> body(HttpServerRequest request, long most) {
        boolean without =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return without ? Future.succeededFuture(Json.MAPPER.createObjectNode()) : JsonBody.read(request, (int) most);
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
