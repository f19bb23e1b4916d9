package dev.switchboard.gateway.http;

import dev.switchboard.gateway.route.CorsRule;
import dev.switchboard.gateway.route.Match;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of configured origins read our answers (the CORS protocol of the Fetch standard): by the rule of the row that a
 * request leads to, else by the server's. Those let in only by {@code *} get no credentials.
 */
final class Cors implements Handler<RoutingContext> {
    private static final String ANY = "*";
    private static final String METHODS = "GET, POST, PUT, DELETE, PATCH";

    private final CorsRule usual;

    Cors(List<String> origins) {
        this.usual = CorsRule.of(origins);
    }

    @Override
    public void handle(RoutingContext rc) {
        HttpServerRequest request = rc.request();
        HttpServerResponse response = rc.response();
        String asked = request.method().equals(HttpMethod.OPTIONS)
                ? request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)
                : null;
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        boolean preflight = asked != null && origin != null;
        CorsRule rule = rule(Routed.of(rc), preflight ? asked : null);
        if (!rule.origins().isEmpty()) {
            response.headers().add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        }
        if (origin == null) {
            rc.next();
            return;
        }
        boolean named = rule.names(origin);
        boolean readable = named || rule.any();
        if (readable) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, named ? origin : ANY);
            if (!rule.exposed().isEmpty()) {
                response.putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, String.join(", ", rule.exposed()));
            }
        }
        if (named && rule.credentials()) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if (!preflight) {
            rc.next();
        } else if (readable) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, String.join(", ", rule.headers()))
                    .putHeader(
                            HttpHeaders.ACCESS_CONTROL_MAX_AGE,
                            Long.toString(rule.maxAge().toSeconds()))
                    .setStatusCode(204)
                    .end();
        } else {
            throw Fault.FORBIDDEN.because("Pages of this origin may not call.");
        }
    }

    /** @param asked the method that a preflight asks for, else null */
    private CorsRule rule(Routed routed, @Nullable String asked) {
        Match match = routed.match();
        if (asked != null && routed.place() != null) {
            match = routed.place().match(asked);
        }
        CorsRule own = match == null ? null : match.route().cors();
        return own == null ? usual : own;
    }
}
