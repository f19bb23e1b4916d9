package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Somebody with one socket for calls and a meeting, who comes back as the same one whenever it is closed, and takes the
 * seat again.
 */
public final class Companion implements AutoCloseable {
    private static final long BEFORE_RECONNECT_MS = 100;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

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
