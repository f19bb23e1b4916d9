package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Somebody with one socket for calls and a meeting, who comes back as the same one whenever it is closed, and takes the
 * seat again.
 */
public final class Companion implements AutoCloseable {
    private static final long BEFORE_RECONNECT_MS = 100;
    private static final long PATIENCE_NANOS = Patience.LONG.toNanos();

    private final URI door;
    private final Account account;
    private final String meeting;
    private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private String resume;
    private volatile BusClient bus;
    private volatile boolean there = true;

    /** @param meeting that it takes a seat in */
    public Companion(URI door, Account account, String meeting) {
        this.door = door;
        this.account = account;
        this.meeting = meeting;
        thread = new Thread(this::run, "companion-" + account.username());
        thread.start();
    }

    private void run() {
        while (there) {
            try (BusClient client = BusClient.anonymous(door)) {
                enter(client);
                bus = client;
                client.closed().join();
            } catch (RuntimeException e) {
                // Not now: the loop tries again.
            }
            bus = null;
            try {
                TimeUnit.MILLISECONDS.sleep(BEFORE_RECONNECT_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void enter(BusClient client) {
        Map<String, Object> auth = new HashMap<>(Map.of("token", account.accessToken()));
        Map<String, Object> join = new HashMap<>(Map.of("meetingId", meeting));
        if (resume != null) {
            auth.put("resume", resume);
            join.put("resume", resume);
        }
        JsonNode signedIn = client.request("auth", auth);
        client.register("user:" + account.id(), heard::add);
        client.register("socket:" + signedIn.get("socketId").asText(), heard::add);
        client.request("meeting:join", join);
        client.register("room:" + meeting, event -> {
            heard.add(event);
            if (event.get("type").asText().equals("meeting:ended")
                    && event.at("/data/reason").asText().equals("lost")) {
                // Nobody here remembers the meeting: a new one begins.
                client.abort();
            }
        });
        // Only now: with the seat goes what it proves.
        resume = signedIn.get("resumeToken").asText();
    }

    /** Asks until there is an answer. */
    public JsonNode ask(String address, Map<String, ?> body) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            BusClient now = bus;
            try {
                if (now != null) {
                    return now.request(address, body);
                }
            } catch (BusClient.Refused e) {
                throw e;
            } catch (RuntimeException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(account.username() + " is not connected");
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BEFORE_RECONNECT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Account account() {
        return account;
    }

    /** The data of all events of a type. */
    public List<JsonNode> all(String type) {
        return heard.stream()
                .filter(event -> event.get("type").asText().equals(type))
                .map(event -> event.get("data"))
                .toList();
    }

    /** The ids of those who are in the meeting and not away, by what it was told and the rules of the protocol. */
    public Set<String> roster() {
        Map<String, JsonNode> there = new TreeMap<>();
        long whole = 0;
        for (JsonNode event : heard) {
            JsonNode data = event.get("data");
            long version = data.path("version").asLong();
            switch (event.get("type").asText()) {
                case "meeting:state" -> {
                    whole = data.at("/meeting/version").asLong();
                    there.clear();
                    data.get("participants")
                            .forEach(each -> there.put(each.get("userId").asText(), each));
                }
                case "participant:joined", "participant:updated" -> {
                    if (version > whole) {
                        there.put(data.get("userId").asText(), data);
                    }
                }
                case "participant:left" -> {
                    if (version > whole) {
                        there.remove(data.get("userId").asText());
                    }
                }
                default -> {}
            }
        }
        there.values().removeIf(each -> each.get("away").asBoolean());
        return Set.copyOf(there.keySet());
    }

    /** How a call ended, each time that it was told. */
    public List<String> ends(String call) {
        return all("call:end").stream()
                .filter(end -> end.get("callId").asText().equals(call))
                .map(end -> end.get("reason").asText())
                .toList();
    }

    /** Calls somebody who takes the call at once, until media flows on both sides; returns the call. */
    public String call(Companion callee) {
        String call = ask("call:initiate", Map.of("calleeId", callee.account().id(), "media", "audio"))
                .get("callId")
                .asText();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (callee.all("call:incoming").stream()
                .noneMatch(incoming -> incoming.get("id").asText().equals(call))) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(callee.account().username() + " was not called");
            }
            pause();
        }
        callee.ask("call:answer", Map.of("callId", call));
        ask("call:connected", Map.of("callId", call));
        callee.ask("call:connected", Map.of("callId", call));
        return call;
    }

    /** Whether the other side of a call hears a signal. */
    public boolean reaches(Companion other, String call, String sdp) {
        try {
            ask("offer", Map.of("callId", call, "sdp", sdp));
        } catch (BusClient.Refused e) {
            return false;
        }
        return other.all("offer").stream()
                .anyMatch(offer -> offer.get("sdp").asText().equals(sdp));
    }

    /** Is gone for good, without a word. */
    @Override
    public void close() {
        there = false;
        BusClient now = bus;
        if (now != null) {
            now.abort();
        }
        thread.interrupt();
    }
}
