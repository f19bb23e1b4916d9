package dev.switchboard.gateway.route;

import dev.switchboard.protocol.FaultException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern of paths, segment by segment: literals, {@code {name}} for one segment that is not empty, and at the end {@code
 * **} for any number of segments, none among them. {@code :name} is another spelling of {@code {name}}.
 *
 * @param text as it was written
 * @param segments of the pattern, without the slashes; literals in their normal form
 */
public record PathPattern(String text, List<String> segments) {
    /** The segment that stands for the rest of a path. */
    public static final String REST = "**";

    private static final Pattern NAME = Pattern.compile("\\{[A-Za-z][A-Za-z0-9_-]*}");

    /** @throws IllegalArgumentException with a message for whoever wrote it */
    public static PathPattern of(String text) {
        List<String> segments = parse(text);
        var names = new HashSet<String>();
        for (String segment : segments) {
            if (isParameter(segment) && !names.add(segment)) {
                throw new IllegalArgumentException(segment + " is there twice");
            }
        }
        return new PathPattern(text, segments);
    }

    /** The segments of a pattern, or of what a path is rewritten to. */
    static List<String> parse(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with /, got \"" + text + '"');
        }
        String[] given = text.substring(1).split("/", -1);
        List<String> segments = new ArrayList<>();
        for (int i = 0; i < given.length; i++) {
            segments.add(segment(given[i], i == given.length - 1));
        }
        return List.copyOf(segments);
    }

    private static String segment(String given, boolean last) {
        String segment = given.startsWith(":") ? "{" + given.substring(1) + "}" : given;
        if (segment.equals(REST) || segment.isEmpty()) {
            if (!last) {
                throw new IllegalArgumentException(
                        segment.isEmpty() ? "a segment is empty" : REST + " is for the end of a path");
            }
            return segment;
        }
        if (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0) {
            if (!NAME.matcher(segment).matches()) {
                throw new IllegalArgumentException("expected {name} for a whole segment, got \"" + given + '"');
            }
            return segment;
        }
        if (segment.indexOf('*') >= 0) {
            throw new IllegalArgumentException(
                    "{name} stands for one segment, " + REST + " for the rest; got \"" + given + '"');
        }
        return literal(segment);
    }

    private static String literal(String segment) {
        if (segment.indexOf('?') >= 0 || segment.indexOf('#') >= 0) {
            throw new IllegalArgumentException("a path has no query and no fragment, got \"" + segment + '"');
        }
        try {
            String normal = NormalPath.of("/" + segment).text().substring(1);
            if (!normal.isEmpty()) {
                return normal;
            }
        } catch (FaultException e) {
            // As for a request: no request could ever match it.
        }
        throw new IllegalArgumentException("no request has such a path: \"" + segment + '"');
    }

    static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }

    /** The names of what it captures, in order. */
    public List<String> names() {
        return segments.stream()
                .filter(PathPattern::isParameter)
                .map(segment -> segment.substring(1, segment.length() - 1))
                .toList();
    }

    /** Equal for patterns that match the same paths: the names do not matter. */
    String shape() {
        return String.join(
                "/",
                segments.stream()
                        .map(segment -> isParameter(segment) ? "{}" : NormalPath.decoded(segment))
                        .toList());
    }

    /** Whether it ends in {@code **}. */
    boolean hasRest() {
        return segments.get(segments.size() - 1).equals(REST);
    }
}
