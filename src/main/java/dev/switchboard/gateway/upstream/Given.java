package dev.switchboard.gateway.upstream;

import dev.switchboard.config.Section;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Settings that may be left out. The sections of upstreams have names that the user chose, so the file inside the program
 * cannot hold their defaults.
 */
final class Given {
    private static final Pattern PERCENT = Pattern.compile("\\d{1,3}%?");
    private static final int WHOLE = 100;

    private Given() {}

    static int integer(Section section, String key, int otherwise, int min, int max) {
        return absent(section, key) ? otherwise : section.integer(key, min, max);
    }

    static boolean bool(Section section, String key, boolean otherwise) {
        return absent(section, key) ? otherwise : section.bool(key);
    }

    static Duration duration(Section section, String key, Duration otherwise, Duration min, Duration max) {
        return absent(section, key) ? otherwise : section.duration(key, min, max);
    }

    /** A duration of at least {@code min}, which is also what it is when the default is shorter than that. */
    static Duration noShorter(Section section, String key, Duration otherwise, Duration min, Duration max) {
        return duration(section, key, otherwise.compareTo(min) < 0 ? min : otherwise, min, max);
    }

    static <E extends Enum<E>> E oneOf(Section section, String key, E otherwise, Class<E> type) {
        return absent(section, key) ? otherwise : section.oneOf(key, type);
    }

    /** {@code 20%}, or {@code 20}. */
    static int percent(Section section, String key, int otherwise) {
        String text = section.optionalText(key);
        if (text == null) {
            return otherwise;
        }
        int percent = PERCENT.matcher(text).matches() ? Integer.parseInt(text.replace("%", "")) : -1;
        if (percent < 0 || percent > WHOLE) {
            section.problem(key, "expected a share from 0% to 100%, got \"" + text + '"');
        }
        return percent;
    }

    static <T> T section(Section section, String key, T otherwise, Function<Section, T> read) {
        return hasSection(section, key) ? read.apply(section.section(key)) : otherwise;
    }

    static boolean hasSection(Section section, String key) {
        // An absent key has no text either, but asking for it makes it known to whoever suggests names for a wrong one.
        return section.keys().contains(key) || !absent(section, key);
    }

    private static boolean absent(Section section, String key) {
        return section.optionalText(key) == null;
    }
}
