package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.route.Route;
import io.vertx.core.http.HttpServerRequest;

/**
 * An upgrade that was let in.
 *
 * @param request of the client, not answered yet
 */
record SocketRequest(HttpServerRequest request, Passage passage, Route route) {
    /** The same for a service that is not to be told who asks. */
    SocketRequest anonymous() {
        Inbound inbound = passage.inbound();
        var nobody = new Inbound(inbound.requestId(), inbound.client(), inbound.secure(), inbound.authority(), null);
        var without = new Passage(
                passage.upstream(), passage.path(), passage.timeout(), passage.maxBody(), nobody, passage.passOn());
        return new SocketRequest(request, without, route);
    }

    /** Path and query to ask the service for. */
    String target() {
        return RequestTarget.of(passage.path(), request.uri());
    }
}
