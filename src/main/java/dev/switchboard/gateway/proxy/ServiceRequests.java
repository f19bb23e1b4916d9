package dev.switchboard.gateway.proxy;

import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;

/** What is different for HTTP/1.1 and HTTP/2 in requests to services. */
final class ServiceRequests {
    private static final String TE = "te";
    private static final String TRAILERS = "trailers";

    private ServiceRequests() {}

    /**
     * Gives up a request that was sent, in whole or in part. An HTTP/1.1 connection goes with it: when the answer came before
     * the end of the request, Vert.x 5.0 would put the connection back into its pool, and the next request would be read as
     * the rest of this one's body.
     */
    static void abandon(HttpClientRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.reset(Http2Error.CANCEL.code());
        } else {
            request.connection().close();
        }
    }

    /** Repeats towards the service that trailers are welcome: gRPC asks for that. HTTP/1.1 services need no such word. */
    static void passTrailerSupport(HttpServerRequest received, HttpClientRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            String te = received.getHeader(TE);
            if (te != null && te.toLowerCase(Locale.ROOT).contains(TRAILERS)) {
                request.putHeader(TE, TRAILERS);
            }
        }
    }
}
