package dev.switchboard.gateway.route;

/** Who may pass. */
public sealed interface Access {
    /** Anybody, without a token. */
    record Public() implements Access {}

    /** Whoever bears a valid token. */
    record User() implements Access {}

    /** Whoever bears a valid token with this role. */
    record Role(String name) implements Access {}
}
