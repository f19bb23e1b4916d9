package dev.switchboard.gateway.bridge;

/**
 * Why the server closes a socket: the SockJS close frame and the WebSocket close frame carry the same code. 44xx are
 * ours (RFC 6455 §7.4.2); {@link #retry} says whether the same client should come back.
 */
public enum CloseCode {
    /** The route of a proxied socket has gone or changed. */
    GOING_AWAY(1001, "going_away", true),
    NOT_UTF8(1007, "not_utf8", false),
    TOO_BIG(1009, "too_big", false),
    NODE_DRAINING(1012, "node_draining", true),
    PROTOCOL_ERROR(4400, "protocol_error", false),
    UNAUTHORIZED(4401, "unauthorized", false),
    SESSION_EXPIRED(4402, "session_expired", true),
    SESSION_REVOKED(4403, "session_revoked", false),
    PING_TIMEOUT(4405, "ping_timeout", true),
    SLOW_CONSUMER(4408, "slow_consumer", true),
    TOO_MANY(4409, "too_many", true);

    private final int code;
    private final String reason;
    private final boolean retry;

    CloseCode(int code, String reason, boolean retry) {
        this.code = code;
        this.reason = reason;
        this.retry = retry;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    public boolean retry() {
        return retry;
    }
}
