package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one client sees of one room over any number of connections: it joins with the last number that it has, registers,
 * and writes down every numbered event in the order of arrival, with what is wrong about it.
 */
public final class RoomView {
    private final String roomId;
    private final boolean brief;
    private final List<Seen> seen = new ArrayList<>();
    private final List<JsonNode> events = new ArrayList<>();
    private final List<JsonNode> states = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final List<Silence> silences = new ArrayList<>();
    private final Map<Long, Long> arrivals = new HashMap<>();
    private long lastSeq;
    private long heardAt;
    private boolean live;

    /** Nothing numbered came through one connection from one moment to the other ({@link System#nanoTime()}). */
    public record Silence(long from, long to) {}

    /** What identifies a numbered event. */
    public record Seen(String type, long seq, String messageId, String clientId) {}

    /** @param startAfter the number after which this view begins */
    public RoomView(String roomId, long startAfter) {
        this(roomId, startAfter, false);
    }

    private RoomView(String roomId, long startAfter, boolean brief) {
        this.roomId = roomId;
        this.brief = brief;
        this.lastSeq = startAfter;
    }

    /** A view that does not keep the events as they came, so that there may be hundreds, from the first number on. */
    static RoomView brief(String roomId) {
        return new RoomView(roomId, 0, true);
    }

    /** Follows the room through a new connection, from where this view stands. */
    public JsonNode follow(BusClient client) {
        long from;
        synchronized (this) {
            from = lastSeq;
            live = false;
        }
        JsonNode joined = client.request("join:conversation", Map.of("conversationId", roomId, "afterSeq", from));
        if (joined.get("recovered").asBoolean()) {
            joined.get("messages").forEach(this::event);
        } else {
            // More than a reply holds: the history has it. (Of changes it has only the outcome, so rooms with changes
            // would show gaps here.)
            reload(client, joined.get("headSeq").asLong());
        }
        client.register("room:" + roomId, this::event);
        synchronized (this) {
            live = true;
            heardAt = System.nanoTime();
        }
        return joined;
    }

    private void reload(BusClient client, long head) {
        while (lastSeq() < head) {
            JsonNode page = client.request(
                    "message:history",
                    Map.of("conversationId", roomId, "after", lastSeq(), "before", head + 1, "limit", 100));
            if (page.get("messages").isEmpty()) {
                throw new IllegalStateException("the history ends at " + lastSeq() + ", the head is " + head);
            }
            page.get("messages")
                    .forEach(message -> event(Api.JSON
                            .createObjectNode()
                            .put("type", "message:new")
                            .put("seq", message.get("seq").asLong())
                            .set("data", message)));
        }
    }

    private synchronized void event(JsonNode event) {
        if (!event.hasNonNull("seq")) {
            if (!brief) {
                states.add(event);
            }
            return;
        }
        long seq = event.get("seq").asLong();
        long now = System.nanoTime();
        arrivals.putIfAbsent(seq, now);
        if (live) {
            silences.add(new Silence(heardAt, now));
            heardAt = now;
        }
        if (seq != lastSeq + 1) {
            faults.add("got " + seq + " after " + lastSeq);
        }
        lastSeq = Math.max(lastSeq, seq);
        seen.add(new Seen(
                event.get("type").asText().intern(),
                seq,
                event.at("/data/id").asText(),
                event.at("/data/clientId").asText()));
        if (!brief) {
            events.add(event);
        }
    }

    /** What came, in order. */
    public synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    public String roomId() {
        return roomId;
    }

    public synchronized long lastSeq() {
        return lastSeq;
    }

    /** Gaps, repetitions and disorder; empty when all is well. */
    public synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** The stretches between one event and the next, while connected. */
    public synchronized List<Silence> silences() {
        return List.copyOf(silences);
    }

    /** When each event came first, by its number ({@link System#nanoTime()}). */
    public synchronized Map<Long, Long> arrivals() {
        return Map.copyOf(arrivals);
    }

    public synchronized List<JsonNode> events() {
        return List.copyOf(events);
    }

    /** Unnumbered events of a type. */
    public synchronized List<JsonNode> states(String type) {
        return states.stream().filter(s -> s.get("type").asText().equals(type)).toList();
    }

    /** The contents of the messages created, in order. */
    public synchronized List<String> contents() {
        return events.stream()
                .filter(e -> e.get("type").asText().equals("message:new"))
                .map(e -> e.at("/data/content").asText())
                .toList();
    }

    /** The newest version of each message by its id. */
    public synchronized Map<String, JsonNode> latest() {
        Map<String, JsonNode> latest = new HashMap<>();
        events.forEach(e -> latest.merge(
                e.at("/data/id").asText(),
                e.get("data"),
                (a, b) -> b.get("version").asInt() >= a.get("version").asInt() ? b : a));
        return latest;
    }
}
