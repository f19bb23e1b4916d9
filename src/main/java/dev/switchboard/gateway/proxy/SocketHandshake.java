package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.bridge.CloseCode;
import dev.switchboard.gateway.bridge.Deadlines;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.Attempt;
import dev.switchboard.gateway.upstream.Upstream;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From an upgrade that was let in to the service's answer: addresses are tried until one takes the connection. */
final class SocketHandshake extends LiveSocket implements UpgradeAnswer.Receiver {
    private static final Set<Integer> NO_BODY = Set.of(204, 304);
    private static final HttpDecoderConfig DECODING =
            new HttpDecoderConfig().setMaxInitialLineLength(8 << 10).setMaxHeaderSize(64 << 10);

    private final SocketLoop loop;
    private final SocketRequest socket;
    private final Channel client;
    private final Upstream upstream;
    private final UpstreamOptions service;
    private final Set<Address> tried = new HashSet<>();
    private final ContextInternal context;
    private final Promise<Void> answered;
    private final ChannelFutureListener clientGone = closed -> abandon();
    private long deadline;
    private long leaveAt = Deadlines.NEVER;
    private @Nullable Attempt attempt;
    private @Nullable Channel connection;
    /** The status of a refusal that is being passed on. */
    private int refused;

    private boolean over;

    /** @param context of the request */
    SocketHandshake(SocketLoop loop, SocketRequest socket, Channel client, ContextInternal context) {
        this.loop = loop;
        this.context = context;
        this.answered = context.promise();
        this.socket = socket;
        this.client = client;
        this.upstream = socket.passage().upstream();
        this.service = upstream.options();
        this.deadline = loop.now() + socket.passage().timeout().toMillis();
    }

    /** Begins. Fails with what the client is to be told when there is no answer of the service to pass on. */
    Future<Void> start() {
        client.closeFuture().addListener(clientGone);
        attempt();
        return answered.future();
    }

    private void attempt() {
        Attempt next;
        try {
            next = upstream.chooseForSocket(tried);
        } catch (FaultException e) {
            fail(e);
            return;
        }
        attempt = next;
        loop.schedule(this, deadline);
        Address address = next.address();
        long left = Math.max(1, deadline - loop.now());
        var options = new ConnectOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setSsl(address.tls())
                .setTimeout((int) Math.min(left, service.connectTimeout().toMillis()));
        if (address.tls()) {
            options.setSslOptions(loop.tls(service.tls()));
        }
        loop.client().connect(options).onComplete(this::connected, this::unreachable);
    }

    private Attempt current() {
        return Objects.requireNonNull(attempt);
    }

    private void unreachable(Throwable cause) {
        if (over) {
            return;
        }
        Attempt failed = current();
        failed.failed(Attempt.Failure.UNREACHABLE);
        tried.add(failed.address());
        // Nothing was sent yet. To knock again at the one door that was just found shut helps nobody.
        if (tried.size() < service.addresses().size() && loop.now() < deadline && upstream.mayRetry()) {
            attempt();
        } else {
            fail(Fault.UPSTREAM_UNREACHABLE.because("The service cannot be reached."));
        }
    }

    private void connected(NetSocket made) {
        Channel channel = ((NetSocketInternal) made).channelHandlerContext().channel();
        if (over) {
            channel.close();
            return;
        }
        connection = channel;
        var answer = new UpgradeAnswer(channel, this);
        Takeover.of(channel, answer);
        channel.pipeline()
                .addBefore(
                        channel.pipeline().context(answer).name(), null, new HttpClientCodec(DECODING, false, false));
        var ask = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.GET, socket.target(), Unpooled.EMPTY_BUFFER);
        SocketHeaders.ask(socket.request(), socket.passage(), current().address(), ask.headers());
        channel.writeAndFlush(ask, channel.voidPromise());
    }

    @Override
    public void switched(HttpResponse head, UpgradedService to) {
        String key = socket.request().getHeader(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        if (over || !SocketHeaders.accepts(head, key)) {
            broken();
            return;
        }
        if (!client.isWritable()) {
            // An answer before this one still waits, and Vert.x would write ours when there is nothing left to encode
            // it.
            client.close();
            return;
        }
        current().answering(head.status().code());
        context.emit(v -> {
            MultiMap headers = socket.request().response().headers();
            SocketHeaders.answer(head, headers);
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
            // Writes the head.
            socket.request().toNetSocket().onComplete(done -> join(to), failure -> abandon());
        });
    }

    private void join(UpgradedService to) {
        OpenSocket about = about();
        done();
        Tunnel.open(loop, about, current(), client, to, leaveAt);
        answered.complete();
    }

    @Override
    public void refused(HttpResponse head) {
        if (over) {
            return;
        }
        refused = head.status().code();
        heard();
        current().answering(head.status().code());
        context.emit(v -> {
            HttpServerResponse response = socket.request().response();
            response.setStatusCode(head.status().code())
                    .setStatusMessage(head.status().reasonPhrase());
            SocketHeaders.answer(head, response.headers());
            if (head.status().code() == 426) {
                // RFC 9110 §15.5.22: says what it would rather be asked for.
                response.putHeader(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                        .putHeader(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
            }
            String length = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
            if (length != null) {
                response.putHeader(HttpHeaderNames.CONTENT_LENGTH, length);
            } else if (!NO_BODY.contains(head.status().code())) {
                response.setChunked(true);
            }
            response.writeHead();
        });
    }

    @Override
    public void body(Buffer part) {
        Channel from = connection;
        if (over || from == null) {
            return;
        }
        heard();
        context.emit(v -> {
            HttpServerResponse response = socket.request().response();
            response.write(part);
            if (response.writeQueueFull()) {
                from.config().setAutoRead(false);
                response.drainHandler(drained -> from.config().setAutoRead(true));
            }
        });
    }

    @Override
    public void end() {
        if (!over) {
            current().answered(refused);
            finish();
            context.emit(v -> socket.request().response().end());
            answered.complete();
        }
    }

    private void heard() {
        deadline = loop.now() + service.idleTimeout().toMillis();
        loop.schedule(this, deadline);
    }

    @Override
    public void broken() {
        if (!over) {
            current().failed(Attempt.Failure.BROKEN);
            fail(Fault.BAD_GATEWAY.because("The service gave no proper answer."));
        }
    }

    @Override
    public long due(long now) {
        if (now >= deadline && connection == null) {
            current().failed(Attempt.Failure.UNREACHABLE);
            fail(Fault.UPSTREAM_UNREACHABLE.because("The service cannot be reached."));
        } else if (now >= deadline) {
            current().failed(Attempt.Failure.TIMEOUT);
            fail(Fault.TIMEOUT.because("The service took too long."));
        }
        return deadline;
    }

    @Override
    OpenSocket about() {
        return new OpenSocket(
                socket.route(),
                service.name(),
                current().address(),
                socket.passage().inbound().identity());
    }

    @Override
    void end(CloseCode why) {
        current().cancelled();
        fail(
                why == CloseCode.SESSION_REVOKED
                        ? Fault.SESSION_REVOKED.because("The session was ended.")
                        : Fault.UNAVAILABLE.because("The route has changed."));
    }

    @Override
    void leaveAt(long millis) {
        leaveAt = Math.min(leaveAt, millis);
    }

    /** The client is gone. */
    private void abandon() {
        if (!over) {
            Attempt abandoned = attempt;
            if (abandoned != null) {
                abandoned.cancelled();
            }
            fail(Fault.BAD_REQUEST.because("The client went away."));
        }
    }

    private void fail(FaultException fault) {
        finish();
        if (refused > 0) {
            // The client has a part of the answer: a cut is the only way to say that the rest will not come.
            client.close();
        }
        answered.tryFail(fault);
    }

    /** The connection to the service is not needed any more. */
    private void finish() {
        done();
        Channel made = connection;
        if (made != null) {
            made.close();
        }
    }

    private void done() {
        over = true;
        loop.remove(this);
        client.closeFuture().removeListener(clientGone);
    }
}
