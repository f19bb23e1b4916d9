package dev.switchboard.participant;

import dev.switchboard.protocol.Conversation;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Peers from the conversations in PostgreSQL. */
final class PgPeerStore implements PeerStore {
    /** Rooms are counted only as far as it takes to see that they are large. */
    private static final String PEERS =
            """
            WITH theirs AS (
              SELECT m.user_id, m.room_id FROM room_member m WHERE m.user_id = ANY($1)
            ), small AS (
              SELECT r.room_id FROM (SELECT DISTINCT room_id FROM theirs) r
              WHERE (SELECT count(*) FROM (SELECT 1 FROM room_member c WHERE c.room_id = r.room_id LIMIT $2 + 1) AS c) <= $2
            )
            SELECT DISTINCT t.user_id, o.user_id AS peer
            FROM theirs t JOIN small s ON s.room_id = t.room_id
            JOIN room_member o ON o.room_id = t.room_id AND o.user_id <> t.user_id
            WHERE NOT EXISTS (SELECT 1 FROM user_block b WHERE b.user_id = t.user_id AND b.blocked_id = o.user_id)
            """;

    private final Database database;

    PgPeerStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<Map<UUID, List<UUID>>> peers(Collection<UUID> users) {
        return database.query(PEERS, Tuple.of(users.toArray(UUID[]::new), Conversation.SMALL))
                .map(rows -> {
                    Map<UUID, List<UUID>> peers = new HashMap<>();
                    rows.forEach(row -> peers.computeIfAbsent(row.getUUID("user_id"), u -> new ArrayList<>())
                            .add(row.getUUID("peer")));
                    return peers;
                });
    }
}
