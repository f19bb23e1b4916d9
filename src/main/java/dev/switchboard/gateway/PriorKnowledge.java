package dev.switchboard.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2CodecUtil;
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

/**
 * HTTP/2 without TLS for clients that speak it from their first byte (RFC 9113 §3.3), and not by an upgrade. Vert.x 5.0 has
 * both or neither. An upgraded request would reach the door as HTTP/2 without having been through its checks for HTTP/1.1;
 * ignoring the offer is what RFC 9110 §7.8 allows and what RFC 9113 asks for, and clients such as the JDK's then go on with
 * HTTP/1.1.
 */
final class PriorKnowledge {
    private PriorKnowledge() {}

    /** A server like {@link Vertx#createHttpServer(HttpServerOptions)}'s, that ignores offers to upgrade to HTTP/2. */
    static HttpServer createHttpServer(Vertx vertx, HttpServerOptions options) {
        VertxInternal internal = (VertxInternal) vertx;
        return new HttpServerImpl(
                new VertxWrapper(internal) {
                    @Override
                    public NetServerInternal createNetServer(NetServerOptions tcp) {
                        return new Guarded(internal, tcp.copy());
                    }
                },
                options);
    }

    private static final class Guarded extends NetServerImpl {
        Guarded(VertxInternal vertx, NetServerOptions options) {
            super(vertx, options);
        }

        @Override
        public synchronized NetServerInternal connectHandler(Handler<NetSocket> handler) {
            return super.connectHandler(socket -> {
                handler.handle(socket);
                ChannelPipeline pipeline = ((NetSocketImpl) socket).channel().pipeline();
                if (pipeline.get(Http1xOrH2CHandler.class) != null) {
                    pipeline.addFirst(new Opening());
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

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            ChannelPipeline pipeline = ctx.pipeline();
            while (pipeline.get(Http1xOrH2CHandler.class) != null && bytes.isReadable()) {
                ctx.fireChannelRead(bytes.readRetainedSlice(1));
            }
            if (pipeline.get(Http1xOrH2CHandler.class) != null) {
                bytes.release();
                return;
            }
            if (pipeline.get(UPGRADES) != null) {
                pipeline.addBefore(UPGRADES, null, new FirstRequest());
            }
            ctx.fireChannelRead(bytes);
            pipeline.remove(this);
        }
    }

    /** Takes the offer out of the first request of a connection; of later ones Vert.x takes no notice. */
    private static final class FirstRequest extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest request) {
                if (request.headers()
                        .containsValue(HttpHeaderNames.UPGRADE, Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, true)) {
                    request.headers().remove(HttpHeaderNames.UPGRADE);
                }
                ctx.pipeline().remove(this);
            }
            ctx.fireChannelRead(message);
        }
    }
}
