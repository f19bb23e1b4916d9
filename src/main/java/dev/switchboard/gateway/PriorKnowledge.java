package dev.switchboard.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;
import io.vertx.core.net.impl.NetSocketImpl;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 without TLS for clients that speak it from their first byte (RFC 9113 §3.3), and not by an upgrade. Vert.x 5.0 has
 * both or neither. An upgraded request would reach the door as HTTP/2 without having been through its checks for HTTP/1.1;
 * ignoring the offer is what RFC 9110 §7.8 allows and what RFC 9113 asks for, and clients such as the JDK's then go on with
 * HTTP/1.1.
 */
final class PriorKnowledge {
    private PriorKnowledge() {}

    /**
     * A server like {@link Vertx#createHttpServer(HttpServerOptions)}'s, that ignores offers to upgrade to HTTP/2.
     *
     * @param admission asked for each connection; one that it says no to is closed
     * @param patience after which a connection without TLS is closed if it has not shown by then which protocol it speaks
     */
    static HttpServer createHttpServer(
            Vertx vertx, HttpServerOptions options, Supplier<Duration> patience, Predicate<NetSocket> admission) {
        VertxInternal internal = (VertxInternal) vertx;
        return new HttpServerImpl(
                new VertxWrapper(internal) {
                    @Override
                    public NetServerInternal createNetServer(NetServerOptions tcp) {
                        return new Guarded(internal, tcp.copy(), patience, admission);
                    }
                },
                options);
    }

    private static final class Guarded extends NetServerImpl {
        private final Supplier<Duration> patience;
        private final Predicate<NetSocket> admission;

        Guarded(
                VertxInternal vertx,
                NetServerOptions options,
                Supplier<Duration> patience,
                Predicate<NetSocket> admission) {
            super(vertx, options);
            this.patience = patience;
            this.admission = admission;
        }

        @Override
        public synchronized NetServerInternal connectHandler(Handler<NetSocket> handler) {
            return super.connectHandler(socket -> {
                if (!admission.test(socket)) {
                    socket.close();
                    return;
                }
                handler.handle(socket);
                ChannelPipeline pipeline = ((NetSocketImpl) socket).channel().pipeline();
                if (pipeline.get(Http1xOrH2CHandler.class) != null) {
                    pipeline.addFirst(new Opening(patience.get()));
                }
            });
        }
    }

    /**
     * Until it is known which protocol a connection speaks: hands its first bytes over one by one. So there is a moment at
     * which HTTP/1.1 is chosen and its first request is not read yet.
     */
    private static final class Opening extends ChannelInboundHandlerAdapter {
        /** As Vert.x calls its handler of upgrades. */
        private static final String UPGRADES = "h2c";

        private final Duration patience;
        private @Nullable Future<?> giveUp;

        Opening(Duration patience) {
            this.patience = patience;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            giveUp = ctx.executor().schedule(() -> ctx.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            Future<?> timer = giveUp;
            if (timer != null) {
                timer.cancel(false);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ByteBuf bytes = (ByteBuf) message;
            ChannelPipeline pipeline = ctx.pipeline();
            while (pipeline.get(Http1xOrH2CHandler.class) != null && bytes.isReadable()) {
                ctx.fireChannelRead(bytes.readRetainedSlice(1));
            }
            if (pipeline.get(Http1xOrH2CHandler.class) != null) {
                bytes.release();
                return;
            }
            ChannelHandlerContext upgrades = pipeline.context(UPGRADES);
            if (upgrades != null) {
                chooseHttp1(upgrades);
            }
            ctx.fireChannelRead(bytes);
            pipeline.remove(this);
        }

        /**
         * The handler of upgrades makes way at the first request that asks for none. It is given one that goes nowhere; so the
         * connection is set up before the client's own first request, and whoever watches for slow clients sees that one
         * come.
         */
        private static void chooseHttp1(ChannelHandlerContext upgrades) throws Exception {
            upgrades.pipeline().addAfter(UPGRADES, null, new Nowhere());
            ((ChannelInboundHandler) upgrades.handler())
                    .channelRead(upgrades, new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
        }
    }

    /** Where the first message ends; then it is not there any more. */
    private static final class Nowhere extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.pipeline().remove(this);
        }
    }
}
