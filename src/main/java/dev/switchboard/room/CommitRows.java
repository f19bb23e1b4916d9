package dev.switchboard.room;

import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Message;
import dev.switchboard.room.RoomStore.Append;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

/** The arrays of {@link PgRoomStore}'s commit statement, column by column. */
final class CommitRows {
    private CommitRows() {}

    static Tuple of(List<Append> appends) {
        List<Event<Message>> created = new ArrayList<>();
        List<Event<Message>> changes = new ArrayList<>();
        // One row of a message can be updated once in a statement: of several changes the last one is what stays.
        Map<UUID, Event<Message>> lastChange = new LinkedHashMap<>();
        for (Append append : appends) {
            for (Event<Message> event : append.events()) {
                if (event.type().equals(Event.MESSAGE_NEW)) {
                    created.add(event);
                } else {
                    changes.add(event);
                    lastChange.put(event.data().id(), event);
                }
            }
        }
        List<Event<Message>> updates = List.copyOf(lastChange.values());
        Tuple rows = Tuple.tuple();
        rows.addValue(column(appends, Append::roomId, UUID[]::new));
        rows.addValue(column(appends, Append::expectedHead, Long[]::new));
        rows.addValue(column(appends, a -> a.expectedHead() + a.events().size(), Long[]::new));
        rows.addValue(column(appends, Append::expectedVersion, Long[]::new));

        rows.addValue(column(created, e -> e.data().id(), UUID[]::new));
        rows.addValue(column(created, Event::roomId, UUID[]::new));
        rows.addValue(column(created, Event::seq, Long[]::new));
        rows.addValue(column(created, e -> e.data().senderId(), UUID[]::new));
        rows.addValue(column(created, e -> e.data().senderName(), String[]::new));
        rows.addValue(column(created, e -> e.data().type(), String[]::new));
        rows.addValue(column(created, e -> e.data().content(), String[]::new));
        rows.addValue(column(created, e -> e.data().clientId(), String[]::new));
        rows.addValue(column(created, e -> e.data().replyTo(), UUID[]::new));
        rows.addValue(column(created, e -> at(e.at()), OffsetDateTime[]::new));

        rows.addValue(column(changes, Event::roomId, UUID[]::new));
        rows.addValue(column(changes, Event::seq, Long[]::new));
        rows.addValue(column(changes, Event::type, String[]::new));
        rows.addValue(column(changes, e -> e.data().id(), UUID[]::new));
        rows.addValue(column(changes, e -> at(e.at()), OffsetDateTime[]::new));

        rows.addValue(column(updates, Event::roomId, UUID[]::new));
        rows.addValue(column(updates, e -> e.data().id(), UUID[]::new));
        rows.addValue(column(updates, e -> e.data().content(), String[]::new));
        rows.addValue(column(updates, e -> e.data().version(), Integer[]::new));
        rows.addValue(column(updates, e -> at(e.at()), OffsetDateTime[]::new));
        rows.addValue(column(updates, e -> e.data().deleted(), Boolean[]::new));

        rows.addValue(column(changes, e -> e.data().version(), Integer[]::new));
        return rows;
    }

    private static <E, T> T[] column(List<E> list, Function<E, T> value, IntFunction<T[]> array) {
        return list.stream().map(value).toArray(array);
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
