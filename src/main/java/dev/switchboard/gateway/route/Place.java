package dev.switchboard.gateway.route;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a path leads to: one row for each method. */
public final class Place {
    /**
     * The rows of one pattern.
     *
     * @param byMethod those that name their methods
     * @param any for all other methods
     */
    record Rows(Map<String, Row> byMethod, @Nullable Row any, String allow) {
        Rows(Map<String, Row> byMethod, @Nullable Row any) {
            this(Map.copyOf(byMethod), any, allow(byMethod.keySet()));
        }

        private static String allow(Collection<String> methods) {
            var all = new TreeSet<>(methods);
            all.add("OPTIONS");
            if (all.contains("GET")) {
                all.add("HEAD");
            }
            return String.join(", ", all);
        }
    }

    /** @param rewrite null to ask for the path as it was matched */
    record Row(Route route, boolean builtIn, List<String> names, @Nullable Rewrite rewrite) {
        static Row of(Route route, boolean builtIn) {
            String rewrite = route.target() instanceof Target.Service service ? service.rewrite() : null;
            return new Row(
                    route, builtIn, route.path().names(), rewrite == null ? null : Rewrite.of(rewrite, route.path()));
        }
    }

    private final Rows rows;
    private final String path;
    private final List<String> values;
    private final String rest;

    Place(Rows rows, String path, List<String> values, String rest) {
        this.rows = rows;
        this.path = path;
        this.values = values;
        this.rest = rest;
    }

    /** The row of a method; {@code HEAD} is {@code GET} without the body. Null when the path does not know the method. */
    public @Nullable Match match(String method) {
        Row row = row(method);
        if (row == null) {
            return null;
        }
        Map<String, String> parameters = Map.of();
        if (!values.isEmpty()) {
            parameters = new LinkedHashMap<>();
            for (int i = 0; i < values.size(); i++) {
                parameters.put(row.names().get(i), values.get(i));
            }
        }
        Rewrite rewrite = row.rewrite();
        return new Match(row.route(), rewrite == null ? path : rewrite.apply(values, rest), parameters);
    }

    private @Nullable Row row(String method) {
        Row row = rows.byMethod().get(method);
        if (row == null && method.equals("HEAD")) {
            row = rows.byMethod().get("GET");
        }
        return row == null ? rows.any() : row;
    }

    /** The {@code Allow} header: the methods that it names, {@code HEAD} and {@code OPTIONS} among them. */
    public String allow() {
        return rows.allow();
    }
}
