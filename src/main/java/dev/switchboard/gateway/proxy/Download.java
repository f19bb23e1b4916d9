package dev.switchboard.gateway.proxy;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;

/** A service's answer on its way to the client: each piece as it comes, no faster than the client reads. */
final class Download {
    private static final int LOWEST_STATUS = 200;
    private static final int HIGHEST_STATUS = 599;
    private static final int NO_CONTENT = 204;
    private static final int RESET_CONTENT = 205;
    private static final int NOT_MODIFIED = 304;
    private static final long UNKNOWN = -1;

    /** What the download tells. */
    interface Listener {
        /** Bytes moved. */
        void moved();

        /** The client was given all of the answer. */
        void downloaded();

        /** The answer ended too early, or is longer than it said. */
        void torn();
    }

    private final HttpClientResponse from;
    private final HttpServerRequest request;
    private final HttpServerResponse to;
    private final Context context;
    private final Listener listener;
    private final long length;
    private long received;
    private boolean over;
    private boolean waiting;

    /** @param context of the request */
    Download(HttpClientResponse from, HttpServerRequest request, Context context, Listener listener) {
        this.from = from;
        this.request = request;
        this.to = request.response();
        this.context = context;
        this.listener = listener;
        this.length = length(from);
        from.exceptionHandler(e -> torn());
    }

    private static long length(HttpClientResponse from) {
        String length = from.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? UNKNOWN : Long.parseUnsignedLong(length);
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /** Whether this is an answer that a client can be given: 101 was not asked for, and other 1xx are no answers. */
    static boolean isAnswer(HttpClientResponse from) {
        return from.statusCode() >= LOWEST_STATUS && from.statusCode() <= HIGHEST_STATUS;
    }

    /** Whether the client is what is waited for. */
    boolean isWaiting() {
        return waiting;
    }

    void start() {
        to.setStatusCode(from.statusCode());
        MultiMap headers = to.headers();
        ResponseHeaders.write(from.headers(), headers);
        if (!hasBody()) {
            announceUnsentBody(headers);
            from.endHandler(v -> end());
            return;
        }
        if (length != UNKNOWN) {
            headers.set(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
        } else if (request.version() != HttpVersion.HTTP_1_0) {
            to.setChunked(true);
        }
        if (mustPassAsItIs(headers)) {
            // To the server that says: do not compress; it takes the header away again.
            headers.set(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY);
        }
        from.handler(this::piece).endHandler(v -> ended());
        if (length == UNKNOWN && request.version() != HttpVersion.HTTP_1_0) {
            // The head usually goes out with the first piece, which is here already; but who streams may let it wait.
            context.runOnContext(v -> {
                if (!over && !to.headWritten()) {
                    to.writeHead();
                }
            });
        }
    }

    private boolean hasBody() {
        int status = from.statusCode();
        return !request.method().equals(HttpMethod.HEAD)
                && status != NO_CONTENT
                && status != RESET_CONTENT
                && status != NOT_MODIFIED;
    }

    /** How long the body would be (RFC 9110 §8.6). */
    private void announceUnsentBody(MultiMap headers) {
        boolean mayTell = request.method().equals(HttpMethod.HEAD) || from.statusCode() == NOT_MODIFIED;
        if (length != UNKNOWN && mayTell) {
            headers.set(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
        }
    }

    /** Compression gathers, and changes what was signed or is a part of something. */
    private static boolean mustPassAsItIs(MultiMap headers) {
        if (headers.contains(HttpHeaders.CONTENT_ENCODING)) {
            return false;
        }
        String caching = headers.get(HttpHeaders.CACHE_CONTROL);
        return isStream(headers)
                || headers.contains(HttpHeaders.CONTENT_RANGE)
                || (caching != null && caching.toLowerCase(Locale.ROOT).contains("no-transform"));
    }

    private static boolean isStream(MultiMap headers) {
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        return type != null
                && (type.regionMatches(true, 0, "text/event-stream", 0, "text/event-stream".length())
                        || type.regionMatches(true, 0, "application/grpc", 0, "application/grpc".length()));
    }

    private void piece(Buffer piece) {
        if (over) {
            return;
        }
        received += piece.length();
        listener.moved();
        if (length != UNKNOWN && received > length) {
            torn();
            return;
        }
        if (received == length && from.request().version() != HttpVersion.HTTP_2) {
            // No trailers can follow: the last piece and the end go out together.
            finish();
            to.end(piece);
            return;
        }
        to.write(piece);
        if (to.writeQueueFull()) {
            waiting = true;
            listener.moved();
            from.pause();
            to.drainHandler(v -> {
                waiting = false;
                listener.moved();
                from.resume();
            });
        }
    }

    private void ended() {
        if (over) {
            return;
        }
        if (length != UNKNOWN && received < length) {
            torn();
            return;
        }
        MultiMap trailers = from.trailers();
        // Before HTTP/2 only chunked bodies have trailers.
        boolean chunked = length == UNKNOWN && request.version() == HttpVersion.HTTP_1_1;
        if (!trailers.isEmpty() && (chunked || request.version() == HttpVersion.HTTP_2)) {
            ResponseHeaders.writeTrailers(trailers, to.trailers());
        }
        end();
    }

    private void end() {
        if (!over) {
            boolean byClosing = request.version() == HttpVersion.HTTP_1_0 && length == UNKNOWN && hasBody();
            finish();
            to.end().onComplete(done -> {
                if (byClosing) {
                    request.connection().close();
                }
            });
        }
    }

    /** Before the end is written: that tells everybody that the answer is over. */
    private void finish() {
        over = true;
        listener.downloaded();
    }

    private void torn() {
        if (!over) {
            over = true;
            listener.torn();
        }
    }

    /** Nothing more goes to the client. */
    void stop() {
        over = true;
    }
}
