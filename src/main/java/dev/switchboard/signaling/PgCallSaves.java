package dev.switchboard.signaling;

import dev.switchboard.protocol.Fault;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs one statement for many, one batch after the other: a database that is slow to commit for a moment then keeps one
 * connection busy, and not all of them, and who is called is not kept waiting by calls that end. Used on one context.
 */
final class PgCallSaves {
    private static final int BATCH = 100;
    private static final int MAX_WAITING = 10_000;

    private final Database database;
    private final String statement;
    private final Deque<Save> waiting = new ArrayDeque<>();
    private boolean running;

    private record Save(Tuple arguments, Promise<Integer> rows) {}

    PgCallSaves(Database database, String statement) {
        this.database = database;
        this.statement = statement;
    }

    /** @return how many rows it changed */
    Future<Integer> run(Tuple arguments) {
        if (waiting.size() >= MAX_WAITING) {
            return Future.failedFuture(Fault.UNAVAILABLE.because("The database does not keep up."));
        }
        Promise<Integer> rows = Promise.promise();
        waiting.add(new Save(arguments, rows));
        next();
        return rows.future();
    }

    private void next() {
        if (running || waiting.isEmpty()) {
            return;
        }
        running = true;
        List<Save> batch = new ArrayList<>();
        while (!waiting.isEmpty() && batch.size() < BATCH) {
            batch.add(waiting.poll());
        }
        database.batch(statement, batch.stream().map(Save::arguments).toList()).onComplete(done -> {
            running = false;
            if (done.succeeded()) {
                @Nullable RowSet<Row> result = done.result();
                for (Save save : batch) {
                    save.rows().complete(result == null ? 0 : result.rowCount());
                    result = result == null ? null : result.next();
                }
            } else {
                batch.forEach(save -> save.rows().fail(done.cause()));
            }
            next();
        });
    }
}
