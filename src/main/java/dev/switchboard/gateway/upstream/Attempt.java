package dev.switchboard.gateway.upstream;

/** One request to one address. Exactly one of its methods ends it; those that follow do nothing. */
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

    /** An answer came. Statuses of 500 and more (502, 503 and 504 above all) count against the address. */
    void answered(int status);

    void failed(Failure why);

    /** It ended for a reason that says nothing about the address: the client went away, for example. */
    void cancelled();
}
