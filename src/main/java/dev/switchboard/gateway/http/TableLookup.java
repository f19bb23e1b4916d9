package dev.switchboard.gateway.http;

import dev.switchboard.gateway.route.NormalPath;
import dev.switchboard.gateway.route.Place;
import dev.switchboard.gateway.route.RouteTable;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;

/** Looks a request up in the route table, and refuses paths that nothing could be looked up by. */
final class TableLookup implements Handler<RoutingContext> {
    /** The target of {@code OPTIONS} that asks for the server itself (RFC 9112 §3.2.4). */
    private static final String SERVER = "*";

    private final RouteTable table;

    TableLookup(RouteTable table) {
        this.table = table;
    }

    /** @throws dev.switchboard.protocol.FaultException {@code bad_request} for a path that has no safe normal form */
    @Override
    public void handle(RoutingContext rc) {
        String target = rc.request().uri();
        if (target.equals(SERVER)) {
            throw Fault.NOT_FOUND.because("There is nothing here.");
        }
        Place place = table.find(NormalPath.of(target));
        new Routed(
                        place,
                        place == null ? null : place.match(rc.request().method().name()))
                .attach(rc);
        rc.next();
    }
}
