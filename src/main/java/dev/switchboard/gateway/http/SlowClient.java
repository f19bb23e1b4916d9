package dev.switchboard.gateway.http;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far an HTTP/1 connection is, and when what it waits for must have come. Vert.x has one time-out, for connections on
 * which nothing moves at all; a client that sends a byte now and then would never meet it. Two handlers in the pipeline: one
 * sees bytes come, the other sees what they mean and what is answered.
 */
final class SlowClient extends ChannelDuplexHandler {
    static final AttributeKey<SlowClient> KEY = AttributeKey.valueOf(SlowClient.class, "watched");

    /** As Vert.x calls them. */
    private static final String DECODER = "httpDecoder";

    private static final String DOOR = "handler";

    private final Supplier<ClientTimes> times;
    private final Set<SlowClient> all;
    private final Wire wire = new Wire();
    private @Nullable ChannelHandlerContext bytes;

    /** Requests whose answers are not written yet. */
    private int inFlight;

    /** Whether a part of the next head has come. */
    private boolean begun;

    /** When the next head must have come; 0 while a request is served. */
    private long deadline;

    /** Bytes of the last answer that the client had not taken when they were last looked at; 0 before. */
    private long untaken;

    private boolean bodyOpen;
    private long bodySince;
    private long bodyBytes;
    private long lastCheck;
    private @Nullable RoutingContext serving;

    private SlowClient(Supplier<ClientTimes> times, Set<SlowClient> all) {
        this.times = times;
        this.all = all;
    }

    /** Watches a new connection, if it speaks HTTP/1. */
    static void watch(ChannelPipeline pipeline, Supplier<ClientTimes> times, Set<SlowClient> all) {
        if (pipeline.get(DECODER) == null) {
            return;
        }
        SlowClient client = new SlowClient(times, all);
        pipeline.addBefore(DECODER, null, client.wire);
        pipeline.addBefore(DOOR, null, client);
        pipeline.channel().attr(KEY).set(client);
        client.deadline = System.nanoTime() + times.get().header().toNanos();
        all.add(client);
    }

    /** The request that the connection is at. */
    void serves(RoutingContext rc) {
        serving = bodyOpen ? rc : null;
    }

    private final class Wire extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            bytes = ctx;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (inFlight == 0 && !bodyOpen && !begun) {
                begun = true;
                deadline = Math.min(
                        deadline, System.nanoTime() + times.get().header().toNanos());
            }
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest) {
            inFlight++;
            begun = false;
            deadline = 0;
            if (!(message instanceof LastHttpContent)) {
                bodyOpen = true;
                bodyBytes = 0;
                bodySince = 0;
            }
        } else if (message instanceof HttpContent content) {
            bodyBytes += content.content().readableBytes();
            if (message instanceof LastHttpContent) {
                bodyOpen = false;
                serving = null;
                waitIfIdle();
            }
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean last = message instanceof LastHttpContent;
        if (message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            last = false;
            if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                leave();
            }
        }
        ctx.write(message, promise);
        if (last) {
            inFlight = Math.max(0, inFlight - 1);
            waitIfIdle();
        }
    }

    private void waitIfIdle() {
        if (inFlight == 0 && !bodyOpen) {
            begun = false;
            untaken = 0;
            deadline = System.nanoTime() + times.get().keepAlive().toNanos();
        }
    }

    /** From here on it is no HTTP/1. */
    private void leave() {
        ChannelHandlerContext below = bytes;
        if (below != null && !below.isRemoved()) {
            below.pipeline().remove(wire);
            below.pipeline().remove(this);
        }
    }

    /** The connection is over, or has left HTTP, by whosever hand. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        all.remove(this);
        ctx.channel().attr(KEY).set(null);
    }

    /** Sends the client away if it took too long. */
    void check(long now) {
        ChannelHandlerContext below = bytes;
        if (below == null || below.isRemoved()) {
            return;
        }
        if (bodyOpen) {
            checkBody(below, now);
        } else if (deadline != 0 && now > deadline && !stillTakes(below, now)) {
            all.remove(this);
            if (begun) {
                below.writeAndFlush(Unpooled.wrappedBuffer(Failures.rawAnswer(tooLate())))
                        .addListener(ChannelFutureListener.CLOSE);
            } else {
                // Browsers keep connections in store: an answer to nothing would only confuse them.
                below.close();
            }
        }
        lastCheck = now;
    }

    /** Whether the client has not taken all of the last answer yet, and is not too slow about it. */
    private boolean stillTakes(ChannelHandlerContext below, long now) {
        ChannelOutboundBuffer out = below.channel().unsafe().outboundBuffer();
        long left = out == null ? 0 : out.totalPendingWriteBytes();
        long least = times.get().minBodyRate() * times.get().keepAlive().toSeconds();
        if (begun || left == 0 || (untaken != 0 && untaken - left < least)) {
            return false;
        }
        untaken = left;
        deadline = now + times.get().keepAlive().toNanos();
        return true;
    }

    private void checkBody(ChannelHandlerContext below, long now) {
        if (bodySince == 0) {
            bodySince = now;
        } else if (!below.channel().config().isAutoRead()) {
            // It is we who do not read: this time is not the client's.
            bodySince += now - lastCheck;
        } else if (now - bodySince > times.get().nanosFor(bodyBytes)) {
            RoutingContext rc = serving;
            all.remove(this);
            if (rc == null) {
                below.close();
            } else {
                refuse(rc);
            }
        }
    }

    /** Fails a request whose body does not come. */
    static void refuse(RoutingContext rc) {
        rc.fail(Fault.REQUEST_TIMEOUT.status(), tooLate());
    }

    private static FaultException tooLate() {
        return Fault.REQUEST_TIMEOUT.because("The request took too long to arrive.");
    }
}
