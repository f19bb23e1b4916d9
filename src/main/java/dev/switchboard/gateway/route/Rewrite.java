package dev.switchboard.gateway.route;

import java.util.List;

/**
 * What a service is asked for in place of the path that was matched. Only whole segments are filled in, and those are in
 * their normal form, so the result is too.
 *
 * @param segments literals, {@code {name}} and, at the end, {@code **}
 * @param names of what the pattern captures, in order
 */
record Rewrite(List<String> segments, List<String> names) {

    /** @throws IllegalArgumentException with a message for whoever wrote it */
    static Rewrite of(String text, PathPattern pattern) {
        List<String> segments = PathPattern.parse(text);
        List<String> names = pattern.names();
        for (String segment : segments) {
            if (PathPattern.isParameter(segment) && !names.contains(name(segment))) {
                throw new IllegalArgumentException("the path has no " + segment);
            }
            if (segment.equals(PathPattern.REST) && !pattern.hasRest()) {
                throw new IllegalArgumentException("the path has no " + PathPattern.REST);
            }
        }
        return new Rewrite(segments, names);
    }

    private static String name(String segment) {
        return segment.substring(1, segment.length() - 1);
    }

    /**
     * The path to ask for.
     *
     * @param values of the names, in order
     * @param rest of the path after what the pattern names: empty, or beginning with a slash
     */
    String apply(List<String> values, String rest) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            if (segment.equals(PathPattern.REST)) {
                path.append(rest);
            } else if (PathPattern.isParameter(segment)) {
                path.append('/').append(values.get(names.indexOf(name(segment))));
            } else {
                path.append('/').append(segment);
            }
        }
        return path.isEmpty() ? "/" : path.toString();
    }
}
