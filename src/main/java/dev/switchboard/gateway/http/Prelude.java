package dev.switchboard.gateway.http;

import dev.switchboard.ops.HealthChecks;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Ids;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * First on every request: its id, its client, the security headers of every answer; refuses what HTTP forbids and what a
 * door has no use for.
 */
final class Prelude implements Handler<RoutingContext> {
    static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

    private static final Pattern GOOD_ID = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,128}");

    private final TrustedProxies proxies;
    private final boolean alwaysSecure;
    private final Map<CharSequence, CharSequence> headers;
    private final Patience patience;
    private final HealthChecks health;
    private final HttpMeters meters;

    /** @param alwaysSecure whether clients speak TLS with something in front that does not say so */
    Prelude(TrustedProxies proxies, boolean alwaysSecure, AnswerHeaders headers, Patience patience, Watching watching) {
        this.proxies = proxies;
        this.alwaysSecure = alwaysSecure;
        this.headers = headers.values().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        header -> HttpHeaders.createOptimized(header.getKey().toLowerCase(Locale.ROOT)),
                        header -> HttpHeaders.createOptimized(header.getValue())));
        this.patience = patience;
        this.health = watching.health();
        this.meters = watching.meters();
    }

    @Override
    public void handle(RoutingContext rc) {
        long since = System.nanoTime();
        HttpServerRequest request = rc.request();
        HttpServerResponse response = rc.response();
        String requestId = requestId(request.getHeader(REQUEST_ID));
        String peer = request.remoteAddress().hostAddress();
        new Exchange(
                        requestId,
                        proxies.client(peer, request.headers().getAll("X-Forwarded-For")),
                        alwaysSecure || proxies.secure(request.isSSL(), peer, request.getHeader("X-Forwarded-Proto")))
                .attach(rc);
        response.putHeader(REQUEST_ID, requestId);
        if (request.version() != HttpVersion.HTTP_2 && !health.ready()) {
            // About to stop: who has an answer goes elsewhere with the next request, before the connection is closed.
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            rc.addEndHandler(answered -> closeIfSaid(rc));
        }
        headers.forEach(response::putHeader);
        rc.addHeadersEndHandler(v -> {
            TextCompression.decide(request, response);
            meters.answered(rc, since);
        });
        patience.watch(rc);
        if (request.headers().getAll(HttpHeaders.HOST).size() > 1) {
            // RFC 9112 §3.2: whoever routed by the other one was deceived.
            throw Fault.BAD_REQUEST.because("A request names one host.");
        }
        if (request.method().equals(HttpMethod.TRACE) || request.method().equals(HttpMethod.CONNECT)) {
            response.putHeader(HttpHeaders.ALLOW, "GET, HEAD, POST, PUT, DELETE, OPTIONS");
            throw Fault.METHOD_NOT_ALLOWED.because("The method is not supported here.");
        }
        rc.next();
    }

    /** Vert.x does not read what its own answers say; and a WebSocket says something else. */
    private static void closeIfSaid(RoutingContext rc) {
        if (HttpHeaders.CLOSE.toString().equals(rc.response().headers().get(HttpHeaders.CONNECTION))) {
            rc.request().connection().close();
        }
    }

    /** A client may name its request, in characters that harm no log. */
    static String requestId(@Nullable String sent) {
        return sent != null && GOOD_ID.matcher(sent).matches()
                ? sent
                : Ids.next().toString();
    }
}
