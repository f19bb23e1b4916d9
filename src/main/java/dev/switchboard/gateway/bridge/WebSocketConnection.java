package dev.switchboard.gateway.bridge;

import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Ids;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.impl.VertxHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket, raw or with SockJS framing. Everything but close and pong frames is written to Netty as bytes that are
 * frames already: single messages and the shared bytes of rooms take one way, so they keep their order, and what waits is
 * counted by Netty itself. Vert.x keeps the connection's life: the handshake, pings, closing.
 */
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements Carrier {
    private final String socketId = Ids.next().toString();
    private final MessageAssembler assembler = new MessageAssembler();
    private final ServerWebSocket ws;
    private final ChannelHandlerContext netty;
    private final BridgeLoop loop;
    private final BridgeSession session;
    private Form form;
    private boolean started;
    private boolean closing;
    private long oversized;

    private WebSocketConnection(ServerWebSocket ws, Channel channel, BridgeLoop loop, boolean sockJs) {
        this.ws = ws;
        // What is written here passes by Vert.x's own handler, but not by TLS.
        this.netty = channel.pipeline().context(VertxHandler.class);
        this.loop = loop;
        this.form = sockJs ? Form.SOCKJS : Form.RAW_TEXT;
        this.session = new BridgeSession(loop, this);
    }

    /** Takes over a WebSocket whose handshake is done, on its event loop. */
    static void open(
            ServerWebSocket ws, Channel channel, BridgeLoop loop, boolean sockJs, @Nullable Identity identity) {
        var connection = new WebSocketConnection(ws, channel, loop, sockJs);
        connection.netty.pipeline().addBefore(connection.netty.name(), "bridge", connection);
        ws.frameHandler(connection::received);
        ws.closeHandler(v -> connection.session.gone());
        // The request's headers stay referenced as long as the socket lives, and nobody asks for them again.
        ws.headers().clear();
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
    public Form form() {
        return form;
    }

    private void received(WebSocketFrame frame) {
        if (closing) {
            return;
        }
        switch (frame.type()) {
            case PING, PONG -> session.control();
            case CLOSE -> session.closing();
            case TEXT, BINARY, CONTINUATION -> data(frame);
        }
    }

    private void data(WebSocketFrame frame) {
        if (!started) {
            started = true;
            // Vert.x's own raw clients speak binary, and expect to be answered so.
            if (form == Form.RAW_TEXT && frame.isBinary()) {
                form = Form.RAW_BINARY;
            }
        }
        try {
            ByteBuf payload = ((BufferInternal) frame.binaryData()).getByteBuf();
            String message =
                    assembler.add(payload, frame.isFinal(), loop.services().maxMessage());
            if (message == null) {
                session.heard();
            } else if (form != Form.SOCKJS) {
                session.received(message);
            } else {
                for (String part : SockJsMessages.decode(message)) {
                    session.received(part);
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
        netty.writeAndFlush(frames, netty.voidPromise());
        if (tooSlow(length)) {
            close(CloseCode.SLOW_CONSUMER);
        }
    }

    /** One message may be larger than the bound by itself, but only one, and the bound holds again when it is gone. */
    private boolean tooSlow(int added) {
        long queued = queuedBytes();
        int bound = loop.options().queueBytes();
        if (queued <= bound) {
            oversized = 0;
        } else if (queued - added <= bound) {
            oversized = added;
        }
        return queued > bound + oversized;
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
        if (form == Form.SOCKJS) {
            netty.writeAndFlush(BridgeFrames.sockJsClose(code), netty.voidPromise());
        }
        if (!ws.isClosed()) {
            ws.close((short) code.code(), code.reason());
        }
        // Later: the caller may be in the middle of the very collection that this takes the socket out of.
        netty.executor().execute(session::closing);
    }

    @Override
    public void cutIfStuck() {
        if (queuedBytes() > 0) {
            netty.close();
        }
    }

    @Override
    public void pause() {
        ws.pause();
    }

    @Override
    public void resume() {
        ws.resume();
    }

    /** What Netty's decoder refuses; Vert.x alone would cut the connection without a word. */
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
            ctx.fireExceptionCaught(cause);
        }
    }
}
