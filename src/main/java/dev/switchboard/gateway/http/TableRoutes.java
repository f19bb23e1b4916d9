package dev.switchboard.gateway.http;

import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.Match;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Fault;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** The rows of the table: who is let in goes to the row's target. */
final class TableRoutes {
    /** Against which requests count that no row is for. */
    private static final String UNROUTED_TIER = "default";

    private final Admission admission;
    private final OperationTarget operations;
    private final ServiceTarget services;

    TableRoutes(Admission admission, OperationTarget operations, ServiceTarget services) {
        this.admission = admission;
        this.operations = operations;
        this.services = services;
    }

    /** Serves what a row is for; other requests go on. */
    void serve(RoutingContext rc) {
        Routed routed = Routed.of(rc);
        Match match = routed.match();
        if (match != null) {
            Route route = match.route();
            admission.admit(rc, route.access(), route.tier(), identity -> forward(rc, match, identity));
        } else if (routed.place() != null) {
            refuseMethod(rc, routed.place().allow());
        } else {
            rc.next();
        }
    }

    private static void refuseMethod(RoutingContext rc, String allow) {
        rc.response().putHeader(HttpHeaders.ALLOW, allow);
        if (!rc.request().method().equals(HttpMethod.OPTIONS)) {
            throw Fault.METHOD_NOT_ALLOWED.because("The method is not supported here.");
        }
        rc.response().setStatusCode(204).end();
    }

    private void forward(RoutingContext rc, Match match, @Nullable Identity identity) {
        if (match.route().target() instanceof Target.Operation target) {
            operations.serve(rc, match, target, identity);
        } else {
            services.forward(rc, new Admitted(match.route(), match.path(), identity, Exchange.of(rc)));
        }
    }

    /** What nothing else is for. Whoever is not signed in does not learn what there is and what there is not. */
    void deny(RoutingContext rc) {
        admission.admit(rc, new Access.User(), UNROUTED_TIER, identity -> rc.fail(404));
    }
}
