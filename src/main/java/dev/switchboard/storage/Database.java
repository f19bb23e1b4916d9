package dev.switchboard.storage;

import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.Secret;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's way to PostgreSQL. Safe to share between contexts; answers come on the caller's context. Every call ends in
 * bounded time. A call that fails because the database is away fails with {@link Fault#UNAVAILABLE}, one that took too long
 * with {@link Fault#TIMEOUT} (it may have been carried out); what the database itself objects to stays a
 * {@link io.vertx.pgclient.PgException} for the caller to understand.
 */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** Calls that may wait for a connection; more fail at once. */
    private static final int MAX_WAITING = 10_000;

    private static final int PIPELINED = 64;
    private static final int CACHED_STATEMENTS = 512;
    private static final int RECONNECTS = 2;
    private static final int RECONNECT_PAUSE_MS = 100;

    /** How often it is looked whether the embedded database lives. */
    private static final long WATCH_MS = 500;

    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final Pool pool;
    private final Failures failures;
    private final long callTimeoutMs;
    private final @Nullable EmbeddedDatabase embedded;
    private final AtomicBoolean restarting = new AtomicBoolean();
    private final long watch;
    private final int poolSize;
    private final AtomicInteger underWay = new AtomicInteger();
    private final LongAdder calls = new LongAdder();
    private final LongAdder failed = new LongAdder();

    private Database(
            Vertx vertx, PgConnectOptions connect, DatabaseOptions options, @Nullable EmbeddedDatabase embedded) {
        this.vertx = vertx;
        this.embedded = embedded;
        failures = new Failures(
                connect.getHost() + ":" + connect.getPort() + "/" + connect.getDatabase(), System::nanoTime);
        // The server's own limit comes first, so that a call which ran out of time has left no statement running.
        callTimeoutMs = options.connectTimeout()
                .plus(options.statementTimeout())
                .plus(Duration.ofSeconds(1))
                .toMillis();
        poolSize = options.poolSize();
        pool = pool(vertx, pooled(connect), embedded, options);
        watch = embedded == null ? NO_TIMER : vertx.setPeriodic(WATCH_MS, t -> watch(embedded));
    }

    /**
     * A migrated database that no pool is connected to yet.
     *
     * @param embedded this node's use of the embedded one, or null
     * @param id which database it is, wherever it is moved or restored to
     */
    public record Prepared(
            DatabaseOptions options, PgConnectOptions connect, @Nullable EmbeddedDatabase embedded, UUID id)
            implements AutoCloseable {

        /** Gives it up without opening it. Blocks. */
        @Override
        public void close() {
            Database.close(embedded);
        }
    }

    /**
     * Starts the embedded database if {@code options} name no other, and migrates it. Blocks, some seconds the first time.
     *
     * @param dataDir where the embedded one is kept
     * @throws ConfigException that names {@code DATABASE_URL} or {@code DATA_DIR} when it cannot be reached or migrated
     */
    public static Prepared prepare(DatabaseOptions options, Path dataDir) {
        Secret url = options.url();
        if (url != null) {
            PgConnectOptions connect = Connect.to(url);
            return new Prepared(options, connect, null, migrate(connect, options));
        }
        EmbeddedDatabase embedded = openEmbedded(dataDir);
        PgConnectOptions connect = Connect.to(embedded);
        try {
            return new Prepared(options, connect, embedded, migrate(connect, options));
        } catch (RuntimeException e) {
            close(embedded);
            throw e;
        }
    }

    private static void close(@Nullable EmbeddedDatabase embedded) {
        if (embedded != null) {
            try {
                embedded.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Opens the pool. */
    public static Database open(Vertx vertx, Prepared prepared) {
        return new Database(vertx, prepared.connect(), prepared.options(), prepared.embedded());
    }

    /** {@link #prepare} and {@link #open(Vertx, Prepared)} without blocking. */
    public static Future<Database> open(Vertx vertx, DatabaseOptions options, Path dataDir) {
        return vertx.executeBlocking(() -> open(vertx, prepare(options, dataDir)));
    }

    private static EmbeddedDatabase openEmbedded(Path dataDir) {
        try {
            return EmbeddedDatabase.open(dataDir);
        } catch (FileSystemException e) {
            throw new ConfigException(new ConfigError(
                    "node.dataDir",
                    "DATA_DIR",
                    "cannot be written to: " + e.getClass().getSimpleName() + " " + e.getMessage()));
        } catch (IOException e) {
            throw Connect.failure("not set, and the embedded database cannot be used: " + e.getMessage(), null);
        }
    }

    private static UUID migrate(PgConnectOptions connect, DatabaseOptions options) {
        try {
            return Migrations.run(Connect.jdbc(connect, options));
        } catch (FlywayException | SQLException e) {
            throw Connect.failure(Migrations.reason(e), connect);
        }
    }

    /** Whoever runs a database of their own has nobody else who would look after it. */
    private void watch(EmbeddedDatabase own) {
        if (own.isRunning() || !restarting.compareAndSet(false, true)) {
            return;
        }
        vertx.executeBlocking(
                        () -> {
                            own.restart();
                            return null;
                        },
                        false)
                .onFailure(e -> LOG.error("The embedded database could not be started again: {}", e.getMessage()))
                .onComplete(done -> restarting.set(false));
    }

    private static PgConnectOptions pooled(PgConnectOptions connect) {
        return new PgConnectOptions(connect)
                .setPipeliningLimit(PIPELINED)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(CACHED_STATEMENTS)
                .setReconnectAttempts(RECONNECTS)
                .setReconnectInterval(RECONNECT_PAUSE_MS);
    }

    private static Pool pool(
            Vertx vertx, PgConnectOptions connect, @Nullable EmbeddedDatabase embedded, DatabaseOptions options) {
        PoolOptions size = new PoolOptions()
                .setMaxSize(options.poolSize())
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectionTimeout((int) options.connectTimeout().toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) options.idleTimeout().toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS);
        // Not startup parameters: connection poolers in front of PostgreSQL refuse those that they do not know.
        String limits = "SET statement_timeout = %1$d; SET idle_in_transaction_session_timeout = %1$d"
                .formatted(options.statementTimeout().toMillis());
        return PgBuilder.pool()
                .with(size)
                .connectingTo(() -> Future.succeededFuture(
                        embedded == null ? connect : new PgConnectOptions(connect).setPort(embedded.port())))
                .withConnectHandler(
                        connection -> connection.query(limits).execute().onComplete(done -> connection.close()))
                .using(vertx)
                .build();
    }

    /** One statement that commits by itself. */
    public Future<RowSet<Row>> query(String sql, Tuple arguments) {
        return bounded(() -> pool.preparedQuery(sql).execute(arguments));
    }

    /** One statement without arguments. */
    public Future<RowSet<Row>> query(String sql) {
        return query(sql, Tuple.tuple());
    }

    /** The same statement for each of the arguments, in one round trip; they do not share a transaction. */
    public Future<RowSet<Row>> batch(String sql, List<Tuple> arguments) {
        return bounded(() -> pool.preparedQuery(sql).executeBatch(arguments));
    }

    /** Commits when the future of {@code work} succeeds, else rolls back and fails with its failure. */
    public <T> Future<T> transaction(Function<SqlConnection, Future<T>> work) {
        return bounded(() -> pool.withTransaction(work));
    }

    /** Whether the database answers, for health. */
    public Future<Void> ping() {
        return query("SELECT 1").mapEmpty();
    }

    /**
     * How the pool is used; each call has a connection for itself while it runs.
     *
     * @param connections that are open
     * @param most that there may be
     * @param inUse calls that run
     * @param waiting calls that wait for a connection
     * @param calls since the start
     * @param failed calls among them
     */
    public record Use(int connections, int most, int inUse, int waiting, long calls, long failed) {}

    /** How it is used now. From any thread. */
    public Use use() {
        int now = underWay.get();
        return new Use(
                pool.size(), poolSize, Math.min(now, poolSize), Math.max(0, now - poolSize), calls.sum(), failed.sum());
    }

    /** Whether it has not refused what it was to store in the last 30 s; a full disk can still be read. */
    public boolean stores() {
        return !failures.refusing();
    }

    private <T> Future<T> bounded(Supplier<Future<T>> call) {
        underWay.incrementAndGet();
        calls.increment();
        return call.get()
                .timeout(callTimeoutMs, TimeUnit.MILLISECONDS)
                .onComplete(done -> {
                    underWay.decrementAndGet();
                    if (done.failed()) {
                        failed.increment();
                    }
                })
                .onSuccess(result -> failures.reached())
                .recover(failure -> Future.failedFuture(failures.translate(failure)));
    }

    /** Closes the pool, and the embedded database if this was its last user. */
    public Future<Void> close() {
        vertx.cancelTimer(watch);
        return pool.close()
                .eventually(() -> vertx.executeBlocking(() -> {
                    if (embedded != null) {
                        embedded.close();
                    }
                    return null;
                }));
    }
}
