package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One of many clients that talk without a thread of their own: says a message when told to, each again with the same
 * {@code clientId} until it is acknowledged; comes back when its socket was closed, and goes on where it was.
 */
public final class Chatter implements Witness {
    /** Each waits for one client's way back; many come back at once when a node stops. */
    private static final int RETURNING_AT_ONCE = 48;

    private static final ExecutorService RETURNING = Executors.newFixedThreadPool(RETURNING_AT_ONCE, task -> {
        Thread thread = new Thread(task, "returning");
        thread.setDaemon(true);
        return thread;
    });

    private static final int AGAIN_MS = 100;

    /** As docs/client.md asks for: not all at the same moment. */
    private static final int JITTER_MS = 300;

    /** A client whose node is silent for so long goes elsewhere. */
    private static final long SILENCE_S =
            Patience.promised(Duration.ofSeconds(4)).toSeconds();

    private final Account account;
    private final URI door;
    private final RoomView view;
    private final String name = UUID.randomUUID().toString().substring(24);
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final List<Integer> closedWith = new CopyOnWriteArrayList<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final List<Took> reconnects = new CopyOnWriteArrayList<>();
    private final List<Took> acknowledgements = new CopyOnWriteArrayList<>();
    private CompletableFuture<Void> saying = CompletableFuture.completedFuture(null);
    private int said;
    private volatile BusClient client;
    private volatile long lostAt;
    private volatile boolean talking = true;
    private volatile boolean there = true;

    /** Connects, and waits for that. */
    public Chatter(Account account, String room, URI door) {
        this.account = account;
        this.door = door;
        this.view = RoomView.brief(room);
        come();
    }

    private void come() {
        while (there) {
            BusClient fresh = null;
            try {
                fresh = BusClient.connect(door, account);
                view.follow(fresh);
                if (lostAt != 0) {
                    long now = System.nanoTime();
                    reconnects.add(new Took(now, now - lostAt));
                }
                client = fresh;
                fresh.closed().thenAccept(this::lost);
                return;
            } catch (RuntimeException e) {
                troubles.add("coming back: " + e);
                if (fresh != null) {
                    fresh.abort();
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(AGAIN_MS);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private void lost(int code) {
        if (there) {
            lostAt = System.nanoTime();
            client = null;
            closedWith.add(code);
            troubles.add("closed with " + code);
            in(ThreadLocalRandom.current().nextInt(JITTER_MS)).execute(this::come);
        }
    }

    private static Executor in(long millis) {
        return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, RETURNING);
    }

    /** Whether it has a socket, and follows its room by it. */
    public boolean connected() {
        return client != null;
    }

    /** Says the next message, unless it is not connected, or still waits for the answer to the last one. */
    public synchronized boolean say() {
        if (!talking || client == null || !saying.isDone()) {
            return false;
        }
        saying = new CompletableFuture<>();
        attempt(name + "-" + said++, System.nanoTime(), saying);
        return true;
    }

    private void attempt(String clientId, long since, CompletableFuture<Void> done) {
        BusClient now = client;
        if (now == null) {
            again(clientId, since, done);
            return;
        }
        CompletableFuture<JsonNode> answer = now.ask(
                "message:send", Map.of("conversationId", view.roomId(), "content", clientId, "clientId", clientId));
        answer.orTimeout(SILENCE_S, TimeUnit.SECONDS).whenComplete((ack, failure) -> {
            if (failure == null) {
                long at = System.nanoTime();
                acknowledgements.add(new Took(at, at - since));
                acknowledged.put(clientId, ack.get("seq").asLong());
                done.complete(null);
                return;
            }
            if (client == now) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                troubles.add("saying: " + cause);
                if (cause instanceof TimeoutException) {
                    now.abort();
                }
            }
            again(clientId, since, done);
        });
    }

    private void again(String clientId, long since, CompletableFuture<Void> done) {
        if (there) {
            in(AGAIN_MS).execute(() -> attempt(clientId, since, done));
        }
    }

    /** Waits until what was said last is acknowledged. */
    public void finish() {
        CompletableFuture<Void> last;
        synchronized (this) {
            last = saying;
        }
        last.copy().orTimeout(Patience.LONG.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public Account account() {
        return account;
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
    public List<Took> reconnects() {
        return List.copyOf(reconnects);
    }

    @Override
    public List<Took> acknowledgements() {
        return List.copyOf(acknowledgements);
    }

    @Override
    public List<String> troubles() {
        return List.copyOf(troubles);
    }

    /** The codes of sockets that were closed. */
    public List<Integer> closedWith() {
        return List.copyOf(closedWith);
    }

    @Override
    public void hush() {
        talking = false;
    }

    /** Is gone for good. */
    @Override
    public void close() {
        there = false;
        BusClient now = client;
        if (now != null) {
            now.abort();
        }
    }
}
