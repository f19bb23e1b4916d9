package dev.switchboard.gateway.http;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.util.List;

/** The routes of a listener for health and metrics alone. */
public final class WatchDoor {
    private WatchDoor() {}

    public static Router router(Vertx vertx, Watching watching) {
        Router router = Router.router(vertx);
        router.route().failureHandler(new Failures(vertx, watching.meters()));
        new HealthRoutes(watching.health()).mount(router);
        // No proxy of ours is between it and whoever scrapes.
        new MetricsRoute(watching.metrics(), watching.access(), new TrustedProxies(List.of())).mount(router);
        router.route().handler(rc -> rc.fail(404));
        return router;
    }
}
