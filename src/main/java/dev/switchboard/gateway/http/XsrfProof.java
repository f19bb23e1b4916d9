package dev.switchboard.gateway.http;

/** What a request that bears cookies, and changes something, must show: that no strange page made a browser send it. */
public enum XsrfProof {
    /** The header {@code X-XSRF-TOKEN} with the value of the cookie {@code XSRF-TOKEN} (double submit). */
    TOKEN,
    /** That, or an {@code Origin} of this server's or of {@code server.corsOrigin}: browsers let no page forge it. */
    ORIGIN
}
