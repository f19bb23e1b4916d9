package dev.switchboard.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happened at one rate.
 *
 * @param offered per second
 * @param achieved per second
 * @param p50 milliseconds from when a message was due
 * @param p99 milliseconds
 * @param cpuMicros of the server, for each delivery or acknowledgement
 * @param databaseMicros of the database, likewise
 * @param serverBusy share of the server's core
 * @param generatorBusy share of the core that generator and database have together that the generator used
 * @param bytes received for each delivery or acknowledgement
 * @param fault why it counts for nothing, or null
 */
record Level(
        double offered,
        double achieved,
        double p50,
        double p99,
        double cpuMicros,
        double databaseMicros,
        double serverBusy,
        double generatorBusy,
        double bytes,
        @Nullable String fault) {
    private static final double LEAST_SHARE = 0.98;

    /** Whether the server kept up, with 99 of 100 in less than {@code limitMillis}. */
    boolean holds(double limitMillis) {
        return fault == null && achieved >= LEAST_SHARE * offered && p99 < limitMillis;
    }

    @Override
    public String toString() {
        String figures = String.format(
                Locale.ROOT,
                "%,9.0f/s offered, %,9.0f/s achieved, p50 %.1f ms, p99 %.1f ms, %.2f µs each (database %.2f µs),"
                        + " server %.0f %% busy, generator %.0f %%, %.0f bytes each",
                offered,
                achieved,
                p50,
                p99,
                cpuMicros,
                databaseMicros,
                100 * serverBusy,
                100 * generatorBusy,
                bytes);
        return fault == null ? figures : figures + "; " + fault;
    }
}
