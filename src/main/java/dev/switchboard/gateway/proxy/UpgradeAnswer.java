package dev.switchboard.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/** A service's answer to an upgrade, behind the HTTP codec of its connection. */
final class UpgradeAnswer extends ChannelInboundHandlerAdapter {
    /** Who waits for the answer. All of its methods are called on the event loop. */
    interface Receiver {
        /** The service speaks WebSocket from here on. */
        void switched(HttpResponse head, UpgradedService service);

        /** It does not, and this is how it says so. */
        void refused(HttpResponse head);

        /** A part of the refusal's body. */
        void body(Buffer part);

        /** The refusal is complete. */
        void end();

        /** What came is no HTTP, or it ended in the middle. */
        void broken();
    }

    private final Channel channel;
    private final Receiver receiver;
    private @Nullable HttpResponse head;
    private boolean switched;

    UpgradeAnswer(Channel channel, Receiver receiver) {
        this.channel = channel;
        this.receiver = receiver;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (!switched && message instanceof HttpObject part) {
                read(part);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            receiver.broken();
            return;
        }
        if (part instanceof HttpResponse response) {
            head = response;
            if (isFinal(response)) {
                receiver.refused(response);
            }
        }
        HttpResponse answer = head;
        if (part instanceof HttpContent content && answer != null) {
            content(answer, content);
        }
    }

    private void content(HttpResponse answer, HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (isFinal(answer)) {
            if (content.content().isReadable()) {
                receiver.body(BufferInternal.safeBuffer(content.content().retain()));
            }
            if (last) {
                receiver.end();
            }
        } else if (last && answer.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            switched = true;
            receiver.switched(answer, new UpgradedService(channel, this));
        }
    }

    /** Hints and the like go before the answer; nobody asked for them. */
    private static boolean isFinal(HttpResponse response) {
        return response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        receiver.broken();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        receiver.broken();
    }
}
