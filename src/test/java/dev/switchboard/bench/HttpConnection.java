package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection of the HTTP load: a request at a time, whose answer has a length. */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Bytes END_OF_HEAD = new Bytes("\r\n\r\n");
    private static final Bytes LENGTH = new Bytes("ength: ");
    private static final Bytes OK = new Bytes("HTTP/1.1 200");

    /** What is to be told of an answer. On the thread of the {@link Loop}. */
    interface Listener {
        void connected(HttpConnection connection);

        /** @param dueNanos as the request was sent with */
        void answered(HttpConnection connection, long dueNanos);

        void failed(String why);
    }

    private final Listener listener;
    private @Nullable Channel channel;
    private @Nullable ByteBuf kept;
    private boolean inBody;
    private long left;
    private long due;

    HttpConnection(Listener listener) {
        this.listener = listener;
    }

    /** @param dueNanos when it should have been sent */
    void send(ByteBuf request, long dueNanos) {
        due = dueNanos;
        if (channel != null) {
            channel.writeAndFlush(request.duplicate());
        }
    }

    /** By a reset, so that no port is left waiting. */
    void cut() {
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        listener.connected(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (kept != null) {
            in = kept.writeBytes(in);
            ((ByteBuf) message).release();
            kept = null;
        }
        try {
            read(context, in);
        } finally {
            in.release();
        }
    }

    private void read(ChannelHandlerContext context, ByteBuf in) {
        if (!inBody) {
            int end = END_OF_HEAD.first(in, in.readerIndex(), in.writerIndex());
            if (end < 0) {
                kept = context.alloc().buffer().writeBytes(in);
                return;
            }
            head(in, end);
        }
        int now = (int) Math.min(left, in.readableBytes());
        in.skipBytes(now);
        left -= now;
        if (left == 0) {
            inBody = false;
            if (in.isReadable()) {
                listener.failed("more came than was asked for");
            }
            listener.answered(this, due);
        }
    }

    private void head(ByteBuf in, int end) {
        int length = LENGTH.first(in, in.readerIndex(), end);
        if (length < 0 || !OK.at(in, in.readerIndex(), end)) {
            listener.failed(in.toString(StandardCharsets.ISO_8859_1));
        }
        left = 0;
        for (int i = length + LENGTH.length(); i < end && Character.isDigit(in.getByte(i)); i++) {
            left = left * 10 + Character.digit(in.getByte(i), 10);
        }
        in.readerIndex(end + END_OF_HEAD.length());
        inBody = true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listener.failed("a connection was closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        listener.failed(cause.toString());
        context.close();
    }
}
