package dev.switchboard.gateway.route;

import dev.switchboard.config.Section;
import dev.switchboard.protocol.Operations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The route table as it is configured.
 *
 * @param builtIn whether the platform's own operations have rows of their own
 * @param rows those of the user
 */
public record RouteOptions(boolean builtIn, List<Route> rows) {
    public RouteOptions {
        rows = List.copyOf(rows);
    }

    /** Whether a row leads to an operation of the platform: then there must be a node that serves it. */
    public boolean needsOperations() {
        return builtIn || rows.stream().anyMatch(row -> row.target() instanceof Target.Operation);
    }

    /** The platform's own operations alone. */
    public static RouteOptions builtInOnly() {
        return new RouteOptions(true, List.of());
    }

    /**
     * Reads {@code routes} and {@code builtInRoutes} at the root of the settings. One bad row makes the whole table bad: all
     * mistakes are noted, each under its row.
     *
     * @param upstreams the names of services
     * @param tiers the names of limits
     */
    public static RouteOptions from(Section root, Set<String> upstreams, Set<String> tiers) {
        var reader = new RowReader(upstreams, tiers);
        List<Route> rows = new ArrayList<>();
        Map<String, String> taken = new HashMap<>();
        for (Section section : root.sections("routes")) {
            Route row = reader.read(section);
            if (row != null) {
                refuseTwins(section, row, taken);
                rows.add(row);
            }
        }
        return new RouteOptions(root.bool("builtInRoutes"), rows);
    }

    private static void refuseTwins(Section section, Route row, Map<String, String> taken) {
        Set<String> methods = row.methods().isEmpty() ? Set.of("all methods") : row.methods();
        for (String method : methods.stream().sorted().toList()) {
            String before = taken.putIfAbsent(method + " " + row.path().shape(), section.path());
            if (before != null) {
                section.problem("the same as " + before + ": " + method + " of "
                        + row.path().text());
            }
        }
    }

    /**
     * The table.
     *
     * @param maxBody bytes of a request's body, for the built-in rows
     */
    public RouteTable table(int maxBody) {
        return new RouteTable(rows, builtIn ? BuiltInRoutes.of(Operations.ALL, maxBody) : List.of());
    }
}
