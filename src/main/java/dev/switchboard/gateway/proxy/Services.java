package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.http.Admitted;
import dev.switchboard.gateway.http.Exchange;
import dev.switchboard.gateway.http.ServiceTarget;
import dev.switchboard.gateway.route.CorsRule;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.gateway.upstream.Upstream;
import dev.switchboard.gateway.upstream.Upstreams;
import dev.switchboard.identity.Revocations;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The services behind the gateway: requests go to them one way, WebSockets another. */
public final class Services implements ServiceTarget {
    private final Supplier<Shared> now;
    private final Context context;
    private final Forwarder requests;
    private final SocketForwarder sockets;

    /**
     * What all event loops of a node share.
     *
     * @param origins which pages may open sockets where the route says nothing of it
     */
    public record Shared(
            Upstreams upstreams,
            Forwarder.Settings requests,
            SocketOptions sockets,
            Revocations revocations,
            OriginPolicy origins) {}

    /**
     * Must be made on the event loop that it serves.
     *
     * @param now asked each time: all but the revocations may change
     */
    public Services(Vertx vertx, Supplier<Shared> now) {
        this.now = now;
        this.context = vertx.getOrCreateContext();
        this.requests = new Forwarder(vertx, () -> now.get().requests());
        this.sockets =
                new SocketForwarder(vertx, () -> now.get().sockets(), now.get().revocations());
    }

    @Override
    public void forward(RoutingContext rc, Admitted admitted) {
        Route route = admitted.route();
        if (!(route.target() instanceof Target.Service service)) {
            throw new IllegalArgumentException(route.name() + " leads to no service");
        }
        Shared shared = now.get();
        Upstream upstream = shared.upstreams().find(service.upstream());
        if (upstream == null) {
            // Its settings went while the request was let in.
            rc.fail(Fault.UNAVAILABLE.because("The service is not there any more."));
            return;
        }
        HttpServerRequest request = rc.request();
        var passage = new Passage(
                upstream,
                admitted.path(),
                route.timeout(),
                route.maxBody(),
                inbound(request, admitted),
                service.passOn());
        if (SocketForwarder.isUpgrade(request)) {
            sockets.forward(rc, passage, route, origins(route, shared.origins()));
        } else {
            requests.forward(rc, passage);
        }
    }

    private static Inbound inbound(HttpServerRequest request, Admitted admitted) {
        Exchange exchange = admitted.exchange();
        HostAndPort authority = request.authority();
        return new Inbound(
                exchange.requestId(),
                exchange.client(),
                exchange.secure(),
                authority == null ? null : authority.toString(),
                admitted.identity());
    }

    /** Pages that may read a route's answers may open its sockets. */
    private static OriginPolicy origins(Route route, OriginPolicy usual) {
        CorsRule rule = route.cors();
        return rule == null ? usual : new OriginPolicy(rule.origins(), rule.credentials());
    }

    /** Closes sockets when their route has gone or changed: {@link SocketForwarder#closeWhere}. From any thread. */
    public void closeWhere(Predicate<OpenSocket> condition) {
        sockets.closeWhere(condition);
    }

    /** Closes the connections to services that are not named any more, when their answers are through. From any thread. */
    public void retain(Set<String> upstreams) {
        context.runOnContext(v -> requests.retain(upstreams));
    }

    @Override
    public void drain(Duration within) {
        sockets.drain(within);
    }

    @Override
    public void stop() {
        sockets.stop();
    }
}
