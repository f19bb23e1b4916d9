package dev.switchboard.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Answers with status 103 (RFC 8297): links that a browser may load before the answer itself is there. */
final class EarlyHints {
    private EarlyHints() {}

    static void pass(MultiMap hints, HttpServerRequest request) {
        HttpServerResponse response = request.response();
        // HTTP/1.0 knows no interim answers (RFC 9110 §15.2).
        if (request.version() == HttpVersion.HTTP_1_0 || response.headWritten() || response.closed()) {
            return;
        }
        MultiMap headers = HttpHeaders.headers();
        ResponseHeaders.write(hints, headers);
        response.writeEarlyHints(headers);
    }
}
