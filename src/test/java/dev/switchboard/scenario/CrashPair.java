package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Device;
import dev.switchboard.support.Patience;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Two people who call each other while a node dies. */
final class CrashPair {
    private static final Duration SOON = Patience.USUAL;

    final Device caller;
    final Device callee;

    /** Calls that were begun, as far as the caller was told. */
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    CrashPair(Device caller, Device callee) {
        this.caller = caller;
        this.callee = callee;
    }

    List<Device> devices() {
        return List.of(caller, callee);
    }

    private static Map<String, Object> call(String id) {
        return Map.of("callId", id);
    }

    /** Whatever comes of it. */
    void call() {
        caller.attempt("call:initiate", Map.of("calleeId", callee.account().id(), "media", "audio"))
                .ifPresent(begun -> acknowledged.add(begun.get("callId").asText()));
    }

    /** Calls, and it rings. */
    String ring() {
        int before = callee.heard("call:incoming").size();
        JsonNode begun = caller.request(
                "call:initiate", Map.of("calleeId", callee.account().id()));
        assertThat(begun.at("/call/state").asText())
                .as("nobody is busy: %s", begun)
                .isEqualTo("RINGING");
        await().atMost(SOON).until(() -> callee.heard("call:incoming").size() > before);
        String id = begun.get("callId").asText();
        acknowledged.add(id);
        return id;
    }

    /** Takes whatever rings; too late is no fault. */
    void answer() {
        List<JsonNode> incoming = callee.heard("call:incoming");
        if (!incoming.isEmpty()) {
            String id = incoming.get(incoming.size() - 1).get("id").asText();
            try {
                callee.attempt("call:answer", call(id));
                connect(id);
            } catch (BusClient.Refused over) {
                assertThat(over.status()).as(over.getMessage()).isIn(404, 409);
            }
        }
    }

    /** Rings, is taken, and is connected. */
    void talk() {
        String id = ring();
        callee.request("call:answer", call(id));
        connect(id);
    }

    private void connect(String id) {
        caller.attempt("call:connected", call(id));
        callee.attempt("call:connected", call(id));
    }

    /** Whoever is there hangs up; of whom nobody is there, the deadlines take care. */
    void hangUp() {
        for (Device device : devices()) {
            if (device.connected()) {
                device.attempt("call:current", Map.of())
                        .map(current -> current.get("call"))
                        .filter(live -> !live.isNull())
                        .ifPresent(live ->
                                device.attempt("call:end", call(live.get("id").asText())));
            }
        }
    }

    /** The calls that one of the two knows of. */
    private Set<String> known() {
        Set<String> ids = new TreeSet<>(acknowledged);
        for (Device device : devices()) {
            device.heard("call:incoming").forEach(call -> ids.add(call.get("id").asText()));
            device.heard("call:accepted").forEach(call -> ids.add(call.get("id").asText()));
            device.heard("call:end").forEach(end -> ids.add(end.get("callId").asText()));
        }
        return ids;
    }

    /** Why each stored call ended. */
    private static Map<String, String> history(URI door, Device device) {
        Map<String, String> reasons = new HashMap<>();
        new Api(door)
                .call("GET", "/api/v1/calls?limit=100", device.account(), null)
                .ok()
                .get("items")
                .forEach(call -> assertThat(reasons.put(
                                call.get("id").asText(), call.get("reason").asText()))
                        .as("stored once")
                        .isNull());
        return reasons;
    }

    /** Every call ended, for one reason, which is what everybody was told. */
    Map<String, String> requireOver(URI door) {
        Map<String, String> reasons = history(door, caller);
        assertThat(history(door, callee)).isEqualTo(reasons);
        assertThat(reasons.keySet()).containsAll(known());
        for (Device device : devices()) {
            device.heard("call:end").forEach(end -> {
                String told = end.get("reason").asText();
                if (!told.endsWith("_elsewhere")) {
                    assertThat(told).isEqualTo(reasons.get(end.get("callId").asText()));
                }
            });
            device.heard("call:rejected")
                    .forEach(call ->
                            assertThat(reasons.get(call.get("id").asText())).isEqualTo("rejected"));
        }
        return reasons;
    }

    /** Both are there, in no call, and can call each other at once. */
    void requireFree() {
        for (Device device : devices()) {
            assertThat(device.request("call:current", Map.of()).get("call").isNull())
                    .isTrue();
        }
        String id = ring();
        caller.request("call:end", call(id));
        await().atMost(SOON).until(() -> callee.heard("call:end").stream()
                .anyMatch(end -> end.get("callId").asText().equals(id)));
    }
}
