package dev.switchboard.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * {@code Expect: 100-continue} (RFC 9110 §10.1.1): the service decides whether it wants the body, and the client is told.
 * A service that says nothing gets the body after a while.
 */
final class Continuation {
    /** Clients that wait for 100 wait about as long. */
    private static final long PATIENCE_MS = 1_000;

    private static final long NO_TIMER = -1;
    private static final String CONTINUE = "100-continue";

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final Upload upload;
    private long timer = NO_TIMER;
    private boolean over;

    private Continuation(Vertx vertx, HttpServerRequest request, Upload upload) {
        this.vertx = vertx;
        this.request = request;
        this.upload = upload;
    }

    /** Null when the client expects nothing, or sends its body already. */
    static @Nullable Continuation of(Vertx vertx, HttpServerRequest request, Upload upload) {
        String expectation = request.getHeader(HttpHeaders.EXPECT);
        boolean expected = expectation != null
                && expectation.equalsIgnoreCase(CONTINUE)
                && request.version() != HttpVersion.HTTP_1_0
                && upload.isAwaited();
        return expected ? new Continuation(vertx, request, upload) : null;
    }

    /** Sends the head. */
    Future<Void> send(HttpClientRequest service) {
        service.putHeader(HttpHeaders.EXPECT, CONTINUE);
        service.continueHandler(v -> goOn(service));
        timer = vertx.setTimer(PATIENCE_MS, t -> goOn(service));
        return service.sendHead();
    }

    private void goOn(HttpClientRequest service) {
        if (!over) {
            stop();
            request.response().writeContinue();
            upload.pipe(service);
        }
    }

    /** The service has answered, or failed. */
    void stop() {
        over = true;
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }
}
