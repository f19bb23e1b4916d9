package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One of many clients that talk without a thread of their own: says a message when told to, each again with the same
 * {@code clientId} until it is acknowledged; comes back when its socket was closed, and goes on where it was.
 */
public final class Chatter {
    private static final ExecutorService RETURNING = Executors.newFixedThreadPool(8, task -> {
        Thread thread = new Thread(task, "returning");
        thread.setDaemon(true);
        return thread;
    });

    private static final int PATIENCE_S = 20;

    private final Account account;
    private final URI door;
    private final RoomView view;
    private final String name;
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final List<Integer> closedWith = new CopyOnWriteArrayList<>();
    private int said;
    private volatile BusClient client;
    private CompletableFuture<?> saying = CompletableFuture.completedFuture(null);

    public Chatter(Account account, String room, URI door) {
        this.account = account;
        this.door = door;
        this.view = new RoomView(room, 0);
        this.name = java.util.UUID.randomUUID().toString();
        come();
    }

    private void come() {
        BusClient fresh = BusClient.connect(door, account);
        view.follow(fresh);
        client = fresh;
        fresh.closed()
                .thenAcceptAsync(
                        code -> {
                            closedWith.add(code);
                            come();
                        },
                        RETURNING);
    }

    /** Says the next message, or the last one again if it was not acknowledged; nothing while that is under way. */
    public synchronized void say() {
        if (!saying.isDone()) {
            return;
        }
        String clientId = name + "-" + said;
        CompletableFuture<JsonNode> answer = client.ask(
                "message:send", Map.of("conversationId", view.roomId(), "content", clientId, "clientId", clientId));
        saying = answer.thenAccept(ack -> {
            acknowledged.put(clientId, ack.get("seq").asLong());
            said++;
        });
    }

    /** Waits until what was said last is acknowledged. */
    public void finish() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (System.nanoTime() < deadline) {
            try {
                saying.get(PATIENCE_S, TimeUnit.SECONDS);
                return;
            } catch (java.util.concurrent.ExecutionException e) {
                TimeUnit.MILLISECONDS.sleep(50);
                say();
            }
        }
        throw new TimeoutException("not acknowledged");
    }

    public RoomView view() {
        return view;
    }

    public Map<String, Long> acknowledged() {
        return acknowledged;
    }

    /** The codes of sockets that were closed. */
    public List<Integer> closedWith() {
        return List.copyOf(closedWith);
    }
}
