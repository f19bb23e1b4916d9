package dev.switchboard.gateway.http;

import dev.switchboard.protocol.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which operation a method and a path mean. A tree over the segments of the paths: a literal segment wins over a
 * parameter. Operations for the platform's own parts have no place in it.
 */
final class OperationTable {
    /** A route. {@code names} are those of its path parameters, in order. */
    record Route(Operation<?, ?> operation, int status, List<String> names, RequestShape shape) {}

    /** What a path leads to: the routes by method, and the texts that stand for its parameters, not decoded. */
    record Place(Map<String, Route> routes, List<String> values) {
        /** The route of a method; {@code HEAD} is {@code GET} without the body. */
        @Nullable
        Route route(String method) {
            return routes.get(method.equals("HEAD") ? "GET" : method);
        }

        /** The {@code Allow} header. */
        String allow() {
            var methods = new TreeSet<>(routes.keySet());
            methods.add("OPTIONS");
            if (methods.contains("GET")) {
                methods.add("HEAD");
            }
            return String.join(", ", methods);
        }

        Map<String, String> parameters(Route route) {
            Map<String, String> parameters = new LinkedHashMap<>();
            for (int i = 0; i < values.size(); i++) {
                parameters.put(route.names().get(i), values.get(i));
            }
            return parameters;
        }
    }

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        final Map<String, Route> routes = new TreeMap<>();

        @Nullable
        Node parameter;
    }

    private final Node root = new Node();

    /** @throws IllegalArgumentException when two operations share a method and a path */
    OperationTable(List<Operation<?, ?>> operations) {
        for (Operation<?, ?> operation : operations) {
            if (operation.access() != Operation.Access.INTERNAL) {
                operation.http().forEach(http -> add(operation, http));
            }
        }
    }

    private void add(Operation<?, ?> operation, Operation.Http http) {
        Node node = root;
        List<String> names = new ArrayList<>();
        for (String segment : segments(http.path())) {
            if (segment.startsWith("{") && segment.endsWith("}")) {
                names.add(segment.substring(1, segment.length() - 1));
                if (node.parameter == null) {
                    node.parameter = new Node();
                }
                node = node.parameter;
            } else {
                node = node.literals.computeIfAbsent(segment, s -> new Node());
            }
        }
        var route = new Route(operation, http.status(), List.copyOf(names), RequestShape.of(operation.request()));
        if (node.routes.put(http.method(), route) != null) {
            throw new IllegalArgumentException("two operations at " + http.method() + " " + http.path());
        }
    }

    /** @param path relative to the API, beginning with a slash; null when there is nothing at it */
    @Nullable
    Place find(String path) {
        return find(root, segments(path), 0, new ArrayList<>());
    }

    private static @Nullable Place find(Node node, String[] segments, int at, List<String> values) {
        if (at == segments.length) {
            return node.routes.isEmpty() ? null : new Place(node.routes, List.copyOf(values));
        }
        Node literal = node.literals.get(segments[at]);
        Place found = literal == null ? null : find(literal, segments, at + 1, values);
        if (found != null || node.parameter == null || segments[at].isEmpty()) {
            return found;
        }
        values.add(segments[at]);
        found = find(node.parameter, segments, at + 1, values);
        values.remove(values.size() - 1);
        return found;
    }

    private static String[] segments(String path) {
        return path.substring(1).split("/", -1);
    }
}
