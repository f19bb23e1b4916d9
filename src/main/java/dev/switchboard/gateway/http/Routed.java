package dev.switchboard.gateway.http;

import dev.switchboard.gateway.route.Match;
import dev.switchboard.gateway.route.Place;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * What the route table says about a request.
 *
 * @param place null where the path is in no row
 * @param match null where the path does not know the method
 */
record Routed(@Nullable Place place, @Nullable Match match) {
    private static final String KEY = Routed.class.getName();

    void attach(RoutingContext rc) {
        rc.put(KEY, this);
    }

    /** Null where the request failed before it was looked up. */
    static @Nullable Routed find(RoutingContext rc) {
        return rc.get(KEY);
    }

    static Routed of(RoutingContext rc) {
        Routed routed = find(rc);
        if (routed == null) {
            throw new IllegalStateException("a route before the table");
        }
        return routed;
    }
}
