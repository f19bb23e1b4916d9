package dev.switchboard.gateway.bridge;

import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Ids;
import io.netty.buffer.ByteBuf;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * A client behind a proxy that lets no WebSocket pass: SockJS over plain HTTP. vertx-web frames the messages and holds
 * them between two requests; its own count of them is wrong, so they are counted here.
 */
final class FallbackConnection implements Carrier {
    private final String socketId = Ids.next().toString();
    private final SockJSSocket socket;
    private final BridgeLoop loop;
    private final BridgeSession session;
    private final QueueBound bound = new QueueBound();
    private long queued;
    private boolean closing;
    private boolean closed;

    private FallbackConnection(SockJSSocket socket, BridgeLoop loop) {
        this.socket = socket;
        this.loop = loop;
        this.session = new BridgeSession(loop, this);
    }

    /**
     * Takes over a new SockJS session, on the event loop that it was made on.
     *
     * @param bearer who opens it; while that is not known, what the client sends waits
     */
    static void open(SockJSSocket socket, BridgeLoop loop, Future<Optional<Identity>> bearer) {
        if (bearer.failed()) {
            socket.close();
            return;
        }
        var connection = new FallbackConnection(socket, loop);
        socket.handler(message -> connection.received(message.toString(StandardCharsets.UTF_8)));
        socket.closeHandler(v -> connection.gone());
        if (bearer.isComplete()) {
            connection.session.open(bearer.result().orElse(null));
            return;
        }
        connection.session.open(null);
        connection.session.hold(bearer.onComplete(connection::identified));
    }

    private void identified(AsyncResult<Optional<Identity>> bearer) {
        if (bearer.failed()) {
            close(CloseCode.UNAUTHORIZED);
        } else if (!session.closed()) {
            bearer.result().ifPresent(session::identify);
        }
    }

    private void received(String message) {
        if (!closing) {
            session.received(message);
        }
    }

    private void gone() {
        if (!closing) {
            closing = true;
            loop.meters().closedByClient();
        }
        closed = true;
        session.gone();
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
        return Form.FALLBACK;
    }

    @Override
    public void send(byte[] message) {
        if (closing) {
            return;
        }
        queued += message.length;
        socket.write(Buffer.buffer(message)).onComplete(done -> queued -= message.length);
        if (bound.broken(queued, message.length, loop.options().queueBytes())) {
            close(CloseCode.SLOW_CONSUMER);
        }
    }

    @Override
    public void sendFrames(ByteBuf frames) {
        throw new IllegalStateException("no frames on a fallback transport");
    }

    @Override
    public long queuedBytes() {
        return queued;
    }

    /**
     * vertx-web ends every session with {@code c[3000,"Go away!"]}. So the reason goes before it as an error message, and
     * the end follows when the client has fetched that, or when its time is over.
     */
    @Override
    public void close(CloseCode code) {
        if (closing) {
            return;
        }
        closing = true;
        loop.meters().closed(code);
        socket.write(Buffer.buffer(ServerFrames.farewell(code))).onComplete(done -> end());
        loop.run(session::closing);
    }

    private void end() {
        if (!closed) {
            closed = true;
            socket.close();
        }
    }

    @Override
    public void cut(boolean evenIfFlushed) {
        end();
    }

    /** vertx-web would go on to take messages in without a bound; the session bounds what it keeps for later. */
    @Override
    public void pause() {}

    @Override
    public void resume() {}

    /** vertx-web sends its own. */
    @Override
    public void heartbeat() {}
}
