package dev.switchboard.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.RoomView.Seen;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Replays what clients saw of their rooms against the database: every log is numbered 1, 2, 3, … without a gap, what was
 * acknowledged is in it under its number, nothing is in it twice, and each client saw exactly this log, in order, each
 * event once.
 */
public final class Audit {
    private final Postgres database;

    /** One event of a log, as it is stored; a change has neither sender nor clientId. */
    private record Entry(String type, String messageId, String senderId, String clientId) {}

    public Audit(Postgres database) {
        this.database = database;
    }

    /** @param talkers who said and heard something; they are hushed, and waited for until they heard everything */
    public void rooms(Collection<? extends Witness> talkers) {
        talkers.forEach(Witness::hush);
        Map<String, List<Witness>> byRoom = new HashMap<>();
        talkers.forEach(t -> byRoom.computeIfAbsent(t.view().roomId(), r -> new ArrayList<>())
                .add(t));
        byRoom.forEach(this::room);
    }

    private void room(String room, List<Witness> people) {
        await().atMost(Patience.LONG).untilAsserted(() -> {
            long head = head(room);
            assertThat(people).allMatch(t -> t.view().lastSeq() == head);
        });
        SortedMap<Long, Entry> log = log(room);
        assertThat(log).as("the log of " + room).hasSize((int) head(room));
        assertThat(log.firstKey()).isEqualTo(1);
        assertThat(log.lastKey()).isEqualTo(head(room));
        Set<String> said = new HashSet<>();
        log.values().stream().filter(entry -> entry.clientId() != null).forEach(entry -> assertThat(
                        said.add(entry.senderId() + "/" + entry.clientId()))
                .as(entry + " is stored once")
                .isTrue());
        people.forEach(person -> client(person, log));
    }

    private static void client(Witness person, SortedMap<Long, Entry> log) {
        String name = person.account().username();
        assertThat(person.view().faults()).as(name).isEmpty();
        List<Seen> heard = person.view().seen();
        assertThat(heard).as("heard by " + name).hasSize(log.size());
        heard.forEach(event -> {
            Entry entry = log.get(event.seq());
            assertThat(event.messageId()).as(name + " heard " + event).isEqualTo(entry.messageId());
            assertThat(event.type()).as(name + " heard " + event).isEqualTo(entry.type());
        });
        person.acknowledged().forEach((clientId, seq) -> {
            Entry entry = log.get(seq);
            assertThat(entry)
                    .as(clientId + " was acknowledged to " + name + " as " + seq)
                    .isNotNull();
            assertThat(entry.clientId()).isEqualTo(clientId);
            assertThat(entry.senderId()).isEqualTo(person.account().id());
        });
    }

    private long head(String room) {
        return Long.parseLong(database.query("select head_seq from room where id = ?", UUID.fromString(room))
                .get(0)
                .get(0));
    }

    private SortedMap<Long, Entry> log(String room) {
        SortedMap<Long, Entry> log = new TreeMap<>();
        UUID id = UUID.fromString(room);
        List<List<String>> rows = new ArrayList<>(database.query(
                "select seq, 'message:new', id, sender_id, client_id from message where room_id = ?", id));
        rows.addAll(database.query("select seq, kind, message_id, null, null from room_change where room_id = ?", id));
        rows.forEach(row -> assertThat(
                        log.put(Long.valueOf(row.get(0)), new Entry(row.get(1), row.get(2), row.get(3), row.get(4))))
                .as("two events " + row.get(0) + " in " + room)
                .isNull());
        return log;
    }
}
