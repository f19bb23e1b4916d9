package dev.switchboard.support;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api.Account;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Somebody's client while nodes die: it remembers what it heard over all of its connections. */
public final class Device implements AutoCloseable {
    private final Account account;
    private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
    private BusClient bus;
    private URI node;
    private String resumeToken;

    public Device(Account account) {
        this.account = account;
    }

    public Account account() {
        return account;
    }

    /** Connects anew, as somebody who was not there before. */
    public JsonNode connect(URI door) {
        return open(door, Map.of("token", account.accessToken()));
    }

    /** Goes on where the last connection ended. */
    public JsonNode resume(URI door) {
        return open(door, Map.of("token", account.accessToken(), "resume", resumeToken));
    }

    private JsonNode open(URI door, Map<String, Object> request) {
        BusClient fresh = BusClient.anonymous(door);
        JsonNode auth = fresh.request("auth", request);
        bus = fresh;
        node = door;
        resumeToken = auth.get("resumeToken").asText();
        fresh.register("user:" + account.id(), heard::add);
        fresh.register("socket:" + auth.get("socketId").asText(), heard::add);
        return auth;
    }

    /** Of the connection that it has, or had last. */
    public String resumeToken() {
        return resumeToken;
    }

    public URI node() {
        return node;
    }

    public boolean connected() {
        return bus != null && !bus.closed().isDone();
    }

    public JsonNode request(String address, Map<String, Object> body) {
        return bus.request(address, body);
    }

    /** Asks; empty when no answer came because the connection was lost. */
    public Optional<JsonNode> attempt(String address, Map<String, Object> body) {
        try {
            return Optional.of(request(address, body));
        } catch (BusClient.Refused e) {
            throw e;
        } catch (RuntimeException e) {
            if (connected()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Enters a meeting; as the one that was in it before, when there was another connection. */
    public Optional<JsonNode> join(String meeting, String resume) {
        Map<String, Object> request = new HashMap<>(Map.of("meetingId", meeting));
        if (resume != null) {
            request.put("resume", resume);
        }
        return attempt("meeting:join", request);
    }

    /** The data of the events of one type that it heard. */
    public List<JsonNode> heard(String type) {
        return heard.stream()
                .filter(event -> event.get("type").asText().equals(type))
                .map(event -> event.get("data"))
                .toList();
    }

    @Override
    public void close() {
        if (bus != null) {
            bus.close();
            bus = null;
        }
    }
}
