package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Api.Answer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** People who use the HTTP door all the time: they read, write and change messages, and call a service behind it. */
public final class HttpTraffic implements AutoCloseable {
    private static final long BETWEEN_MS = 30;
    private static final long LAST_ANSWER_S = 30;

    private final Api api;
    private final List<String> rooms;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final ExecutorService browsers;
    private volatile boolean over;

    /**
     * Begins.
     *
     * @param people each asks one request after the other; members of all rooms
     * @param service a path that leads to a service
     */
    public HttpTraffic(URI door, List<Account> people, List<String> rooms, String service) {
        this.api = new Api(door);
        this.rooms = rooms;
        this.browsers = Executors.newFixedThreadPool(people.size());
        people.forEach(person -> browsers.execute(() -> run(person, service)));
    }

    private void run(Account person, String service) {
        try {
            for (int i = 0; !over; i++) {
                String room = rooms.get(ThreadLocalRandom.current().nextInt(rooms.size()));
                ask("GET", "/api/v1/users/me", person, null);
                ask("GET", "/api/v1/conversations/" + room, person, null);
                ask("GET", "/api/v1/messages?limit=20&conversationId=" + room, person, null);
                ask("GET", service, person, null);
                JsonNode sent = ask(
                        "POST",
                        "/api/v1/messages",
                        person,
                        Map.of("conversationId", room, "content", "by HTTP " + i, "clientId", "http-" + i));
                if (sent != null) {
                    ask("PUT", "/api/v1/messages/" + sent.get("id").asText(), person, Map.of("content", "changed"));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private JsonNode ask(String method, String path, Account person, Object body) throws InterruptedException {
        JsonNode good = null;
        try {
            Answer answer = api.call(method, path, person, body);
            if (answer.status() < 300) {
                good = answer.body();
            } else {
                failures.add(method + " " + path + ": " + answer);
            }
        } catch (RuntimeException e) {
            failures.add(method + " " + path + ": " + e);
        }
        answered.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(BETWEEN_MS);
        return good;
    }

    /** What went wrong. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** How many requests were made. */
    public int count() {
        return answered.get();
    }

    /** Ends when each has the answer to the last request. */
    @Override
    public void close() {
        over = true;
        browsers.shutdown();
        try {
            if (!browsers.awaitTermination(LAST_ANSWER_S, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a request has no answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
