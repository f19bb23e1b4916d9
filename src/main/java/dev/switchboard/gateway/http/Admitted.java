package dev.switchboard.gateway.http;

import dev.switchboard.gateway.route.Route;
import dev.switchboard.identity.Identity;
import org.jspecify.annotations.Nullable;

/**
 * A request that was let in: it has a route, a good token where the route asks for one, and is within its limits.
 *
 * @param path to ask the target for, in its normal form, without the query: what was matched, or what the route makes of it
 * @param identity who asks; null for nobody known, which only public routes let in
 */
public record Admitted(Route route, String path, @Nullable Identity identity, Exchange exchange) {}
