package dev.switchboard.protocol;

import java.util.Locale;

/**
 * Every way an operation can fail. The {@linkplain #code() code} is part of the public contract and never changes; the
 * status is the HTTP status of the answer and, on the event bus, the {@code failureCode} of the reply.
 */
public enum Fault {
    /** What arrived is no proper HTTP request. */
    BAD_REQUEST(400, false),
    VALIDATION_FAILED(400, false),
    INVALID_JSON(400, false),
    UNAUTHORIZED(401, false),
    INVALID_CREDENTIALS(401, false),
    TOKEN_EXPIRED(401, false),
    SESSION_REVOKED(401, false),
    XSRF_MISMATCH(403, false),
    FORBIDDEN(403, false),
    NOT_A_MEMBER(403, false),
    /** The meeting was locked by its host. */
    MEETING_LOCKED(403, true),
    /** The host of the meeting removed this user. */
    BARRED(403, false),
    NOT_FOUND(404, false),
    METHOD_NOT_ALLOWED(405, false),
    /** The client took too long to send its request. */
    REQUEST_TIMEOUT(408, true),
    CONFLICT(409, false),
    /** The call was taken, refused or ended before. */
    NOT_RINGING(409, false),
    /** So many people are in the meeting that nobody more can enter. */
    MEETING_FULL(409, true),
    USERNAME_TAKEN(409, false),
    EMAIL_TAKEN(409, false),
    /** The meeting was ended for all. */
    MEETING_ENDED(410, false),
    PAYLOAD_TOO_LARGE(413, false),
    URI_TOO_LONG(414, false),
    UNSUPPORTED_MEDIA_TYPE(415, false),
    TOO_MANY_REQUESTS(429, true),
    HEADERS_TOO_LARGE(431, false),
    INTERNAL(500, false),
    /** A service behind the gateway answered something that is no HTTP, or only a part of it. */
    BAD_GATEWAY(502, true),
    /** A service behind the gateway cannot be reached. */
    UPSTREAM_UNREACHABLE(503, true),
    /** The part that owns the key is moving or overloaded; the same request may be sent again. */
    UNAVAILABLE(503, true),
    /** Internal: the node asked does not own the key (any more). The bus looks again; it never leaves the cluster. */
    MOVED(503, true),
    /** No answer in time. The request may or may not have been carried out; sending it again is safe. */
    TIMEOUT(504, true),
    /** What was asked for exists in another version of HTTP only. */
    HTTP_VERSION_NOT_SUPPORTED(505, false);

    private final String code = name().toLowerCase(Locale.ROOT);
    private final int status;
    private final boolean retryable;

    Fault(int status, boolean retryable) {
        this.status = status;
        this.retryable = retryable;
    }

    /** The stable name, for example {@code validation_failed}. */
    public String code() {
        return code;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** Whether the same request can succeed when it is sent again later. */
    public boolean retryable() {
        return retryable;
    }

    /** An exception with this fault and a message that the client will see. */
    public FaultException because(String message) {
        return new FaultException(this, message);
    }
}
