package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that keeps talking whatever happens to the nodes: it sends one message after the other, each again with the same
 * {@code clientId} until it is acknowledged, and goes to the next node when its own is gone, where it resumes its view.
 */
public final class Talker implements Witness {
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(10);
    private static final long BEFORE_RECONNECT_MS = 100;
    private static final long ANSWER_S = 4;

    private final Account account;
    private final String room;
    private final List<URI> doors;
    private final Duration between;
    private final RoomView view;
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final Queue<Took> reconnects = new ConcurrentLinkedQueue<>();
    private final Queue<Took> acknowledgements = new ConcurrentLinkedQueue<>();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Thread thread;
    private volatile boolean talking = true;
    private volatile boolean listening = true;
    private volatile boolean connected;
    private long lostAt;
    private long saidAt;

    /** @param first the index of the door that it uses first */
    public Talker(Account account, String room, List<URI> doors, int first) {
        this(account, room, doors, first, BETWEEN_MESSAGES);
    }

    /** @param between how long it waits after each acknowledgement */
    public Talker(Account account, String room, List<URI> doors, int first, Duration between) {
        this.account = account;
        this.room = room;
        this.doors = doors;
        this.between = between;
        this.view = new RoomView(room, 0);
        next.set(first);
        thread = new Thread(this::run, "talker-" + account.username());
        thread.start();
    }

    private void run() {
        while (listening) {
            try (BusClient client = BusClient.connect(doors.get(next.get() % doors.size()), account)) {
                view.follow(client);
                back();
                while (listening && !client.closed().isDone()) {
                    if (talking) {
                        say(client);
                    }
                    TimeUnit.NANOSECONDS.sleep(between.toNanos());
                }
                troubles.add("closed with " + client.closed().getNow(0));
                lost();
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                // The node is gone or frozen, or does not answer: elsewhere, and the same message again.
                troubles.add(e.toString());
                lost();
                pause();
            }
        }
    }

    private void say(BusClient client) throws Exception {
        int number = acknowledged.size();
        // Unique for the sender, not for the room.
        String clientId = room.substring(24) + "-" + number;
        if (saidAt == 0) {
            saidAt = System.nanoTime();
        }
        JsonNode ack = client.ask(
                        "message:send",
                        Map.of("conversationId", room, "content", account.id() + " " + number, "clientId", clientId))
                .get(ANSWER_S, TimeUnit.SECONDS);
        long now = System.nanoTime();
        acknowledgements.add(new Took(now, now - saidAt));
        saidAt = 0;
        acknowledged.put(clientId, ack.get("seq").asLong());
    }

    private void back() {
        if (lostAt != 0) {
            long now = System.nanoTime();
            reconnects.add(new Took(now, now - lostAt));
            lostAt = 0;
        }
        connected = true;
    }

    private void lost() {
        connected = false;
        next.incrementAndGet();
        lostAt = lostAt == 0 ? System.nanoTime() : lostAt;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BEFORE_RECONNECT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public RoomView view() {
        return view;
    }

    @Override
    public Map<String, Long> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    @Override
    public Account account() {
        return account;
    }

    /** Whether it follows its room now, as far as it knows. */
    public boolean connected() {
        return connected;
    }

    @Override
    public List<Took> reconnects() {
        return List.copyOf(reconnects);
    }

    @Override
    public List<String> troubles() {
        return List.copyOf(troubles);
    }

    @Override
    public List<Took> acknowledgements() {
        return List.copyOf(acknowledgements);
    }

    @Override
    public void hush() {
        talking = false;
    }

    @Override
    public void close() {
        listening = false;
        thread.interrupt();
    }
}
