package dev.switchboard.gateway.http;

import dev.switchboard.ops.HealthChecks;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;

/**
 * {@code /health} for people and monitors, {@code /health/live} for whoever restarts a process that hangs,
 * {@code /health/ready} for balancers. Never limited, never signed in for.
 */
final class HealthRoutes {
    private static final Map<String, String> UP = Map.of("status", "ok");
    private static final Map<String, String> DOWN = Map.of("status", "down");

    private final HealthChecks checks;

    HealthRoutes(HealthChecks checks) {
        this.checks = checks;
    }

    void mount(Router router) {
        for (String prefix : List.of("", "/api", "/api/v1")) {
            mount(router, prefix + "/health", this::report);
            mount(router, prefix + "/health/live", rc -> answer(rc, true, UP));
            mount(router, prefix + "/health/ready", rc -> answer(rc, checks.ready(), checks.ready() ? UP : DOWN));
        }
    }

    private static void mount(Router router, String path, Handler<RoutingContext> handler) {
        router.route(path).handler(rc -> {
            HttpMeters.label(rc, path);
            if (SafeMethods.admit(rc)) {
                handler.handle(rc);
            }
        });
    }

    private void report(RoutingContext rc) {
        checks.report()
                .onSuccess(report -> answer(rc, !report.isDown(), report))
                .onFailure(rc::fail);
    }

    private static void answer(RoutingContext rc, boolean good, Object body) {
        OperationTarget.write(rc.response(), new HttpSpecials.Reply(good ? 200 : 503, body));
    }
}
