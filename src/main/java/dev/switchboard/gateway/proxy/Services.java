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
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.function.Predicate;

/** The services behind the gateway: requests go to them one way, WebSockets another. */
public final class Services implements ServiceTarget {
    private final Shared shared;
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

    /** Must be made on the event loop that it serves. */
    public Services(Vertx vertx, Shared shared) {
        this.shared = shared;
        this.requests = new Forwarder(vertx, shared.requests());
        this.sockets = new SocketForwarder(vertx, shared.sockets(), shared.revocations());
    }

    @Override
    public void forward(RoutingContext rc, Admitted admitted) {
        Route route = admitted.route();
        if (!(route.target() instanceof Target.Service service)) {
            throw new IllegalArgumentException(route.name() + " leads to no service");
        }
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
            sockets.forward(rc, passage, route, origins(route));
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
    private OriginPolicy origins(Route route) {
        CorsRule rule = route.cors();
        return rule == null ? shared.origins() : new OriginPolicy(rule.origins(), rule.credentials());
    }

    /** Closes sockets when their route has gone or changed: {@link SocketForwarder#closeWhere}. From any thread. */
    public void closeWhere(Predicate<OpenSocket> condition) {
        sockets.closeWhere(condition);
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
