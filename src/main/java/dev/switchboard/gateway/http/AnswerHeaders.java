package dev.switchboard.gateway.http;

import dev.switchboard.config.Section;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Headers that every answer carries, unless whoever answers sets its own.
 *
 * @param values by name
 */
public record AnswerHeaders(Map<String, String> values) {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]+");

    /** Those say how an answer is framed, or what is in it. */
    private static final Set<String> NOT_YOURS = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "date",
            "set-cookie",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Reads a section whose keys are names of headers; an empty value takes one away. */
    public static AnswerHeaders from(Section section) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, String> spellings = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : section.keys()) {
            @Nullable String value = section.optionalText(name);
            @Nullable String other = spellings.put(name, name);
            if (other != null) {
                section.problem(name, "is there already, written " + other);
            } else if (!NAME.matcher(name).matches() || NOT_YOURS.contains(name.toLowerCase(Locale.ROOT))) {
                section.problem(name, "expected the name of a header that may be set for every answer");
            } else if (value != null && !VALUE.matcher(value).matches()) {
                section.problem(name, "expected printable ASCII characters in one line");
            } else if (value != null) {
                values.put(name, value);
            }
        }
        return new AnswerHeaders(Map.copyOf(values));
    }
}
