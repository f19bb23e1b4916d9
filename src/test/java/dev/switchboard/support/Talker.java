package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that keeps talking whatever happens to the nodes: it sends one message after the other, each again with the same
 * {@code clientId} until it is acknowledged, and goes to the next node when its own is gone, where it resumes its view.
 */
public final class Talker implements AutoCloseable {
    private static final long BETWEEN_MESSAGES_MS = 10;
    private static final long BEFORE_RECONNECT_MS = 100;

    private final Account account;
    private final String room;
    private final List<URI> doors;
    private final RoomView view;
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final Deque<Long> reconnectMillis = new ArrayDeque<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Thread thread;
    private volatile boolean talking = true;
    private volatile boolean listening = true;

    /** @param first the index of the door that it uses first */
    public Talker(Account account, String room, List<URI> doors, int first) {
        this.account = account;
        this.room = room;
        this.doors = doors;
        this.view = new RoomView(room, 0);
        next.set(first);
        thread = new Thread(this::run, "talker-" + account.username());
        thread.start();
    }

    private void run() {
        int sent = 0;
        long lostAt = 0;
        while (listening) {
            try (BusClient client = BusClient.connect(doors.get(next.get() % doors.size()), account)) {
                view.follow(client);
                if (lostAt != 0) {
                    reconnectMillis.add((System.nanoTime() - lostAt) / 1_000_000);
                    lostAt = 0;
                }
                while (listening && !client.closed().isDone()) {
                    if (talking) {
                        // Unique for the sender, not for the room.
                        String clientId = room.substring(24) + "-" + sent;
                        JsonNode ack = client.ask(
                                        "message:send",
                                        Map.of(
                                                "conversationId",
                                                room,
                                                "content",
                                                account.id() + " " + sent,
                                                "clientId",
                                                clientId))
                                .get(4, TimeUnit.SECONDS);
                        acknowledged.put(clientId, ack.get("seq").asLong());
                        sent++;
                    }
                    TimeUnit.MILLISECONDS.sleep(BETWEEN_MESSAGES_MS);
                }
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                // The node is gone or frozen, or does not answer: elsewhere, and the same message again.
                next.incrementAndGet();
                lostAt = lostAt == 0 ? System.nanoTime() : lostAt;
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BEFORE_RECONNECT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public RoomView view() {
        return view;
    }

    /** What the server said it keeps, by {@code clientId}, with its number. */
    public Map<String, Long> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    public Account account() {
        return account;
    }

    /** How long it took to be live again after each lost connection. */
    public List<Long> reconnectMillis() {
        return List.copyOf(reconnectMillis);
    }

    /** Stops sending, goes on listening. */
    public void hush() {
        talking = false;
    }

    @Override
    public void close() {
        listening = false;
        thread.interrupt();
    }
}
