package dev.switchboard.room;

import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Blocks in PostgreSQL. */
final class PgBlockers implements Blockers {
    private final Database database;

    PgBlockers(Database database) {
        this.database = database;
    }

    @Override
    public Future<Map<UUID, Set<UUID>>> among(Collection<UUID> users) {
        return database.query(
                        "SELECT user_id, blocked_id FROM user_block"
                                + " WHERE blocked_id = ANY($1) AND user_id = ANY($1)",
                        Tuple.of(users.toArray(UUID[]::new)))
                .map(rows -> {
                    Map<UUID, Set<UUID>> blockers = new HashMap<>();
                    rows.forEach(row -> blockers.computeIfAbsent(row.getUUID("blocked_id"), b -> new HashSet<>())
                            .add(row.getUUID("user_id")));
                    return blockers;
                });
    }
}
