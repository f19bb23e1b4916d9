package dev.switchboard.room;

import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.ConversationOperations.Channel;
import dev.switchboard.protocol.ConversationOperations.FindChannels;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The public channels: everybody may look for one to enter. */
final class PgChannels {
    private static final int PAGE = 50;

    /** Letters of either case are one, whatever the locale of the database. */
    private static final String TITLE = "lower(r.title COLLATE \"und-x-icu\")";

    private static final String FIND = "SELECT r.id, r.slug, r.title, r.created_at, " + TITLE + " AS place,"
            + " (SELECT count(*) FROM room_member c WHERE c.room_id = r.id) AS member_count,"
            + " EXISTS (SELECT 1 FROM room_member me WHERE me.room_id = r.id AND me.user_id = $1) AS member"
            + " FROM room r WHERE r.kind = 'channel'"
            + " AND ($2::text IS NULL OR position(lower($2::text COLLATE \"und-x-icu\") IN " + TITLE + ") > 0)"
            + " AND ($3::text IS NULL OR (" + TITLE + " COLLATE \"C\", r.id) > ($3::text COLLATE \"C\", $4::uuid))"
            + " ORDER BY " + TITLE + " COLLATE \"C\", r.id LIMIT $5";

    private final Database database;

    PgChannels(Database database) {
        this.database = database;
    }

    void register(Handlers handlers) {
        handlers.on(ConversationOperations.FIND_CHANNELS, this::find);
    }

    /** Where the next page begins: after this title, and after this id where titles are the same. */
    private record Place(String title, UUID id) {
        static Place parse(String cursor) {
            int split = cursor.indexOf('_');
            try {
                return new Place(cursor.substring(split + 1), UUID.fromString(cursor.substring(0, Math.max(0, split))));
            } catch (IllegalArgumentException e) {
                throw FaultException.invalid("cursor", "is not one that we gave");
            }
        }

        @Override
        public String toString() {
            return id + "_" + title;
        }
    }

    private Future<ConversationOperations.Channels> find(Caller caller, FindChannels q) {
        String cursor = q.cursor();
        @Nullable Place after = cursor == null ? null : Place.parse(cursor);
        int limit = q.limit() == null ? PAGE : q.limit();
        Tuple values = Tuple.tuple()
                .addValue(caller.user())
                .addValue(q.query())
                .addValue(after == null ? null : after.title())
                .addValue(after == null ? null : after.id())
                .addValue(limit + 1);
        return database.query(FIND, values).map(rows -> {
            List<Channel> items = new ArrayList<>(limit);
            String next = null;
            String place = "";
            for (var row : rows) {
                if (items.size() == limit) {
                    next = new Place(place, items.get(limit - 1).id()).toString();
                    break;
                }
                place = row.getString("place");
                items.add(new Channel(
                        row.getUUID("id"),
                        row.getString("slug"),
                        row.getString("title"),
                        row.getLong("member_count").intValue(),
                        row.getBoolean("member"),
                        row.getOffsetDateTime("created_at").toInstant()));
            }
            return new ConversationOperations.Channels(items, next);
        });
    }
}
