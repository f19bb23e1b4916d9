package dev.switchboard.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells how much the load generator can take: repeats every frame to every client, and does nothing else. What came in is
 * written to all every few milliseconds, as one buffer.
 */
public final class Relay {
    private static final long GATHER_MS = 10;
    private static final int GATHERED_BYTES = 4 << 20;
    private static final int READ_BYTES = 64 << 10;
    private static final int MASKED_HEADER = 8;
    private static final int UNMASKED_TEXT = 0x81;
    private static final int TWO_BYTE_LENGTH = 126;
    private static final ByteBuf ACCEPTED = Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            StandardCharsets.US_ASCII));

    private final List<Channel> clients = new ArrayList<>();
    private ByteBuf gathered = PooledByteBufAllocator.DEFAULT.directBuffer(GATHERED_BYTES);

    private Relay() {}

    /** Serves on {@code PORT}. */
    public static void main(String[] args) throws InterruptedException {
        EventLoop loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
        Relay relay = new Relay();
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(System.getenv("PORT")));
        new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(relay.new Connection());
                    }
                })
                .bind(address)
                .sync();
        loop.scheduleAtFixedRate(relay::write, GATHER_MS, GATHER_MS, TimeUnit.MILLISECONDS);
        System.out.println("ready");
    }

    private void write() {
        if (!gathered.isReadable()) {
            return;
        }
        clients.forEach(client -> client.writeAndFlush(gathered.retainedDuplicate()));
        gathered.release();
        gathered = PooledByteBufAllocator.DEFAULT.directBuffer(GATHERED_BYTES);
    }

    /** Takes whole frames with a two-byte length and a mask of zero, as {@link ClientFrames} makes them. */
    private final class Connection extends ChannelInboundHandlerAdapter {
        private boolean upgraded;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                if (!upgraded) {
                    upgraded = true;
                    clients.add(context.channel());
                    context.writeAndFlush(ACCEPTED.duplicate());
                    return;
                }
                while (in.readableBytes() >= MASKED_HEADER) {
                    int length = in.getUnsignedShort(in.readerIndex() + 2);
                    in.skipBytes(MASKED_HEADER);
                    gathered.writeByte(UNMASKED_TEXT).writeByte(TWO_BYTE_LENGTH).writeShort(length);
                    gathered.writeBytes(in, length);
                }
            } finally {
                in.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            clients.remove(context.channel());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
