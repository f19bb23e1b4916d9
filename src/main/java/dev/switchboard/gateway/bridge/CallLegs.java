package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Faults;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.CallOperations;
import dev.switchboard.protocol.CallOperations.Leg;
import dev.switchboard.protocol.CallOperations.LegNews;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Which of an event loop's sockets take part in a call. Says now and then that they are there, and says at once when they
 * are not; what could not be said ends with the lease of the leg.
 */
final class CallLegs {
    /** A third of a leg's lease. */
    private static final long RENEW_MS = 30_000;

    private final Vertx vertx;
    private final Bus bus;
    private final Map<String, UUID> calls = new HashMap<>();
    private final long timer;

    CallLegs(Vertx vertx, Bus bus) {
        this.vertx = vertx;
        this.bus = bus;
        this.timer = vertx.setPeriodic(RENEW_MS, t -> renew());
    }

    /** A socket takes part in a call, unless it is over. */
    void joined(String socketId, Call call) {
        if (call.state() != Call.State.ENDED) {
            calls.put(socketId, call.id());
        }
    }

    void gone(String socketId) {
        UUID call = calls.remove(socketId);
        if (call != null) {
            tell(call, socketId, LegNews.LOST);
        }
    }

    private void renew() {
        Map.copyOf(calls).forEach((socketId, call) -> tell(call, socketId, LegNews.ALIVE));
    }

    private void tell(UUID call, String socketId, LegNews news) {
        bus.call(CallOperations.LEG, Caller.system(), new Leg(call, socketId, news))
                .onFailure(failure -> {
                    if (Faults.of(failure).fault() == Fault.NOT_FOUND) {
                        calls.remove(socketId, call);
                    }
                });
    }

    void close() {
        vertx.cancelTimer(timer);
        List.copyOf(calls.keySet()).forEach(this::gone);
    }
}
