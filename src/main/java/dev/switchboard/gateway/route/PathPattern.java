package dev.switchboard.gateway.route;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of paths, segment by segment: literals, {@code {name}} for one segment, and at the end {@code **} for any
 * number of segments, none among them. {@code :name} is another spelling of {@code {name}}.
 *
 * @param text as it was written
 * @param segments of the pattern, without the slashes
 */
public record PathPattern(String text, List<String> segments) {
    /** The segment that stands for the rest of a path. */
    public static final String REST = "**";

    /** @throws IllegalArgumentException with a message for whoever wrote it */
    public static PathPattern of(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with /");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : text.substring(1).split("/", -1)) {
            segments.add(segment.startsWith(":") ? "{" + segment.substring(1) + "}" : segment);
        }
        int rest = segments.indexOf(REST);
        if (rest >= 0 && rest < segments.size() - 1) {
            throw new IllegalArgumentException("** is for the end of a path");
        }
        return new PathPattern(text, List.copyOf(segments));
    }
}
