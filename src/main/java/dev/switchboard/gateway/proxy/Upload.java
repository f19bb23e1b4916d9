package dev.switchboard.gateway.proxy;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way to a service: no faster than the service reads, no longer than the route allows. The
 * first piece is kept until there is a connection, so a body of one piece can be sent again; a longer one cannot.
 */
final class Upload {
    private static final Set<HttpMethod> USUALLY_WITH_BODY = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);
    private static final String CHUNKED = "chunked";
    private static final long UNKNOWN = -1;

    /** What the upload tells. */
    interface Listener {
        /** Bytes moved. */
        void moved();

        /** The whole body was handed over. */
        void uploaded();

        /** It cannot go on. */
        void refused(FaultException why);
    }

    private final HttpServerRequest request;
    private final long most;
    private final long length;
    private final Listener listener;
    private @Nullable Buffer held;
    private @Nullable HttpClientRequest to;
    private long received;
    /** Everything has come from the client. */
    private boolean complete;

    /** Somebody listens to the request, and holds it. */
    private boolean opened;

    private boolean waiting;
    private boolean touched;
    private boolean sent;
    private boolean discarding;

    /**
     * @param most bytes that may come
     * @throws FaultException {@code payload_too_large} when the client announces more, {@code bad_request} for an announced
     *     length that is none
     */
    Upload(HttpServerRequest request, long most, Listener listener) {
        this.request = request;
        this.most = most;
        this.listener = listener;
        this.length = announced(request);
        if (length > most) {
            throw tooLarge();
        }
    }

    private static long announced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            try {
                return Long.parseUnsignedLong(length);
            } catch (NumberFormatException e) {
                throw Fault.BAD_REQUEST.because("The length of the body is no number.");
            }
        }
        List<String> codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return request.version() == HttpVersion.HTTP_2 ? UNKNOWN : 0;
        }
        if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase(CHUNKED)) {
            // The service would get a body in a coding that it is not told of.
            throw Fault.BAD_REQUEST.because("The body may be chunked, and not coded in another way.");
        }
        return UNKNOWN;
    }

    private static FaultException tooLarge() {
        return Fault.PAYLOAD_TOO_LARGE.because("The body is too large.");
    }

    /**
     * Looks whether there is a body, without waiting for one: only HTTP/1.1 says so beforehand. Then runs {@code next}, at
     * once if nothing is to be looked for.
     */
    void open(Context context, Runnable next) {
        if (request.isEnded() || length == 0) {
            complete = true;
            next.run();
            return;
        }
        opened = true;
        request.pause();
        request.handler(this::piece).endHandler(v -> ended()).exceptionHandler(e -> {});
        request.fetch(1);
        // Behind the delivery of what is there already.
        context.runOnContext(v -> next.run());
    }

    private void piece(Buffer piece) {
        if (discarding) {
            return;
        }
        received += piece.length();
        listener.moved();
        if (received > most) {
            listener.refused(tooLarge());
            return;
        }
        complete = received == length;
        HttpClientRequest service = to;
        if (service == null) {
            held = piece;
            return;
        }
        touched = true;
        held = null;
        write(service, piece);
    }

    private void ended() {
        if (discarding || complete) {
            return;
        }
        if (received < length) {
            listener.refused(Fault.BAD_REQUEST.because("The body is shorter than announced."));
            return;
        }
        complete = true;
        HttpClientRequest service = to;
        if (service != null) {
            service.end();
            finish();
        }
    }

    private void write(HttpClientRequest service, Buffer piece) {
        if (complete) {
            service.end(piece);
            finish();
            return;
        }
        service.write(piece);
        if (service.writeQueueFull()) {
            pause();
            waiting = true;
            service.drainHandler(v -> {
                waiting = false;
                listener.moved();
                resume();
            });
        }
    }

    private void finish() {
        sent = true;
        if (opened) {
            resume();
        }
        listener.uploaded();
    }

    /** Whether the client has sent all of the body, if there is any. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the service was given all of it. */
    boolean isSent() {
        return sent;
    }

    /** Whether there is a body of which nothing has come yet. */
    boolean isAwaited() {
        return !complete && received == 0;
    }

    /** Whether the service is what is waited for: it does not take what the client has sent. */
    boolean isWaiting() {
        return waiting;
    }

    /** Whether another service can be given all of it. */
    boolean isRepeatable() {
        return !touched;
    }

    /** Sets the headers that frame the body. */
    void frame(HttpClientRequest service) {
        Buffer first = held;
        if (length > 0) {
            service.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
        } else if (!complete) {
            service.setChunked(true);
        } else if (first != null) {
            service.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(first.length()));
        } else if (USUALLY_WITH_BODY.contains(request.method())) {
            service.putHeader(HttpHeaders.CONTENT_LENGTH, "0");
        }
    }

    /**
     * Sends the head, and the body as it comes.
     *
     * @return fails when not all of the head reached the network: then the service cannot have acted on it
     */
    Future<Void> send(HttpClientRequest service) {
        Buffer first = held;
        Future<Void> head;
        if (complete) {
            head = first == null ? service.end() : service.end(first);
            finish();
            return head;
        }
        head = first == null ? service.sendHead() : service.write(first);
        pipe(service);
        return head;
    }

    /** Sends the body, after the head. */
    void pipe(HttpClientRequest service) {
        to = service;
        resume();
    }

    /** Lets go of a service that failed, for another one. */
    void detach() {
        to = null;
        waiting = false;
        sent = false;
    }

    /** Nobody needs what is still to come; it is read so that the client can read the answer. */
    void discard() {
        discarding = true;
        held = null;
        to = null;
        resume();
    }

    private void pause() {
        if (!request.isEnded()) {
            request.pause();
        }
    }

    private void resume() {
        // HTTP/2 streams that are over refuse it.
        if (!request.isEnded()) {
            request.resume();
        }
    }
}
