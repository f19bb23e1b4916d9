package dev.switchboard.support;

import dev.switchboard.config.Secret;
import dev.switchboard.storage.Database;
import dev.switchboard.storage.DatabaseOptions;
import dev.switchboard.storage.EmbeddedDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL for tests: one embedded server for all JVMs of this build, and for each {@code Postgres} a database of
 * its own, copied from a migrated one in some 50 ms.
 */
public final class Postgres implements AutoCloseable {
    private final String name;

    private Postgres(String name) {
        this.name = name;
    }

    private static final class Server {
        static final EmbeddedDatabase EMBEDDED = start();
        static final String TEMPLATE = template();

        private static EmbeddedDatabase start() {
            try {
                EmbeddedDatabase embedded = EmbeddedDatabase.open(Path.of("target", "test-data"));
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    try {
                        embedded.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
                return embedded;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The migrated database; named after the migrations, so that a changed one is not mistaken for it. */
        private static String template() {
            CRC32 migrations = new CRC32();
            try (Stream<Path> files = Files.list(Path.of("src", "main", "resources", "db", "migration"))) {
                for (Path file : files.sorted().toList()) {
                    migrations.update(Files.readAllBytes(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            String template = "template_" + HexFormat.of().toHexDigits((int) migrations.getValue());
            try (Connection connection = connect(EMBEDDED.database());
                    Statement statement = connection.createStatement()) {
                // Another JVM of the build may be at it; only a finished template is marked as one.
                statement.execute("SELECT pg_advisory_lock(1)");
                if (!exists(statement, template)) {
                    statement.execute("DROP DATABASE IF EXISTS " + template);
                    statement.execute("CREATE DATABASE " + template);
                    new Postgres(template).openAndClose();
                    statement.execute("ALTER DATABASE " + template + " IS_TEMPLATE true");
                }
                return template;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static boolean exists(Statement statement, String template) throws SQLException {
            return statement
                    .executeQuery("SELECT 1 FROM pg_database WHERE datistemplate AND datname = '" + template + "'")
                    .next();
        }
    }

    /** A fresh, migrated database. */
    public static Postgres create() {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        execute(Server.EMBEDDED.database(), "CREATE DATABASE " + name + " TEMPLATE " + Server.TEMPLATE);
        return new Postgres(name);
    }

    /** What a node's settings would hold to use it. */
    public DatabaseOptions options() {
        return new DatabaseOptions(
                new Secret(url()), 4, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMinutes(1));
    }

    /** Its {@code DATABASE_URL}. */
    public String url() {
        EmbeddedDatabase server = Server.EMBEDDED;
        return "postgres://" + server.user() + ":" + server.password().value() + "@" + server.host() + ":"
                + server.port() + "/" + name;
    }

    /** Opens it; waits, so not on an event loop. */
    public Database open(Vertx vertx) {
        return await(Database.open(vertx, options(), Path.of("unused")));
    }

    /** Runs a statement in it, past all nodes. */
    public void execute(String sql) {
        execute(name, sql);
    }

    /** Asks it, past all nodes: each row as texts, null where there is no value. */
    public List<List<String>> query(String sql, UUID... values) {
        try (Connection connection = connect(name);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            List<List<String>> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        row.add(found.getString(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Drops it, whoever is connected. */
    @Override
    public void close() {
        execute(Server.EMBEDDED.database(), "DROP DATABASE " + name + " WITH (FORCE)");
    }

    private void openAndClose() {
        Vertx vertx = Vertx.vertx();
        try {
            await(open(vertx).close());
        } finally {
            await(vertx.close());
        }
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(Patience.LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(String database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {Server.EMBEDDED.host()});
        source.setPortNumbers(new int[] {Server.EMBEDDED.port()});
        source.setDatabaseName(database);
        source.setUser(Server.EMBEDDED.user());
        source.setPassword(Server.EMBEDDED.password().value());
        return source.getConnection();
    }
}
