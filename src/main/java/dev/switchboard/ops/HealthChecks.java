package dev.switchboard.ops;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.Map;

/** How this node is. Safe to ask from any context. */
public interface HealthChecks {
    /** The worst of the checks, weighed by what the node can do without. */
    enum Status {
        OK,
        /** It serves, but something that it can do without is gone. */
        DEGRADED,
        /** It cannot serve. */
        DOWN
    }

    /**
     * The body of {@code GET /health}.
     *
     * @param status {@code ok}, {@code degraded} or {@code down}
     * @param info each check by its name, for example {@code database}, with its {@code status} and figures
     */
    record Report(String status, Map<String, Map<String, Object>> info) {
        public static Report of(Status status, Map<String, Map<String, Object>> info) {
            return new Report(status.name().toLowerCase(Locale.ROOT), info);
        }

        @JsonIgnore
        public boolean isDown() {
            return status.equals(Status.DOWN.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Runs the checks. Bounded in time: a check that does not answer counts as down. */
    Future<Report> report();

    /** Whether this node wants new work: it has started and is not on its way out. */
    boolean ready();
}
