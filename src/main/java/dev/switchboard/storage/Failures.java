package dev.switchboard.storage;

import dev.switchboard.protocol.Fault;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what the database objects to from the database being away, and logs the latter when it begins and ends. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final String QUERY_CANCELED = "57014";

    /** A full disk still lets everything be read: so it is no success that ends this, but time without a refusal. */
    private static final long REFUSING_NANOS = Duration.ofSeconds(30).toNanos();

    private final String database;
    private final LongSupplier clock;
    private final AtomicBoolean away = new AtomicBoolean();
    private volatile @Nullable Long refusedAt;

    /** @param clock nanoseconds, rising */
    Failures(String database, LongSupplier clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Whether the database had no room for what it was given, or would not take it, a moment ago. */
    boolean refusing() {
        Long at = refusedAt;
        return at != null && clock.getAsLong() - at < REFUSING_NANOS;
    }

    Throwable translate(Throwable failure) {
        if (failure instanceof PgException refused) {
            String state = String.valueOf(refused.getSqlState());
            if (state.equals(QUERY_CANCELED)) {
                return Fault.TIMEOUT.because("the database took too long");
            }
            if (isRefusal(state)) {
                refusedAt = clock.getAsLong();
            }
            return isPassing(state) ? unavailable(failure) : failure;
        }
        if (failure instanceof TimeoutException) {
            return Fault.TIMEOUT.because("the database took too long");
        }
        if (failure instanceof IOException
                || failure instanceof ClosedConnectionException
                || failure.getClass() == VertxException.class) {
            return unavailable(failure);
        }
        return failure;
    }

    /** Classes of SQLSTATE that end by themselves: connection, resources, shutdown, serialization and deadlock. */
    private static boolean isPassing(String state) {
        return state.startsWith("08")
                || state.startsWith("53")
                || state.startsWith("57P")
                || state.equals("40001")
                || state.equals("40P01");
    }

    /** No resources (a full disk), a database that is read only, an error of the system below it. */
    private static boolean isRefusal(String state) {
        return state.startsWith("53") || state.equals("25006") || state.startsWith("58");
    }

    private Throwable unavailable(Throwable failure) {
        if (away.compareAndSet(false, true)) {
            LOG.warn(
                    "The database {} is away: {}",
                    database,
                    Objects.requireNonNullElse(failure.getMessage(), failure.toString()));
        }
        return Fault.UNAVAILABLE.because("the database cannot be reached");
    }

    /** A call succeeded. */
    void reached() {
        if (away.get() && away.compareAndSet(true, false)) {
            LOG.info("The database {} is back", database);
        }
    }
}
