package dev.switchboard.gateway.bridge;

import io.netty.buffer.ByteBuf;
import java.util.UUID;

/**
 * One client's socket, whatever carries it. Used on its own event loop only.
 *
 * <p>There are three carriers: a SockJS WebSocket, a raw WebSocket, and SockJS's HTTP fallbacks.
 */
interface Connection {
    /** How the carrier wraps a bridge message. Room events are encoded once for each form that somebody listens in. */
    enum Form {
        /** A WebSocket text frame {@code a["…"]}. */
        SOCKJS,
        /** A WebSocket text frame with the message itself. */
        RAW_TEXT,
        /** A WebSocket binary frame with the message itself. */
        RAW_BINARY,
        /** Whatever the SockJS session does with a message; no bytes are shared. */
        FALLBACK
    }

    String socketId();

    Form form();

    /** Whether the client has registered for the room's events; it stays so when it leaves the room and joins again. */
    boolean hears(UUID roomId);

    /** Sends one bridge message (JSON, UTF-8). */
    void send(byte[] message);

    /**
     * Sends WebSocket frames that are encoded already. Does not take over the caller's reference; the bytes are shared by
     * many sockets and never changed. Never called for {@link Form#FALLBACK}.
     */
    void sendFrames(ByteBuf frames);

    /** Closes for good. {@code code} is one of {@link CloseCode}; repeated calls do nothing. */
    void close(CloseCode code);

    /** Bytes that the client has not taken yet. */
    long queuedBytes();
}
