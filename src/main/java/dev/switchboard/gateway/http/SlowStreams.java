package dev.switchboard.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What {@link SlowClient} is for HTTP/1, for a connection of HTTP/2: it must have its first request soon, is not kept for
 * ever without one (pings and headers that never end are none), and the answers on it must be taken.
 */
final class SlowStreams {
    private final Supplier<ClientTimes> times;
    private final ChannelHandlerContext channel;
    private final Http2Connection streams;
    private final Http2ConnectionHandler handler;

    /** By when the rest of an answer must have been taken. */
    private final Http2Connection.PropertyKey takenBy;

    /** When there must be a request, if there is none now. */
    private long deadline;

    SlowStreams(ChannelHandlerContext channel, Http2ConnectionHandler handler, Supplier<ClientTimes> times) {
        this.times = times;
        this.channel = channel;
        this.handler = handler;
        this.streams = handler.connection();
        this.takenBy = streams.newKey();
        this.deadline = System.nanoTime() + times.get().header().toNanos();
    }

    /** There was a request. */
    void asked() {
        deadline = System.nanoTime() + times.get().keepAlive().toNanos();
    }

    /** The answer on a stream is complete; what the client has not taken yet waits here. */
    void answered(HttpServerResponse response) {
        asked();
        Http2Stream stream = streams.stream(response.streamId());
        if (stream != null) {
            long bytes = Math.max(response.bytesWritten(), announced(response));
            stream.setProperty(takenBy, System.nanoTime() + times.get().nanosToTake(bytes));
        }
    }

    private static long announced(HttpServerResponse response) {
        String length = response.headers().get(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    /** Ends what took too long; false when the connection is over. */
    boolean check(long now) {
        if (!channel.channel().isActive()) {
            return false;
        }
        if (streams.numActiveStreams() > 0) {
            deadline = now + times.get().keepAlive().toNanos();
            late(now)
                    .forEach(stream ->
                            handler.resetStream(channel, stream.id(), Http2Error.CANCEL.code(), channel.newPromise()));
            channel.flush();
        } else if (now - deadline > 0) {
            channel.channel().close();
            return false;
        }
        return true;
    }

    private List<Http2Stream> late(long now) {
        List<Http2Stream> late = new ArrayList<>();
        try {
            streams.forEachActiveStream(stream -> {
                Long due = stream.getProperty(takenBy);
                if (due != null && now - due > 0) {
                    late.add(stream);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("a visitor that throws nothing", e);
        }
        return late;
    }
}
