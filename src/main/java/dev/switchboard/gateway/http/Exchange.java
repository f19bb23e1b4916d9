package dev.switchboard.gateway.http;

import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * What the door found out about a request before anything else looks at it.
 *
 * @param requestId ties log lines together; the client's own if it sent a proper one
 * @param client the address of the client, seen through our own proxies
 * @param secure whether the client speaks TLS
 */
public record Exchange(String requestId, String client, boolean secure) {
    private static final String KEY = Exchange.class.getName();

    void attach(RoutingContext rc) {
        rc.put(KEY, this);
    }

    /** The exchange of this request, or null where it failed before it got one. */
    static @Nullable Exchange find(RoutingContext rc) {
        return rc.get(KEY);
    }

    static Exchange of(RoutingContext rc) {
        Exchange exchange = find(rc);
        if (exchange == null) {
            throw new IllegalStateException("a route before the prelude");
        }
        return exchange;
    }
}
