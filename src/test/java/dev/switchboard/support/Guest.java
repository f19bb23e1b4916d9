package dev.switchboard.support;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A signed-in socket that takes part in meetings and remembers what it hears. */
public final class Guest implements AutoCloseable {
    private final BusClient bus;
    private final Account account;
    private final String socketId;
    private final String resumeToken;
    private final String resume;
    private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
    private String followed = "";

    private Guest(URI node, Account account, String resume) {
        this.account = account;
        this.resume = resume;
        this.bus = BusClient.anonymous(node);
        JsonNode auth = bus.request("auth", Map.of("token", account.accessToken()));
        socketId = auth.get("socketId").asText();
        resumeToken = auth.get("resumeToken").asText();
        bus.register("socket:" + socketId, heard::add);
    }

    public static Guest of(URI node, Account account) {
        return new Guest(node, account, null);
    }

    /** Comes back as the socket that had this token. */
    public static Guest again(URI node, Account account, String resume) {
        return new Guest(node, account, resume);
    }

    public BusClient bus() {
        return bus;
    }

    public Account account() {
        return account;
    }

    public String socketId() {
        return socketId;
    }

    public String resumeToken() {
        return resumeToken;
    }

    /** Asks to enter, and does no more. */
    public JsonNode ask(String meeting) {
        return bus.request("meeting:join", Map.of("meetingId", meeting));
    }

    /** Enters and listens. */
    public JsonNode join(String meeting) {
        return join(meeting, null);
    }

    /** Enters with everything up to a number, and listens. */
    public JsonNode join(String meeting, Long afterSeq) {
        Map<String, Object> request = new HashMap<>(Map.of("meetingId", meeting));
        if (afterSeq != null) {
            request.put("afterSeq", afterSeq);
        }
        if (resume != null) {
            request.put("resume", resume);
        }
        JsonNode joined = bus.request("meeting:join", request);
        if (!followed.equals(meeting)) {
            followed = meeting;
            bus.register("room:" + meeting, heard::add);
        }
        return joined;
    }

    public JsonNode update(String meeting, String action, String userId, boolean on) {
        Map<String, Object> request = new HashMap<>(Map.of("meetingId", meeting, "action", action, "on", on));
        if (userId != null) {
            request.put("userId", userId);
        }
        return bus.request("meeting:update", request);
    }

    public JsonNode say(String meeting, String content, String clientId) {
        return bus.request("meeting:send", Map.of("meetingId", meeting, "content", content, "clientId", clientId));
    }

    public void signal(String meeting, String to, String sdp) {
        bus.request("offer", Map.of("meetingId", meeting, "to", to, "sdp", sdp));
    }

    public List<JsonNode> all(String type) {
        return heard.stream()
                .filter(event -> event.get("type").asText().equals(type))
                .toList();
    }

    /** Waits for an event; gives its data. */
    public JsonNode hears(String type, Predicate<JsonNode> data) {
        return await().until(
                        () -> all(type).stream()
                                .map(event -> event.get("data"))
                                .filter(data)
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    /** Waits for the message with this number; none before it may be missing, come twice or out of order. */
    public void hearsUpTo(long seq) {
        await().until(() -> last() >= seq);
        long before = 0;
        for (JsonNode event : all("message:new")) {
            long number = event.get("seq").asLong();
            if (before != 0 && number != before + 1) {
                throw new AssertionError("after " + before + " came " + number);
            }
            before = number;
        }
    }

    private long last() {
        List<JsonNode> messages = all("message:new");
        return messages.isEmpty()
                ? 0
                : messages.get(messages.size() - 1).get("seq").asLong();
    }

    @Override
    public void close() {
        bus.close();
    }
}
