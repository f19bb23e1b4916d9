package dev.switchboard.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;

/**
 * The connection to a service that has switched protocols; its HTTP codec is still there.
 *
 * @param handler the last one, which took the answer
 */
record UpgradedService(Channel channel, ChannelHandler handler) {
    /** Puts a handler in the place of HTTP. Frames that came together with the answer go to it at once. */
    void handTo(ChannelHandler next) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace(handler, null, next);
        pipeline.remove(HttpClientCodec.class);
    }
}
