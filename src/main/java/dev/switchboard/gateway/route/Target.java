package dev.switchboard.gateway.route;

import org.jspecify.annotations.Nullable;

/** Where a route leads. */
public sealed interface Target {
    /**
     * An operation of the platform.
     *
     * @param status the status of success
     */
    record Operation(dev.switchboard.protocol.Operation<?, ?> operation, int status) implements Target {}

    /**
     * A service behind the gateway.
     *
     * @param upstream its configured name
     * @param rewrite the path to ask it for, with {@code {name}} for what the pattern captured; null for the path as matched
     */
    record Service(String upstream, @Nullable String rewrite) implements Target {}
}
