package dev.switchboard.gateway.bridge;

import dev.switchboard.protocol.Fault;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.ext.web.RoutingContext;

/**
 * One request of a fallback session at a time. The requests of a session reach any event loop, but vertx-web keeps the
 * session in plain fields: a poll that overtook the end of the one before would open the session a second time.
 */
final class FallbackTurns implements Handler<RoutingContext> {
    private static final long RETRY_MS = 1;
    private static final int TRIES = 200;

    private final Vertx vertx;

    /** The sessions whose turn it is, on all event loops of this node. */
    private final LocalMap<String, Boolean> taken;

    FallbackTurns(Vertx vertx) {
        this.vertx = vertx;
        this.taken = vertx.sharedData().getLocalMap("switchboard.bridge.fallbacks");
    }

    @Override
    public void handle(RoutingContext rc) {
        attempt(rc, rc.pathParam("session"), TRIES);
    }

    /** What follows runs to its end before it returns, so a turn is a matter of microseconds. */
    private void attempt(RoutingContext rc, String session, int tries) {
        if (taken.putIfAbsent(session, true) == null) {
            try {
                rc.next();
            } finally {
                taken.remove(session);
            }
        } else if (tries == 0) {
            var fault = Fault.UNAVAILABLE.because("Try again.");
            rc.fail(fault.fault().status(), fault);
        } else {
            vertx.setTimer(RETRY_MS, t -> attempt(rc, session, tries - 1));
        }
    }
}
