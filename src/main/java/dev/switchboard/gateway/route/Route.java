package dev.switchboard.gateway.route;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A row of the route table.
 *
 * @param name where the row comes from, for logs, metrics and errors: {@code routes[3]}, or the address of an operation
 * @param methods in upper case; empty for all. {@code HEAD} is let in where {@code GET} is
 * @param path which paths it is for
 * @param access who may pass
 * @param tier the name of the limit that its requests count against, or {@link #UNLIMITED}
 * @param timeout from the end of the request to the head of the answer
 * @param maxBody bytes of a request's body
 * @param target where it leads
 * @param cors which pages may read its answers; null for those of the whole server
 */
public record Route(
        String name,
        Set<String> methods,
        PathPattern path,
        Access access,
        String tier,
        Duration timeout,
        long maxBody,
        Target target,
        @Nullable CorsRule cors) {

    /** The tier of rows that count against no limit. */
    public static final String UNLIMITED = "none";

    /** With the server's own rule for foreign pages. */
    public Route(
            String name,
            Set<String> methods,
            PathPattern path,
            Access access,
            String tier,
            Duration timeout,
            long maxBody,
            Target target) {
        this(name, methods, path, access, tier, timeout, maxBody, target, null);
    }

    public Route {
        methods = Set.copyOf(methods);
    }
}
