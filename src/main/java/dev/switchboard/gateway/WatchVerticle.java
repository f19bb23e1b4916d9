package dev.switchboard.gateway;

import dev.switchboard.gateway.http.WatchDoor;
import dev.switchboard.gateway.http.Watching;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerOptions;

/** A listener for health and metrics alone: where the server's own is for the world, or a node has none. */
public final class WatchVerticle extends VerticleBase {
    /** Longer than Prometheus waits between two scrapes, so that it keeps its connection. */
    private static final int IDLE_SECONDS = 120;

    private final Watching watching;

    public WatchVerticle(Watching watching) {
        this.watching = watching;
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(
                        new HttpServerOptions().setIdleTimeout(IDLE_SECONDS).setCompressionSupported(true))
                .requestHandler(WatchDoor.router(vertx, watching))
                .listen(watching.access().port(), watching.access().host());
    }
}
