package dev.switchboard.gateway.route;

import java.util.Map;

/**
 * A row that a request leads to.
 *
 * @param path to ask its target for, in its normal form
 * @param parameters what the pattern captured by name, in the path's order; escapes are not decoded
 */
public record Match(Route route, String path, Map<String, String> parameters) {}
