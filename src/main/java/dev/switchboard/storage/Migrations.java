package dev.switchboard.storage;

import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the tables up to date with Flyway. Nodes that start together wait for each other (an advisory lock). */
final class Migrations {
    private Migrations() {}

    /**
     * Blocks; returns which database it is.
     *
     * @throws FlywayException when a migration fails, or with the {@link SQLException} as its cause when the database
     *     cannot be reached
     * @throws SQLException when it cannot be read afterwards
     */
    static UUID run(DataSource database) throws SQLException {
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration")
                .cleanDisabled(true)
                .connectRetries(0)
                .load()
                .migrate();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT database_id FROM deployment")) {
            if (!row.next()) {
                throw new SQLException("the table deployment is empty");
            }
            return row.getObject(1, UUID.class);
        }
    }

    /** What went wrong, in one line: the network's word if there is one, else the driver's, else Flyway's. */
    static String reason(Throwable failure) {
        Throwable telling = failure;
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof IOException) {
                return at instanceof UnknownHostException ? "unknown host" : firstLine(at);
            }
            if (at instanceof SQLException) {
                telling = at;
            }
        }
        return firstLine(telling);
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
