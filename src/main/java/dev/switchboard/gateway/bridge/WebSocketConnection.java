package dev.switchboard.gateway.bridge;

import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Ids;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.net.impl.ShutdownEvent;
import io.vertx.core.net.impl.VertxHandler;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket (RFC 6455), raw or with SockJS framing, straight on its Netty channel.
 *
 * <p>Vert.x does the handshake and is then taken out of the pipeline: what it keeps for each connection is larger than
 * everything else together, its aggregation of fragments is wrong, and it cuts a connection that sends a wrong frame
 * without a word. All writes are frames already: single messages and the shared bytes of rooms take one way, so they keep
 * their order, and what waits is counted by Netty itself.
 */
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

    private final String socketId = Ids.next().toString();
    private final MessageAssembler assembler = new MessageAssembler();
    private final QueueBound bound = new QueueBound();
    private final BridgeLoop loop;
    private final BridgeSession session;
    private final ChannelHandlerContext netty;
    private Form form;
    private boolean started;
    private boolean closing;
    private boolean reading;
    private boolean unflushed;

    private WebSocketConnection(Channel channel, BridgeLoop loop, boolean sockJs) {
        this.loop = loop;
        this.form = sockJs ? Form.SOCKJS : Form.RAW_TEXT;
        this.session = new BridgeSession(loop, this);
        ChannelPipeline pipeline = channel.pipeline();
        VertxHandler<?> vertx = pipeline.get(VertxHandler.class);
        ChannelHandlerContext before = pipeline.context(vertx);
        pipeline.replace(vertx, "bridge", this);
        this.netty = pipeline.context(this);
        // The bridge knows better who is idle, without a timer for each socket, and sends no files.
        remove(pipeline, IdleStateHandler.class);
        remove(pipeline, ChunkedWriteHandler.class);
        // To Vert.x the connection is over, so that it counts right and lets go of everything.
        vertx.channelInactive(before);
    }

    private static void remove(ChannelPipeline pipeline, Class<? extends ChannelHandler> leftover) {
        if (pipeline.get(leftover) != null) {
            pipeline.remove(leftover);
        }
    }

    /** Takes over a channel whose WebSocket handshake is done, on its event loop. */
    static void open(Channel channel, BridgeLoop loop, boolean sockJs, @Nullable Identity identity) {
        var connection = new WebSocketConnection(channel, loop, sockJs);
        if (sockJs) {
            connection.write(BridgeFrames.sockJsOpen());
        }
        connection.session.open(identity);
    }

    @Override
    public String socketId() {
        return socketId;
    }

    @Override
    public boolean hears(UUID roomId) {
        return session.registrations().hears(roomId);
    }

    @Override
    public Form form() {
        return form;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        try {
            if (!closing && message instanceof WebSocketFrame frame) {
                loop.dispatch(frame, this::received);
            } else if (message instanceof CloseWebSocketFrame) {
                // The answer to ours.
                netty.close();
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        if (unflushed) {
            unflushed = false;
            netty.flush();
        }
    }

    private void received(WebSocketFrame frame) {
        if (frame instanceof PingWebSocketFrame) {
            write(BridgeFrames.pong(netty.alloc(), frame.content()));
            session.control();
        } else if (frame instanceof PongWebSocketFrame) {
            session.control();
        } else if (frame instanceof CloseWebSocketFrame close) {
            closing = true;
            loop.meters().closedByClient();
            netty.writeAndFlush(BridgeFrames.close(close.statusCode(), "")).addListener(ChannelFutureListener.CLOSE);
            session.closing();
        } else {
            data(frame);
        }
    }

    private void data(WebSocketFrame frame) {
        if (!started) {
            started = true;
            // Vert.x's own raw clients speak binary, and expect to be answered so.
            if (form == Form.RAW_TEXT && frame instanceof BinaryWebSocketFrame) {
                form = Form.RAW_BINARY;
            }
        }
        try {
            String message = assembler.add(
                    frame.content(), frame.isFinalFragment(), loop.services().maxMessage());
            if (message == null) {
                session.control();
            } else if (form != Form.SOCKJS) {
                session.received(message);
            } else {
                for (String part : SockJsMessages.decode(message)) {
                    if (!closing) {
                        session.received(part);
                    }
                }
            }
        } catch (MessageAssembler.Refused e) {
            close(e.code());
        } catch (IOException e) {
            close(CloseCode.PROTOCOL_ERROR);
        }
    }

    @Override
    public void send(byte[] message) {
        if (!closing) {
            write(BridgeFrames.frame(netty.alloc(), form, message));
        }
    }

    @Override
    public void sendFrames(ByteBuf frames) {
        if (!closing) {
            write(frames.retainedDuplicate());
        }
    }

    @Override
    public void heartbeat() {
        if (!closing) {
            write(form == Form.SOCKJS ? BridgeFrames.sockJsHeartbeat() : BridgeFrames.ping());
        }
    }

    private void write(ByteBuf frames) {
        int length = frames.readableBytes();
        netty.write(frames, netty.voidPromise());
        if (reading) {
            unflushed = true;
        } else {
            netty.flush();
        }
        if (bound.broken(queuedBytes(), length, loop.options().queueBytes())) {
            close(CloseCode.SLOW_CONSUMER);
        }
    }

    @Override
    public long queuedBytes() {
        ChannelOutboundBuffer buffer = netty.channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    @Override
    public void close(CloseCode code) {
        if (closing) {
            return;
        }
        closing = true;
        loop.meters().closed(code);
        if (form == Form.SOCKJS) {
            netty.write(BridgeFrames.sockJsClose(code), netty.voidPromise());
        }
        netty.writeAndFlush(BridgeFrames.close(code.code(), code.reason()), netty.voidPromise());
        // Later: the caller may be in the middle of the very collection that this takes the socket out of.
        loop.run(session::closing);
    }

    @Override
    public void cut(boolean evenIfFlushed) {
        if (evenIfFlushed || queuedBytes() > 0) {
            netty.close();
        }
    }

    @Override
    public void pause() {
        netty.channel().config().setAutoRead(false);
    }

    @Override
    public void resume() {
        netty.channel().config().setAutoRead(true);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!closing) {
            closing = true;
            loop.meters().closedByClient();
        }
        loop.dispatch(session, BridgeSession::gone);
    }

    /** The HTTP server is about to close: everybody leaves, with half of the time given as a margin. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ShutdownEvent shutdown) {
            session.leaveWithin(shutdown.timeUnit().toMillis(shutdown.timeout()) / 2);
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            WebSocketCloseStatus status = corrupted.closeStatus();
            if (status.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
                close(CloseCode.TOO_BIG);
            } else if (status.equals(WebSocketCloseStatus.INVALID_PAYLOAD_DATA)) {
                close(CloseCode.NOT_UTF8);
            } else {
                close(CloseCode.PROTOCOL_ERROR);
            }
        } else {
            LOG.debug("Socket {} failed", socketId, cause);
            ctx.close();
        }
    }
}
