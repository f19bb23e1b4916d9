package dev.switchboard.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The patience of one event loop with its clients (slowloris and its kin). Nothing is measured for a single request: what
 * must end some time is looked through a few times a second.
 */
public final class Patience {
    /** How exact the times are. */
    private static final long SWEEP_MS = 250;

    /** HTTP/2 lets a client send so much before it waits for us (RFC 9113 §6.9.2): a pause beyond it may be our own. */
    private static final long OUR_WINDOW = 65_535;

    private final Vertx vertx;
    private final Supplier<ClientTimes> times;
    private final Set<SlowClient> connections = new HashSet<>();
    private final Map<HttpConnection, SlowStreams> multiplexed = new HashMap<>();
    private final Set<Upload> uploads = new HashSet<>();
    private final long timer;

    private record Upload(RoutingContext rc, long since) {}

    /**
     * To be made and used on one event loop.
     *
     * @param times asked each time: they may change
     */
    public Patience(Vertx vertx, Supplier<ClientTimes> times) {
        this.vertx = vertx;
        this.times = times;
        this.timer = vertx.setPeriodic(SWEEP_MS, t -> sweep());
    }

    /** Watches a connection from now on: once it is known what it speaks, before its first request. */
    public void watch(HttpConnection connection) {
        if (connection instanceof HttpServerConnection server) {
            ChannelHandlerContext channel = server.channelHandlerContext();
            if (channel.handler() instanceof Http2ConnectionHandler handler) {
                multiplexed.put(connection, new SlowStreams(channel, handler, times));
            } else {
                SlowClient.watch(channel.pipeline(), times, connections);
            }
        }
    }

    /** Watches a request: its body, and with HTTP/2 its answer too. */
    void watch(RoutingContext rc) {
        HttpServerRequest request = rc.request();
        if (request.version() == HttpVersion.HTTP_2) {
            if (!request.isEnded()) {
                uploads.add(new Upload(rc, System.nanoTime()));
            }
            SlowStreams streams = multiplexed.get(request.connection());
            if (streams != null) {
                streams.asked();
                rc.addEndHandler(ended -> streams.answered(request.response()));
            }
        } else if (request.connection() instanceof HttpServerConnection server) {
            SlowClient client = server.channelHandlerContext()
                    .channel()
                    .attr(SlowClient.KEY)
                    .get();
            if (client != null) {
                client.serves(rc);
            }
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        // A client that is sent away leaves the set.
        for (SlowClient client : Set.copyOf(connections)) {
            client.check(now);
        }
        multiplexed.values().removeIf(streams -> !streams.check(now));
        for (Iterator<Upload> all = uploads.iterator(); all.hasNext(); ) {
            Upload upload = all.next();
            HttpServerRequest request = upload.rc().request();
            if (request.isEnded()
                    || request.response().ended()
                    || request.response().closed()) {
                all.remove();
            } else if (tooSlow(request, now - upload.since())) {
                all.remove();
                SlowClient.refuse(upload.rc());
            }
        }
    }

    private boolean tooSlow(HttpServerRequest request, long nanos) {
        long bytes = request.bytesRead();
        return bytes < OUR_WINDOW && nanos > times.get().nanosFor(bytes) && !isWhole(request, bytes);
    }

    /** It may have come in full and wait for us. */
    private static boolean isWhole(HttpServerRequest request, long bytes) {
        return String.valueOf(bytes).equals(request.getHeader("content-length"));
    }

    /** Lets go of the timer. */
    public void stop() {
        vertx.cancelTimer(timer);
    }
}
