package dev.switchboard.gateway.http;

import dev.switchboard.protocol.Fault;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets pages of configured origins read our answers (the CORS protocol of the Fetch standard). Origins are compared
 * whole. Those let in only by {@code *} get no credentials.
 */
final class Cors implements Handler<RoutingContext> {
    private static final String ANY = "*";
    private static final String METHODS = "GET, POST, PUT, DELETE, PATCH";
    private static final String HEADERS = "Content-Type, Authorization, X-XSRF-TOKEN, Idempotency-Key, X-Request-Id";
    private static final String EXPOSED =
            "X-Request-Id, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy";

    /** Seconds; browsers cap it themselves. */
    private static final String MAX_AGE = "3600";

    private final Set<String> origins;
    private final boolean any;

    Cors(List<String> origins) {
        this.origins = origins.stream().map(Cors::normal).collect(Collectors.toUnmodifiableSet());
        this.any = this.origins.contains(ANY);
    }

    @Override
    public void handle(RoutingContext rc) {
        HttpServerRequest request = rc.request();
        HttpServerResponse response = rc.response();
        if (!origins.isEmpty()) {
            response.headers().add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            rc.next();
            return;
        }
        boolean named = origins.contains(normal(origin));
        if (named || any) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, named ? origin : ANY);
            response.putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        if (named) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        boolean preflight = request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        if (!preflight) {
            rc.next();
        } else if (named || any) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, HEADERS)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE)
                    .setStatusCode(204)
                    .end();
        } else {
            throw Fault.FORBIDDEN.because("Pages of this origin may not call.");
        }
    }

    private static String normal(String origin) {
        String text = origin.strip().toLowerCase(Locale.ROOT);
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
