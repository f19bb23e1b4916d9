package dev.switchboard.gateway.upstream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Asks the addresses whether they are well. One for a node, on one event loop, whatever the number of listeners: a service
 * with ten nodes in front of it is asked ten times an interval, not ten times the number of their processors.
 */
final class Checks {
    private final Vertx vertx;
    private final Context context;

    /** Of the context alone. */
    private final Map<Place, Check> running = new HashMap<>();

    private boolean closed;

    Checks(Vertx vertx) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
    }

    /** From now on asks the addresses of these services, and no others. From any thread; the last call counts. */
    void watch(Collection<Service> services) {
        context.runOnContext(v -> {
            if (!closed) {
                reconcile(services);
            }
        });
    }

    private void reconcile(Collection<Service> services) {
        Map<Place, Check.Terms> wanted = new HashMap<>();
        for (Service service : services) {
            UpstreamOptions options = service.options();
            CheckRule rule = options.check();
            if (rule != null) {
                for (Place place : service.places()) {
                    wanted.put(place, new Check.Terms(options.name(), rule, options.http2(), options.tls()));
                }
            }
        }
        running.entrySet().removeIf(entry -> {
            Place place = entry.getKey();
            Check check = entry.getValue();
            boolean same = check.terms().equals(wanted.get(place));
            if (!same) {
                check.stop();
            }
            if (!wanted.containsKey(place)) {
                place.checkup(Checkup.NONE);
            }
            return !same;
        });
        wanted.forEach((place, terms) -> running.computeIfAbsent(place, added -> {
            Check check = new Check(vertx, place, terms);
            check.start();
            return check;
        }));
    }

    /** Stops asking. */
    Future<Void> close() {
        Promise<Void> stopped = Promise.promise();
        context.runOnContext(v -> {
            closed = true;
            running.values().forEach(Check::stop);
            running.clear();
            stopped.complete();
        });
        return stopped.future();
    }
}
