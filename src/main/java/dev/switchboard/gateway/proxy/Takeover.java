package dev.switchboard.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.net.impl.VertxHandler;
import java.util.Map;

/** Takes a connection that Vert.x made or accepted out of its hands. */
final class Takeover {
    private Takeover() {}

    /**
     * Leaves in the pipeline only TLS and the handler given. To Vert.x the connection is over, so that it counts right and
     * lets go of everything. On the connection's event loop.
     */
    static void of(Channel channel, ChannelHandler handler) {
        ChannelPipeline pipeline = channel.pipeline();
        VertxHandler<?> vertx = pipeline.get(VertxHandler.class);
        ChannelHandlerContext before = pipeline.context(vertx);
        pipeline.replace(vertx, null, handler);
        for (Map.Entry<String, ChannelHandler> other : pipeline.toMap().entrySet()) {
            if (other.getValue() != handler && !(other.getValue() instanceof SslHandler)) {
                pipeline.remove(other.getValue());
            }
        }
        vertx.channelInactive(before);
    }
}
