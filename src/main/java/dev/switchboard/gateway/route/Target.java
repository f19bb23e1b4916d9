package dev.switchboard.gateway.route;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a route leads. */
public sealed interface Target {
    /**
     * An operation of the platform.
     *
     * @param status the status of success
     * @param names of the request's fields as clients of this row write them, each with the field that it means
     */
    record Operation(dev.switchboard.protocol.Operation<?, ?> operation, int status, Map<String, String> names)
            implements Target {
        public Operation {
            names = Map.copyOf(names);
        }

        /** With the operation's own names. */
        public Operation(dev.switchboard.protocol.Operation<?, ?> operation, int status) {
            this(operation, status, Map.of());
        }
    }

    /**
     * A service behind the gateway.
     *
     * @param upstream its configured name
     * @param rewrite the path to ask it for, with {@code {name}} for what the pattern captured; null for the path as matched
     * @param passOn what it gets although it is the gateway's
     */
    record Service(String upstream, @Nullable String rewrite, PassOn passOn) implements Target {
        /** Which gets nothing of the gateway's. */
        public Service(String upstream, @Nullable String rewrite) {
            this(upstream, rewrite, PassOn.NOTHING);
        }
    }
}
