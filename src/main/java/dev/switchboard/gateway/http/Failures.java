package dev.switchboard.gateway.http;

import dev.switchboard.bus.Faults;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place where failures become answers: every error of the HTTP door has the form of {@link ErrorBody}. */
final class Failures implements Handler<RoutingContext> {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /** How long a client that was refused may go on sending its body before it is cut off. */
    private static final long LINGER_MS = 2_000;

    private final Vertx vertx;
    private final HttpMeters meters;

    Failures(Vertx vertx, HttpMeters meters) {
        this.vertx = vertx;
        this.meters = meters;
    }

    /** A request that failed on its way through the router. */
    @Override
    public void handle(RoutingContext rc) {
        answer(rc, faultOf(rc.failure(), rc.statusCode()));
    }

    /** A request whose path the router could not read. */
    void handleUnroutable(RoutingContext rc) {
        answer(rc, ofStatus(400));
    }

    /** Whatever goes wrong here: a request that nobody answers would hold its client for ever. */
    private void answer(RoutingContext rc, FaultException fault) {
        try {
            tryToAnswer(rc, fault);
        } catch (RuntimeException e) {
            LOG.error("{} {}: no answer could be written", rc.request().method(), path(rc.request()), e);
            cut(rc.request());
        }
    }

    private void tryToAnswer(RoutingContext rc, FaultException fault) {
        Exchange exchange = Exchange.find(rc);
        String requestId = exchange != null
                ? exchange.requestId()
                : Prelude.requestId(rc.request().getHeader(Prelude.REQUEST_ID));
        HttpServerRequest request = rc.request();
        if (rc.response().headWritten()) {
            // The client has a part of the answer already: a cut is the only way to say that the rest will not come.
            cut(request);
            return;
        }
        boolean late = fault.fault() == Fault.REQUEST_TIMEOUT;
        if (late && request.version() != HttpVersion.HTTP_2) {
            rc.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        write(request, fault, path(request), requestId);
        if (late) {
            cut(request);
        } else if (!request.isEnded()) {
            // It may have been paused; what still comes is thrown away.
            request.resume();
            vertx.setTimer(LINGER_MS, t -> {
                if (!request.isEnded()) {
                    cut(request);
                }
            });
        }
    }

    /** Ends a request whose client may still be sending. HTTP/2 has others on the same connection. */
    private static void cut(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset(Http2Error.CANCEL.code());
        } else {
            request.connection().close();
        }
    }

    /** A whole answer of HTTP/1.1, for a connection on which there is no request yet. */
    static byte[] rawAnswer(FaultException fault) {
        String requestId = Prelude.requestId(null);
        ErrorBody error = ErrorBody.of(fault, "", Instant.now(), requestId);
        byte[] body = Json.bytes(error);
        String head = String.join(
                "\r\n",
                "HTTP/1.1 " + error.statusCode() + " " + error.error(),
                Prelude.REQUEST_ID + ": " + requestId,
                "content-type: " + JsonBody.CONTENT_TYPE,
                "cache-control: no-store",
                "connection: close",
                "content-length: " + body.length,
                "",
                "");
        return Buffer.buffer(head).appendBytes(body).getBytes();
    }

    /** A request that the HTTP decoder refused; the connection cannot go on. */
    void handleInvalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        // The decoder puts a path of its own in the place of one that it could not read.
        String path = "";
        FaultException fault;
        if (cause instanceof TooLongHttpLineException) {
            fault = Fault.URI_TOO_LONG.because("The address is too long.");
        } else if (cause instanceof TooLongHttpHeaderException) {
            fault = Fault.HEADERS_TOO_LARGE.because("The headers are too large.");
            path = path(request);
        } else {
            fault = Fault.BAD_REQUEST.because("This is no proper HTTP request.");
        }
        meters.refused(request.method(), fault.fault().status());
        try {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            write(request, fault, path, Prelude.requestId(null));
        } finally {
            request.connection().close();
        }
    }

    private static String path(HttpServerRequest request) {
        return Objects.requireNonNullElse(request.path(), "");
    }

    private static void write(HttpServerRequest request, FaultException fault, String path, String requestId) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        int status = fault.fault().status();
        response.setStatusCode(status)
                .putHeader(Prelude.REQUEST_ID, requestId)
                .putHeader(HttpHeaders.CONTENT_TYPE, JsonBody.CONTENT_TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        if ((status == 503 || status == 429) && !response.headers().contains(HttpHeaders.RETRY_AFTER)) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(retrySeconds(fault)));
        }
        response.end(Buffer.buffer(Json.bytes(ErrorBody.of(fault, path, Instant.now(), requestId))));
    }

    /** Whole seconds, rounded up; at least one, since a client that comes back at once is no help. */
    private static long retrySeconds(FaultException fault) {
        return Math.max(1, fault.retryAfter().plusSeconds(1).minusNanos(1).toSeconds());
    }

    private static FaultException faultOf(@Nullable Throwable failure, int status) {
        if (failure instanceof FaultException fault) {
            return fault;
        }
        if (failure instanceof HttpException http) {
            return ofStatus(http.getStatusCode());
        }
        if (failure instanceof HttpClosedException) {
            return Fault.BAD_REQUEST.because("The client went away.");
        }
        if (failure == null || (status >= 400 && status < 500)) {
            return ofStatus(status);
        }
        return Faults.of(failure);
    }

    /** What Vert.x itself refuses, it refuses with a status alone. */
    private static FaultException ofStatus(int status) {
        return switch (status) {
            case 401 -> Fault.UNAUTHORIZED.because("Sign in first.");
            case 403 -> Fault.FORBIDDEN.because("This is not allowed.");
            case 404 -> Fault.NOT_FOUND.because("There is nothing here.");
            case 405 -> Fault.METHOD_NOT_ALLOWED.because("The method is not supported here.");
            case 408 -> Fault.REQUEST_TIMEOUT.because("The request took too long to arrive.");
            case 413 -> Fault.PAYLOAD_TOO_LARGE.because("The body is too large.");
            case 415 -> Fault.UNSUPPORTED_MEDIA_TYPE.because("The body must be application/json.");
            case 429 -> Fault.TOO_MANY_REQUESTS.because("Too many requests; come back later.");
            case 503 -> Fault.UNAVAILABLE.because("Not available at the moment.");
            case 504 -> Fault.TIMEOUT.because("The request took too long.");
            default ->
                status >= 400 && status < 500
                        ? Fault.BAD_REQUEST.because("This is no proper request.")
                        : Faults.of(new IllegalStateException("a failure without a cause, status " + status));
        };
    }
}
