package dev.switchboard.gateway.http;

import dev.switchboard.protocol.Fault;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** For routes that only read. */
final class SafeMethods {
    static final Set<HttpMethod> ALL = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private SafeMethods() {}

    /**
     * Whether the request is to be served: {@code OPTIONS} is answered here.
     *
     * @throws dev.switchboard.protocol.FaultException {@code method_not_allowed}
     */
    static boolean admit(RoutingContext rc) {
        HttpMethod method = rc.request().method();
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            return true;
        }
        rc.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS");
        if (!method.equals(HttpMethod.OPTIONS)) {
            throw Fault.METHOD_NOT_ALLOWED.because("The method is not supported here.");
        }
        rc.response().setStatusCode(204).end();
        return false;
    }
}
