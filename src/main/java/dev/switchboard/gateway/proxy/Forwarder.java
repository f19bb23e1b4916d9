package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.upstream.Upstream;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Asks the services behind the gateway, for one event loop. Faults become failures of the routing context as long as the
 * client has no part of an answer; later the client's connection is cut, because a clean end would be a lie.
 *
 * <ul>
 *   <li>{@code upstream_unreachable} 503: no connection
 *   <li>{@code unavailable} 503, with a time: too many requests wait for a connection
 *   <li>{@code timeout} 504: no head of an answer in the route's time, or nothing moved for the service's idle time
 *   <li>{@code bad_gateway} 502: what came is no answer
 *   <li>{@code payload_too_large} 413: the body is longer than the route allows
 * </ul>
 */
public final class Forwarder {
    /** For answers under way over connections whose settings were changed. */
    private static final Duration RETIREMENT = Duration.ofMinutes(10);

    private final Vertx vertx;
    private final Supplier<Settings> settings;
    private final Map<String, UpstreamClient> clients = new HashMap<>();

    /**
     * What is the same for all services.
     *
     * @param loops event loops that serve clients; the connections of the node are shared out among them
     * @param stall how long a client may leave an answer unread before it is cut off
     */
    public record Settings(int loops, Duration stall) {}

    /** @param settings asked each time: they may change */
    public Forwarder(Vertx vertx, Supplier<Settings> settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    /**
     * Forwards a request whose body nobody has read, and its answer. Headers that are set on the response already go to
     * the client too, where {@link ResponseHeaders} lets them.
     */
    public void forward(RoutingContext rc, Passage passage) {
        new Forwarding(
                        vertx,
                        rc,
                        passage,
                        () -> client(passage.upstream()),
                        settings.get().stall())
                .start();
    }

    private UpstreamClient client(Upstream upstream) {
        UpstreamOptions options = upstream.options();
        UpstreamClient known = clients.get(upstream.name());
        if (known != null && known.options().equals(options)) {
            return known;
        }
        UpstreamClient client =
                new UpstreamClient(vertx, options, settings.get().loops());
        clients.put(upstream.name(), client);
        if (known != null) {
            known.retire(RETIREMENT);
        }
        return client;
    }

    /** Closes the connections to services that are not named any more, when their answers are through. */
    public void retain(Set<String> upstreams) {
        clients.entrySet().removeIf(entry -> {
            boolean gone = !upstreams.contains(entry.getKey());
            if (gone) {
                entry.getValue().retire(RETIREMENT);
            }
            return gone;
        });
    }
}
