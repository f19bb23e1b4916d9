package dev.switchboard.storage;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the tables up to date with Flyway. Nodes that start together wait for each other (an advisory lock). */
final class Migrations {
    private Migrations() {}

    /**
     * Blocks.
     *
     * @throws FlywayException when a migration fails, or with the {@link SQLException} as its cause when the database
     *     cannot be reached
     */
    static void run(DataSource database) {
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration")
                .cleanDisabled(true)
                .connectRetries(0)
                .load()
                .migrate();
    }

    /** What the driver said, in one line. */
    static String reason(Throwable failure) {
        Throwable deepest = failure;
        for (Throwable at = failure; at != null; at = at.getCause()) {
            deepest = at;
            if (at instanceof SQLException) {
                break;
            }
        }
        return String.valueOf(deepest.getMessage()).lines().findFirst().orElse("");
    }
}
