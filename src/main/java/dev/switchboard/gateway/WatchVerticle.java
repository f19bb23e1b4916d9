package dev.switchboard.gateway;

import dev.switchboard.gateway.http.WatchDoor;
import dev.switchboard.gateway.http.Watching;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** A listener for health and metrics alone: where the server's own is for the world, or a node has none. */
public final class WatchVerticle extends VerticleBase {
    private final Watching watching;

    public WatchVerticle(Watching watching) {
        this.watching = watching;
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer()
                .requestHandler(WatchDoor.router(vertx, watching))
                .listen(watching.access().port(), watching.access().host());
    }
}
