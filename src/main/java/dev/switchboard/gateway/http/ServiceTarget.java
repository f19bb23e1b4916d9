package dev.switchboard.gateway.http;

import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** The way to the services behind the gateway, as one event loop sees it: made on it, used and stopped on it. */
public interface ServiceTarget {
    /**
     * Answers a request that was let in, whether it asks for an upgrade or not. Its body has not been read, and may be
     * paused: who reads it sets its handlers first and resumes it then. Faults become failures of the routing context.
     */
    void forward(RoutingContext rc, Admitted admitted);

    /** Refuses new sockets and sends those that are open away, spread over the time given. Requests in flight go on. */
    default void drain(Duration within) {}

    /** Lets go of connections, timers and the like; nothing comes in any more. */
    default void stop() {}
}
