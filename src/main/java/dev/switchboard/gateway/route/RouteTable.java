package dev.switchboard.gateway.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which row a path and a method lead to. A tree over the segments of the patterns: a literal wins over a parameter, that over
 * {@code **}, at each segment from the left; so the order of the rows does not matter. The most specific pattern decides
 * alone: a method that it does not know is not looked for elsewhere, or a wide row would open what a narrow one closes.
 *
 * <p>Immutable; shared by all event loops.
 */
public final class RouteTable {
    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        final Map<String, Place.Row> byMethod = new HashMap<>();

        @Nullable
        Node parameter;

        /** What {@code **} leads to from here. */
        @Nullable
        Node rest;

        Place.@Nullable Row any;
        Place.@Nullable Rows rows;

        void seal() {
            if (any != null || !byMethod.isEmpty()) {
                rows = new Place.Rows(byMethod, any);
            }
            literals.values().forEach(Node::seal);
            if (parameter != null) {
                parameter.seal();
            }
            if (rest != null) {
                rest.seal();
            }
        }
    }

    private final Node root = new Node();

    /**
     * A table of the user's rows and of built-in ones; where both have the same pattern and method, the user's is used.
     *
     * @throws IllegalArgumentException when two rows of the same list share a pattern and a method
     */
    public RouteTable(List<Route> users, List<Route> builtIn) {
        users.forEach(route -> add(route, false));
        builtIn.forEach(route -> add(route, true));
        root.seal();
    }

    private void add(Route route, boolean builtIn) {
        Node node = root;
        for (String segment : route.path().segments()) {
            if (segment.equals(PathPattern.REST)) {
                node = node.rest = node.rest == null ? new Node() : node.rest;
            } else if (PathPattern.isParameter(segment)) {
                node = node.parameter = node.parameter == null ? new Node() : node.parameter;
            } else {
                node = node.literals.computeIfAbsent(NormalPath.decoded(segment), s -> new Node());
            }
        }
        var row = Place.Row.of(route, builtIn);
        if (gives(node.any, row)) {
            return;
        }
        if (route.methods().isEmpty()) {
            refuseTwin(node.any, row);
            node.any = row;
        }
        for (String method : route.methods()) {
            Place.Row other = node.byMethod.get(method);
            if (!gives(other, row)) {
                refuseTwin(other, row);
                node.byMethod.put(method, row);
            }
        }
    }

    /** Whether a row that is there makes another one needless. */
    private static boolean gives(Place.@Nullable Row there, Place.Row row) {
        return there != null && row.builtIn() && !there.builtIn();
    }

    private static void refuseTwin(Place.@Nullable Row one, Place.Row other) {
        if (one != null) {
            throw new IllegalArgumentException(
                    one.route().name() + " and " + other.route().name() + " are for the same requests");
        }
    }

    /** What a path leads to; null when it leads nowhere. */
    public @Nullable Place find(NormalPath path) {
        return find(root, path.text(), 0, new ArrayList<>(4));
    }

    /** @param at where the next segment's slash is, or the end of the path */
    private static @Nullable Place find(Node node, String path, int at, List<String> values) {
        if (at == path.length()) {
            return node.rows != null
                    ? new Place(node.rows, path, List.copyOf(values), "")
                    : rest(node, path, at, values);
        }
        int slash = path.indexOf('/', at + 1);
        int end = slash < 0 ? path.length() : slash;
        String segment = path.substring(at + 1, end);
        Node literal = node.literals.get(NormalPath.decoded(segment));
        Place found = literal == null ? null : find(literal, path, end, values);
        if (found == null && node.parameter != null && !segment.isEmpty()) {
            values.add(segment);
            found = find(node.parameter, path, end, values);
            values.remove(values.size() - 1);
        }
        return found == null ? rest(node, path, at, values) : found;
    }

    private static @Nullable Place rest(Node node, String path, int at, List<String> values) {
        return node.rest == null || node.rest.rows == null
                ? null
                : new Place(node.rest.rows, path, List.copyOf(values), path.substring(at));
    }
}
