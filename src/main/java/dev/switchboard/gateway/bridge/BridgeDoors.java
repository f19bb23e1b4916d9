package dev.switchboard.gateway.bridge;

import io.vertx.core.Vertx;

/** Makes the event-bus door of one event loop. */
public final class BridgeDoors {
    private BridgeDoors() {}

    /** Must be called on the event loop whose sockets it will serve. */
    public static BridgeRoutes open(Vertx vertx, BridgeServices services, NodeHub node) {
        return new BridgeRoutes(vertx, services, new LoopHub(vertx, node));
    }
}
