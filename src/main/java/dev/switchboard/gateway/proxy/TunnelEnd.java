package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.bridge.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One of the two connections of a tunnel: what comes in here goes out at the other end, and is not read while the other end
 * does not take it. So what waits in between is what Netty holds back (64 KiB and one read) and no more.
 */
final class TunnelEnd extends ChannelInboundHandlerAdapter {
    /**
     * What may wait for one end. Reached only when the other end is gone and the kernel hands over all that it had sent
     * before, asked or not.
     */
    private static final int MAX_WAITING = 1 << 20;

    private final Tunnel tunnel;
    private final Channel channel;
    private final boolean isService;
    private final FrameWalker walker = new FrameWalker();
    private @Nullable TunnelEnd other;

    /** Why the tunnel ends, once it does: then nothing goes out of here but the rest of a frame. */
    private @Nullable CloseCode ending;

    /** Nothing that comes in here goes on: the last word to the other end was said. */
    private boolean cutOff;

    private boolean gone;

    /** @param isService whether frames that go out here must be masked */
    TunnelEnd(Tunnel tunnel, Channel channel, boolean isService) {
        this.tunnel = tunnel;
        this.channel = channel;
        this.isService = isService;
    }

    void joinTo(TunnelEnd end) {
        other = end;
    }

    private TunnelEnd other() {
        return Objects.requireNonNull(other);
    }

    boolean gone() {
        return gone;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            // What Vert.x's decoder had made of the end of the request.
            ReferenceCountUtil.release(message);
            return;
        }
        tunnel.heard();
        if (cutOff) {
            walker.walk(bytes);
            bytes.release();
            closeIfDone();
        } else if (ending == null) {
            walker.walk(bytes);
            pass(bytes);
        } else {
            finishFrame(bytes, ending);
        }
    }

    private void finishFrame(ByteBuf bytes, CloseCode why) {
        int rest = walker.walkToBoundary(bytes);
        pass(bytes.readRetainedSlice(rest));
        if (walker.atBoundary()) {
            cutOff(why);
            walker.walk(bytes);
            closeIfDone();
        }
        bytes.release();
    }

    private void pass(ByteBuf bytes) {
        Channel to = other().channel;
        to.write(bytes, to.voidPromise());
        if (!to.isWritable()) {
            channel.config().setAutoRead(false);
            if (other().waiting() > MAX_WAITING) {
                tunnel.cut();
            }
        }
    }

    private long waiting() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        other().channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            other().channel.config().setAutoRead(true);
        }
    }

    /** Passes nothing on any more but the rest of the frame that is under way, then a Close frame. */
    void end(CloseCode why) {
        ending = why;
        if (walker.atBoundary() && !cutOff) {
            cutOff(why);
        }
    }

    private void cutOff(CloseCode why) {
        cutOff = true;
        if (!walker.closed()) {
            Channel to = other().channel;
            to.writeAndFlush(CloseFrames.of(to.alloc(), why, other().isService), to.voidPromise());
        }
        // What still comes is thrown away: it costs no memory, and the answer to a Close frame may be behind it.
        channel.config().setAutoRead(true);
        closeIfDone();
        other().closeIfDone();
    }

    /** Closes the connection once both said their last word (RFC 6455 §7.1.1). */
    private void closeIfDone() {
        if (walker.closed() && other().cutOff) {
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone = true;
        cutOff = true;
        if (!other().gone) {
            // Without a word, as this end went. What waits is still sent.
            other().cutOff = true;
            other().channel.config().setAutoRead(true);
            other().channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
        tunnel.ended();
    }

    void close() {
        channel.close();
    }

    /** The HTTP server is about to close: half of the time is the margin. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!isService && event instanceof ShutdownEvent shutdown) {
            tunnel.leaveWithin(shutdown.timeUnit().toMillis(shutdown.timeout()) / 2);
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tunnel.failed(cause);
        ctx.close();
    }
}
