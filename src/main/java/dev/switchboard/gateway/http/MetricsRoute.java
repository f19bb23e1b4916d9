package dev.switchboard.gateway.http;

import dev.switchboard.ops.Metrics;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * {@code GET /metrics} for the addresses that the settings name; for others there is no such page. Whoever comes through a
 * proxy that is not ours does not count as that proxy: it may serve the whole world.
 */
final class MetricsRoute {
    static final String PATH = "/metrics";

    private final Metrics metrics;
    private final TrustedProxies proxies;
    private final TrustedProxies allowed;

    MetricsRoute(Metrics metrics, MetricsOptions options, TrustedProxies proxies) {
        this.metrics = metrics;
        this.proxies = proxies;
        this.allowed = new TrustedProxies(options.allow());
    }

    void mount(Router router) {
        router.route(PATH).handler(this::answer);
    }

    private void answer(RoutingContext rc) {
        HttpMeters.label(rc, PATH);
        if (!mayRead(rc.request())) {
            rc.fail(404);
        } else if (SafeMethods.admit(rc)) {
            metrics.scrape()
                    .onSuccess(text -> rc.response()
                            .putHeader(HttpHeaders.CONTENT_TYPE, Metrics.CONTENT_TYPE)
                            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                            .end(text))
                    .onFailure(rc::fail);
        }
    }

    private boolean mayRead(HttpServerRequest request) {
        String peer = request.remoteAddress().hostAddress();
        MultiMap headers = request.headers();
        boolean forwarded = headers.contains("X-Forwarded-For") || headers.contains("Forwarded");
        return (!forwarded || proxies.trusts(peer))
                && allowed.trusts(proxies.client(peer, headers.getAll("X-Forwarded-For")));
    }
}
