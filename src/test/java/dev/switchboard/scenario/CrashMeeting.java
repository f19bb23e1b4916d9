package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Device;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A meeting with fewer seats than people who want one, while a node dies. */
final class CrashMeeting {
    static final int CAPACITY = 4;

    private final String id;
    private final List<Device> people;
    private final Set<Device> inside = ConcurrentHashMap.newKeySet();

    /** Nobody is in it yet. */
    CrashMeeting(URI door, List<Device> people) {
        this.people = people;
        this.id = new Api(door)
                .call(
                        "POST",
                        "/api/v1/meetings",
                        people.get(0).account(),
                        Map.of("title", "crash", "capacity", CAPACITY))
                .ok()
                .get("id")
                .asText();
    }

    List<Device> people() {
        return people;
    }

    /** Enters, or finds no seat; of an answer that does not come nothing is known. */
    void join(Device device, String resume) {
        try {
            device.join(id, resume).ifPresent(joined -> {
                assertThat(joined.get("entry").asText()).isEqualTo("joined");
                inside.add(device);
            });
        } catch (BusClient.Refused full) {
            assertThat(full.getMessage()).startsWith("meeting_full");
            inside.remove(device);
        }
    }

    void leave(Device device) {
        if (inside.remove(device)) {
            device.attempt("meeting:leave", Map.of("meetingId", id));
        }
    }

    /** Those who know that they are in it, and whose sockets live. */
    private Set<String> here() {
        return inside.stream()
                .filter(Device::connected)
                .map(device -> device.account().id())
                .collect(Collectors.toSet());
    }

    private JsonNode ask(URI door, String path) {
        return new Api(door)
                .call("GET", "/api/v1/meetings/" + id + path, people.get(0).account(), null)
                .ok();
    }

    /** Seats of people who are here are kept, and there are never too many. */
    void requireSeats(URI door) {
        assertThat(ask(door, "").get("activeParticipants").asInt()).isBetween(here().size(), CAPACITY);
    }

    /** Who is in it is exactly who is here: there are no ghosts. */
    void requireExact(URI door) {
        Set<String> here = here();
        assertThat(seated(ask(door, "/participants"))).isEqualTo(here);
        assertThat(ask(door, "").get("activeParticipants").asInt()).isEqualTo(here.size());
    }

    private static Set<String> seated(JsonNode participants) {
        List<String> ids = new ArrayList<>();
        participants
                .get("participants")
                .forEach(seat -> ids.add(seat.get("userId").asText()));
        assertThat(ids).doesNotHaveDuplicates();
        return Set.copyOf(ids);
    }

    void leaveAll() {
        List.copyOf(inside).stream().filter(Device::connected).forEach(this::leave);
        inside.clear();
    }

    /** What is stored: everybody left, and at no time were there more than there are seats. */
    void requireStored(URI door) {
        List<Map.Entry<Instant, Integer>> changes = new ArrayList<>();
        ask(door, "/participants?limit=100").get("items").forEach(stay -> {
            assertThat(stay.hasNonNull("leftAt")).as("left: %s", stay).isTrue();
            changes.add(Map.entry(Instant.parse(stay.get("joinedAt").asText()), 1));
            changes.add(Map.entry(Instant.parse(stay.get("leftAt").asText()), -1));
        });
        // Of two at the same moment, the one that left made room.
        changes.sort(Map.Entry.<Instant, Integer>comparingByKey().thenComparing(Map.Entry.comparingByValue()));
        int present = 0;
        for (Map.Entry<Instant, Integer> change : changes) {
            present += change.getValue();
            assertThat(present).as("seats at %s", change.getKey()).isLessThanOrEqualTo(CAPACITY);
        }
    }
}
