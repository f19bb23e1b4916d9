package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.Call.EndReason;
import dev.switchboard.protocol.Call.Media;
import dev.switchboard.protocol.Call.State;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls that are over, in PostgreSQL. */
final class PgCallLog implements CallLog {
    private static final String COLUMNS = "id, caller_id, callee_id, media, reason, created_at, answered_at, ended_at";

    private static final String SAVE = "INSERT INTO call (" + COLUMNS + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            // A half of a cluster that saw neither side any more took the call for over too early.
            + " ON CONFLICT (id) DO UPDATE SET reason = excluded.reason,"
            + " answered_at = excluded.answered_at, ended_at = excluded.ended_at"
            + " WHERE call.reason = 'disconnected' AND excluded.ended_at > call.ended_at";

    private final Database database;
    private final PgCallSaves saves;
    private final CallMeters meters;

    PgCallLog(Database database, CallMeters meters) {
        this.database = database;
        this.saves = new PgCallSaves(database, SAVE);
        this.meters = meters;
    }

    @Override
    public Future<Void> save(Call call) {
        EndReason reason = call.reason();
        Instant ended = call.endedAt();
        if (reason == null || ended == null) {
            throw new IllegalArgumentException("not over yet: " + call.id());
        }
        Instant answered = call.answeredAt();
        return saves.run(Tuple.tuple()
                        .addValue(call.id())
                        .addValue(call.callerId())
                        .addValue(call.calleeId())
                        .addValue(text(call.media()))
                        .addValue(text(reason))
                        .addValue(utc(call.createdAt()))
                        .addValue(answered == null ? null : utc(answered))
                        .addValue(utc(ended)))
                .onSuccess(stored -> {
                    // Whoever finishes what another began stores nothing.
                    if (stored > 0) {
                        meters.ended(reason);
                    }
                })
                .mapEmpty();
    }

    @Override
    public Future<List<Call>> list(UUID user, @Nullable UUID before, int limit) {
        return database.query(
                        "SELECT " + COLUMNS + " FROM call WHERE (caller_id = $1 OR callee_id = $1)"
                                // What a blocked caller tried is not there for whoever blocked it.
                                + " AND (callee_id <> $1 OR answered_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM"
                                + " user_block b WHERE b.user_id = $1 AND b.blocked_id = call.caller_id))"
                                + " AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
                        Tuple.of(user, before, limit))
                .map(PgCallLog::calls);
    }

    @Override
    public Future<Optional<Call>> find(UUID call) {
        return database.query("SELECT " + COLUMNS + " FROM call WHERE id = $1", Tuple.of(call))
                .map(rows -> calls(rows).stream().findFirst());
    }

    @Override
    public Future<Callee> callee(UUID caller, UUID callee) {
        return database.query(
                        "SELECT EXISTS (SELECT 1 FROM user_block WHERE user_id = $1 AND blocked_id = $2) AS blocking"
                                + " FROM user_account WHERE id = $1 AND password_hash IS NOT NULL",
                        Tuple.of(callee, caller))
                .map(rows -> {
                    if (rows.size() == 0) {
                        return Callee.UNKNOWN;
                    }
                    return rows.iterator().next().getBoolean("blocking") ? Callee.BLOCKING : Callee.OPEN;
                });
    }

    private static List<Call> calls(RowSet<Row> rows) {
        List<Call> calls = new ArrayList<>(rows.size());
        for (Row row : rows) {
            OffsetDateTime answered = row.getOffsetDateTime("answered_at");
            calls.add(new Call(
                    row.getUUID("id"),
                    row.getUUID("caller_id"),
                    row.getUUID("callee_id"),
                    Media.valueOf(row.getString("media").toUpperCase(Locale.ROOT)),
                    State.ENDED,
                    EndReason.valueOf(row.getString("reason").toUpperCase(Locale.ROOT)),
                    row.getOffsetDateTime("created_at").toInstant(),
                    answered == null ? null : answered.toInstant(),
                    row.getOffsetDateTime("ended_at").toInstant()));
        }
        return calls;
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
