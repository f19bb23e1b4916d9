package dev.switchboard.storage;

import dev.switchboard.config.Secret;
import dev.switchboard.config.Section;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The database.
 *
 * @param url {@code postgres://…}, or null for the embedded one; holds a password
 * @param poolSize connections of one node
 * @param connectTimeout how long a call may wait for a connection
 * @param statementTimeout how long one statement may run
 * @param idleTimeout after which an unused connection is closed
 */
public record DatabaseOptions(
        @Nullable Secret url, int poolSize, Duration connectTimeout, Duration statementTimeout, Duration idleTimeout) {

    public static DatabaseOptions from(Section section) {
        Duration second = Duration.ofSeconds(1);
        Secret url = section.optionalSecret("url", 0);
        if (url != null && !url.value().matches("(jdbc:)?postgres(ql)?://.+")) {
            section.problem("url", "expected postgres://user:password@host:5432/name");
        }
        return new DatabaseOptions(
                url,
                section.integer("poolSize", 1, 1_000),
                section.duration("connectTimeout", second, Duration.ofMinutes(1)),
                section.duration("statementTimeout", second, Duration.ofMinutes(10)),
                section.duration("idleTimeout", second, Duration.ofDays(1)));
    }
}
