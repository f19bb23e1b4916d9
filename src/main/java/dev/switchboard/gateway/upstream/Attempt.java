package dev.switchboard.gateway.upstream;

/**
 * One request to one address. Exactly one of {@link #answered}, {@link #failed} and {@link #cancelled} ends it; calls that
 * follow do nothing.
 */
public interface Attempt {
    /** Why an attempt failed. */
    enum Failure {
        /** No connection: refused, reset, unknown host, TLS. Nothing was sent. */
        UNREACHABLE,
        /** No answer in time. */
        TIMEOUT,
        /** What came is no HTTP, or ended in the middle. */
        BROKEN
    }

    Address address();

    /**
     * The head of an answer came; its body, or the socket, is still under way. The status counts now, so that an event
     * stream or a WebSocket of hours says at its start that the address is well; the attempt goes on. If it {@linkplain
     * #failed fails} later, that counts against the address alone. Optional: without it the status counts at the end.
     */
    default void answering(int status) {}

    /**
     * An answer came, and is complete. A status of 500 or more counts against the address, 502, 503 and 504 against the
     * whole service too.
     */
    void answered(int status);

    void failed(Failure why);

    /** It ended for a reason that says nothing about the address: the client went away, for example. */
    void cancelled();
}
