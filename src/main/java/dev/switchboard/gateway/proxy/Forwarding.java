package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.Attempt;
import dev.switchboard.gateway.upstream.Attempt.Failure;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request, from the door to a service and back; on one event loop. */
final class Forwarding implements Upload.Listener, Download.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);

    /** RFC 9110 §9.2.2: asking twice does what asking once does. */
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

    private static final int MOST_ATTEMPTS = 3;

    /** How long a client that was answered already may go on sending its body before it is cut off. */
    private static final long LINGER_MS = 2_000;

    private static final Duration SATURATED = Duration.ofSeconds(1);

    /** What is waited for. */
    private enum Phase {
        CONNECTION,
        BODY,
        ANSWER,
        REST_OF_ANSWER
    }

    private final Vertx vertx;
    private final RoutingContext rc;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Passage passage;
    private final Supplier<UpstreamClient> client;
    private final Duration stall;
    private final String target;
    private final Set<Address> tried = new HashSet<>();
    private final Context context;
    private final Alarm alarm;
    private final Upload upload;

    private Phase phase = Phase.CONNECTION;
    private @Nullable Attempt attempt;
    private @Nullable HttpClientRequest service;
    private @Nullable Download download;
    private @Nullable Continuation continuation;
    private int attempts;
    private boolean downloaded;
    private boolean over;

    /** @throws FaultException {@code payload_too_large} or {@code bad_request} for what the request says of its body */
    Forwarding(Vertx vertx, RoutingContext rc, Passage passage, Supplier<UpstreamClient> client, Duration stall) {
        this.vertx = vertx;
        this.rc = rc;
        this.request = rc.request();
        this.response = rc.response();
        this.passage = passage;
        this.client = client;
        this.stall = stall;
        this.target = RequestTarget.of(passage.path(), request.uri());
        this.context = vertx.getOrCreateContext();
        this.alarm = new Alarm(vertx, this::tooLate);
        this.upload = new Upload(request, passage.maxBody(), this);
    }

    void start() {
        rc.addEndHandler(this::clientDone);
        alarm.set(passage.timeout());
        upload.open(context, this::attempt);
    }

    private void attempt() {
        if (over) {
            return;
        }
        Attempt next;
        try {
            next = passage.upstream().choose(tried);
        } catch (FaultException refused) {
            fail(refused);
            return;
        }
        attempts++;
        attempt = next;
        phase = Phase.CONNECTION;
        if (!upload.isComplete()) {
            alarm.set(passage.timeout());
        }
        client.get()
                .request(next.address(), request.method(), target, passage.timeout())
                .onSuccess(connected -> guarded(() -> send(next, connected)))
                .onFailure(cause -> unreachable(next, cause));
    }

    private void unreachable(Attempt failed, Throwable cause) {
        if (over) {
            return;
        }
        if (cause instanceof ConnectionPoolTooBusyException || cause instanceof TimeoutException) {
            failed.cancelled();
            fail(saturated());
            return;
        }
        told(failed, "cannot be reached", cause);
        failed.failed(Failure.UNREACHABLE);
        tried.add(failed.address());
        // To knock again at the one door that was just found shut helps nobody.
        boolean elsewhere =
                tried.size() < passage.upstream().options().addresses().size();
        if (elsewhere && mayRetry()) {
            attempt();
        } else {
            fail(Fault.UPSTREAM_UNREACHABLE.because("The service cannot be reached."));
        }
    }

    /** Clients learn the kind of a failure, the log its cause. */
    private void told(Attempt failed, String what, Throwable cause) {
        LOG.debug("request {}: {} {}: {}", passage.inbound().requestId(), failed.address(), what, cause.toString());
    }

    private boolean mayRetry() {
        return upload.isRepeatable()
                && attempts < MOST_ATTEMPTS
                && passage.upstream().mayRetry();
    }

    private void send(Attempt now, HttpClientRequest connected) {
        // The future of the answer fails too.
        connected.exceptionHandler(e -> {});
        if (over) {
            // Nothing was sent, so the connection is as good as before.
            connected.reset();
            return;
        }
        service = connected;
        RequestHeaders.write(request.headers(), version(), passage, connected.headers());
        String host = passage.host();
        if (host != null) {
            connected.authority(HostAndPort.parseAuthority(host, -1));
        }
        upload.frame(connected);
        ServiceRequests.passTrailerSupport(request, connected);
        Continuation expected = Continuation.of(vertx, request, upload);
        continuation = expected;
        connected.earlyHintsHandler(hints -> EarlyHints.pass(hints, request));
        phase = upload.isComplete() ? Phase.ANSWER : Phase.BODY;
        if (phase == Phase.BODY) {
            alarm.set(passage.upstream().options().idleTimeout());
        }
        Future<Void> head = expected == null ? upload.send(connected) : expected.send(connected);
        connected
                .response()
                .onSuccess(answer -> guarded(() -> answered(now, connected, answer)))
                .onFailure(cause -> broken(now, connected, head, cause));
    }

    private String version() {
        return switch (request.version()) {
            case HTTP_1_0 -> "1.0";
            case HTTP_1_1 -> "1.1";
            case HTTP_2 -> "2";
        };
    }

    /** There was a connection, but no answer. */
    private void broken(Attempt failed, HttpClientRequest connected, Future<Void> head, Throwable cause) {
        if (over || service != connected) {
            return;
        }
        told(failed, "did not answer", cause);
        service = null;
        stopWaiting();
        boolean unsent = head.failed() || isRefused(cause);
        boolean stale = connected.streamId() > 1 && !(cause instanceof StreamResetException);
        if (stale || unsent) {
            // Services close connections that were not used for a while; that is no sign of illness.
            failed.cancelled();
        } else {
            failed.failed(Failure.BROKEN);
            tried.add(failed.address());
        }
        ServiceRequests.abandon(connected);
        if ((unsent || IDEMPOTENT.contains(request.method())) && mayRetry()) {
            upload.detach();
            attempt();
        } else {
            fail(badGateway());
        }
    }

    private static boolean isRefused(Throwable cause) {
        return cause instanceof StreamResetException reset && reset.getCode() == Http2Error.REFUSED_STREAM.code();
    }

    private void answered(Attempt now, HttpClientRequest connected, HttpClientResponse answer) {
        if (over || service != connected) {
            return;
        }
        stopWaiting();
        if (!Download.isAnswer(answer)) {
            answer.exceptionHandler(e -> {});
            now.failed(Failure.BROKEN);
            fail(badGateway());
            return;
        }
        now.answering(answer.statusCode());
        phase = Phase.REST_OF_ANSWER;
        alarm.set(passage.upstream().options().idleTimeout());
        Download started = new Download(answer, request, context, this);
        download = started;
        started.start();
    }

    private void stopWaiting() {
        Continuation expected = continuation;
        if (expected != null) {
            expected.stop();
        }
    }

    @Override
    public void moved() {
        if (phase == Phase.BODY || phase == Phase.REST_OF_ANSWER) {
            Download started = download;
            boolean client = started != null && started.isWaiting();
            alarm.set(client ? stall : passage.upstream().options().idleTimeout());
        }
    }

    @Override
    public void uploaded() {
        if (phase == Phase.BODY) {
            phase = Phase.ANSWER;
            alarm.set(passage.timeout());
        }
    }

    @Override
    public void refused(FaultException why) {
        end(Attempt::cancelled);
        fail(why);
    }

    @Override
    public void downloaded() {
        downloaded = true;
        int status = response.getStatusCode();
        end(tried -> tried.answered(status));
        finish();
        if (!upload.isComplete()) {
            discardBody();
        }
    }

    /** The client was answered before it had sent everything: it may end, but not for ever. */
    private void discardBody() {
        upload.discard();
        vertx.setTimer(LINGER_MS, t -> {
            if (!request.isEnded()) {
                cut();
            }
        });
    }

    @Override
    public void torn() {
        end(tried -> tried.failed(Failure.BROKEN));
        abort();
    }

    private void tooLate() {
        if (over) {
            return;
        }
        switch (phase) {
            case CONNECTION -> {
                end(Attempt::cancelled);
                fail(saturated());
            }
            case BODY -> {
                if (upload.isWaiting()) {
                    tooSlow();
                } else {
                    end(Attempt::cancelled);
                    fail(Fault.BAD_REQUEST.because("The body did not come in time."));
                }
            }
            case ANSWER -> tooSlow();
            case REST_OF_ANSWER -> {
                Download started = download;
                boolean client = started != null && started.isWaiting();
                end(tried -> {
                    if (client) {
                        tried.cancelled();
                    } else {
                        tried.failed(Failure.TIMEOUT);
                    }
                });
                abort();
            }
        }
    }

    private void tooSlow() {
        end(tried -> tried.failed(Failure.TIMEOUT));
        fail(Fault.TIMEOUT.because("The service took too long."));
    }

    /** What Vert.x calls must not throw: nobody would answer the client. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            end(Attempt::cancelled);
            if (response.headWritten()) {
                abort();
            } else {
                finish();
                upload.discard();
                rc.fail(e);
            }
        }
    }

    private static FaultException saturated() {
        return Fault.UNAVAILABLE
                .because("The service has too much to do at the moment.")
                .retryIn(SATURATED);
    }

    private static FaultException badGateway() {
        return Fault.BAD_GATEWAY.because("The service's answer was broken.");
    }

    /** The client has its answer, or it is gone. */
    private void clientDone(AsyncResult<Void> result) {
        if (!over) {
            end(Attempt::cancelled);
            finish();
        }
    }

    private void end(Consumer<Attempt> how) {
        Attempt now = attempt;
        if (now != null) {
            how.accept(now);
        }
    }

    private void fail(FaultException fault) {
        if (over) {
            return;
        }
        if (response.headWritten()) {
            abort();
            return;
        }
        finish();
        upload.discard();
        rc.fail(fault);
    }

    /** The client has a part of the answer: only a cut says that the rest will not come. */
    private void abort() {
        finish();
        upload.discard();
        cut();
    }

    private void cut() {
        if (request.version() == HttpVersion.HTTP_2) {
            response.reset(Http2Error.INTERNAL_ERROR.code());
            return;
        }
        if (request.version() == HttpVersion.HTTP_1_0) {
            // There the end of the connection is the end of the answer, unless it comes as a reset.
            ((HttpServerConnection) request.connection())
                    .channelHandlerContext()
                    .channel()
                    .config()
                    .setOption(ChannelOption.SO_LINGER, 0);
        }
        request.connection().close();
    }

    private void finish() {
        over = true;
        alarm.stop();
        stopWaiting();
        Download started = download;
        if (started != null) {
            started.stop();
        }
        HttpClientRequest connected = service;
        if (connected != null && !(downloaded && upload.isSent())) {
            ServiceRequests.abandon(connected);
        }
    }
}
