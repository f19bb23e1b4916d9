package dev.switchboard.gateway.upstream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The services behind a node's gateway. One for all its event loops. */
public final class Upstreams {
    private final LongSupplier clock;
    private final Checks checks;
    private volatile Map<String, Service> services = Map.of();

    /** Those that the last change took away: requests that were let in before it still go there. */
    private volatile Map<String, Service> former = Map.of();

    /** Starts to check the services that ask for it. */
    public Upstreams(Vertx vertx, List<UpstreamOptions> options) {
        this(vertx, options, clock());
    }

    Upstreams(Vertx vertx, List<UpstreamOptions> options, LongSupplier clock) {
        this.clock = clock;
        this.checks = new Checks(vertx);
        replace(options);
    }

    /**
     * Null when the settings name no such service, nor did before their last change. The same object for as long as they do.
     */
    public @Nullable Upstream find(String name) {
        Service service = services.get(name);
        return service != null ? service : former.get(name);
    }

    /**
     * From now on with these settings, without a break: a service that is still named keeps what is known of the addresses
     * that it keeps, and its requests under way. By one caller at a time.
     */
    public void replace(List<UpstreamOptions> all) {
        Map<String, Service> next = new LinkedHashMap<>();
        for (UpstreamOptions options : all) {
            Service known = services.get(options.name());
            if (known == null) {
                next.put(options.name(), new Service(options, clock));
            } else {
                if (!known.options().equals(options)) {
                    known.change(options);
                }
                next.put(options.name(), known);
            }
        }
        Map<String, Service> gone = new LinkedHashMap<>(services);
        gone.keySet().removeAll(next.keySet());
        former = gone;
        services = next;
        checks.watch(next.values());
    }

    /** How each service is, in the order of the settings. From any thread. */
    public List<UpstreamState> states() {
        return services.values().stream().map(Service::state).toList();
    }

    /** Stops the checks. What is under way is not touched. */
    public Future<Void> close() {
        return checks.close();
    }

    private static LongSupplier clock() {
        long origin = System.nanoTime();
        return () -> System.nanoTime() - origin;
    }
}
