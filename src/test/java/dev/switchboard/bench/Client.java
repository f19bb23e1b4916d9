package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One WebSocket of the load generator. It hops from frame to frame, counts deliveries, and reads the time of one in 17. */
final class Client extends ChannelInboundHandlerAdapter implements FrameReader.Sink {
    /** Prime, so that it does not fall into step with how a server gathers. */
    private static final int SAMPLED = 17;

    private static final int MAX_UPGRADE = 8 * 1024;
    private static final String END_OF_HEAD = "\r\n\r\n";

    private final Fleet fleet;
    private final int number;
    private final FrameReader frames = new FrameReader(this);
    private final Bytes mark;
    private final StringBuilder head = new StringBuilder();
    private @Nullable Channel channel;
    private @Nullable Check check;
    private boolean upgraded;
    private boolean ready;
    private int awaited;
    private int untilSample;
    private int delivered;
    private @Nullable String ending;

    Client(Fleet fleet, int number, Bytes mark) {
        this.fleet = fleet;
        this.number = number;
        this.mark = mark;
        untilSample = 1 + number % SAMPLED;
    }

    int number() {
        return number;
    }

    /** Deliveries since {@link #restart}. */
    int delivered() {
        return delivered;
    }

    /** Why the messages since {@link #restart} were not what they should be, or null. */
    @Nullable
    String fault() {
        return check == null ? null : check.fault(delivered);
    }

    /**
     * Counts anew.
     *
     * @param checked whether every message is looked at: its number, and the room's numbering
     */
    void restart(boolean checked) {
        delivered = 0;
        check = checked ? new Check() : null;
    }

    boolean isReady() {
        return ready;
    }

    /** So many answers make this client ready. */
    void await(int answers) {
        awaited = answers;
    }

    /** One of the awaited answers came. */
    void answered() {
        if (--awaited == 0) {
            ready();
        }
    }

    void ready() {
        if (!ready) {
            ready = true;
            fleet.isReady(this);
        }
    }

    /** A message of the room came. */
    void delivered(ByteBuf in, int at, int length) {
        delivered++;
        fleet.deliveries++;
        if (--untilSample == 0) {
            untilSample = SAMPLED;
            int stamp = mark.anywhere(in, at, at + length);
            if (stamp >= 0) {
                fleet.deliveryTimes.add(System.nanoTime() - Stamp.nanos(in, stamp));
            }
        }
        if (check != null) {
            check.add(in, at, at + length);
        }
    }

    /** The server answers for a message; {@code stamp} is where its stamp stands. */
    void acknowledged(ByteBuf in, int stamp) {
        fleet.acknowledged++;
        fleet.acknowledgementTimes.add(System.nanoTime() - Stamp.nanos(in, stamp));
    }

    void refused(String answer) {
        fleet.refused(answer);
    }

    void send(String message) {
        if (channel != null) {
            channel.writeAndFlush(ClientFrames.text(channel.alloc(), message));
        }
    }

    /** Cuts the connection; by a reset, so that no port is left waiting. */
    void cut() {
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        Protocol protocol = fleet.protocol();
        String request = "GET " + protocol.path(number) + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + protocol.headers(number) + "\r\n";
        ByteBuf out = context.alloc().buffer(request.length());
        out.writeCharSequence(request, StandardCharsets.US_ASCII);
        context.writeAndFlush(out);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            fleet.bytes += in.readableBytes();
            while (!upgraded && in.isReadable()) {
                upgrade(context, (char) in.readByte());
            }
            frames.read(context.alloc(), in);
        } finally {
            in.release();
        }
    }

    private void upgrade(ChannelHandlerContext context, char next) {
        head.append(next);
        if (head.length() > MAX_UPGRADE) {
            ending = "no end of the response's head";
            context.close();
        } else if (head.indexOf(END_OF_HEAD, head.length() - END_OF_HEAD.length()) >= 0) {
            upgraded = true;
            if (head.indexOf("HTTP/1.1 101") == 0) {
                head.setLength(0);
                head.trimToSize();
                fleet.protocol().opened(this);
            } else {
                ending = head.substring(0, head.indexOf("\r\n"));
                context.close();
            }
        }
    }

    @Override
    public void frame(int opcode, ByteBuf in, int at, int length) {
        switch (opcode) {
            case FrameReader.TEXT, FrameReader.BINARY -> fleet.protocol().received(this, in, at, length);
            case FrameReader.PING -> {
                if (channel != null) {
                    channel.writeAndFlush(ClientFrames.pong(channel.alloc(), in, at, length));
                }
            }
            case FrameReader.CLOSE ->
                ending = length < 2
                        ? "closed"
                        : "closed with " + in.getUnsignedShort(at) + " "
                                + in.toString(at + 2, length - 2, StandardCharsets.UTF_8);
            default -> {
                // A pong, to which nothing is to be said.
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        frames.close();
        fleet.ended(this, ending == null ? "connection lost" : ending);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ending = cause.toString();
        context.close();
    }
}
