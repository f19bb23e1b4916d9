package dev.switchboard.gateway.upstream;

import dev.switchboard.config.Section;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How addresses are asked whether they are well.
 *
 * @param path that is asked for with {@code GET}; a status of 200 to 299 passes
 * @param interval between the end of a check and the next, give or take a tenth
 * @param timeout of one check, connecting included
 * @param healthy checks in a row that must pass before an address that failed is asked again
 * @param unhealthy checks in a row that must fail before an address is left out
 */
public record CheckRule(String path, Duration interval, Duration timeout, int healthy, int unhealthy) {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int HEALTHY = 2;
    private static final int UNHEALTHY = 3;

    private static final int MOST_IN_A_ROW = 100;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** Null without a path: nothing is checked. */
    static @Nullable CheckRule from(Section section) {
        String path = section.optionalText("path");
        CheckRule rule = new CheckRule(
                path == null ? "" : path,
                Given.duration(section, "interval", INTERVAL, SHORTEST, LONGEST),
                Given.duration(section, "timeout", TIMEOUT, SHORTEST, LONGEST),
                Given.integer(section, "healthy", HEALTHY, 1, MOST_IN_A_ROW),
                Given.integer(section, "unhealthy", UNHEALTHY, 1, MOST_IN_A_ROW));
        if (path != null && !path.startsWith("/")) {
            section.problem("path", "expected a path such as /health, got \"" + path + '"');
        }
        return path == null ? null : rule;
    }
}
