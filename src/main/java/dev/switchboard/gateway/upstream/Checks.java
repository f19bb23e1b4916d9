package dev.switchboard.gateway.upstream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Asks the addresses whether they are well. One for a node, on one event loop, whatever the number of listeners: a service
 * with ten nodes in front of it is asked ten times an interval, not ten times the number of their processors.
 */
final class Checks {
    private final Vertx vertx;
    private final Context context;
    private final HttpClient client;

    /** Of the context alone. */
    private final Map<Place, Check> running = new HashMap<>();

    private boolean closed;

    Checks(Vertx vertx) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        // A new connection for each: an address that serves old connections but takes no new ones is not well.
        this.client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false));
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
        Map<Place, Check> wanted = new HashMap<>();
        for (Service service : services) {
            CheckRule rule = service.options().check();
            if (rule != null) {
                for (Place place : service.places()) {
                    wanted.put(place, new Check(vertx, client, service.name(), place, rule));
                }
            }
        }
        for (Iterator<Map.Entry<Place, Check>> old = running.entrySet().iterator(); old.hasNext(); ) {
            Map.Entry<Place, Check> entry = old.next();
            Check next = wanted.get(entry.getKey());
            if (next == null || !next.rule().equals(entry.getValue().rule())) {
                entry.getValue().stop();
                old.remove();
            }
            if (next == null) {
                entry.getKey().checkup(Checkup.NONE);
            }
        }
        wanted.forEach((place, check) -> {
            if (running.putIfAbsent(place, check) == null) {
                check.start();
            }
        });
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
        return stopped.future().compose(v -> client.close());
    }
}
