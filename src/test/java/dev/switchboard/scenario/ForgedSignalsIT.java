package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Patience;
import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What somebody sends who wants to disturb others' calls and meetings, through the bridge of three nodes: it is refused
 * with its code, and nobody else notices. All the while, two people talk whose call goes through the same nodes.
 */
class ForgedSignalsIT {
    private static final int BURST = 100;
    private static final int RATE = 20;
    private static final int FLOOD = 1_000;
    private static final int TOO_MANY = 4409;
    private static final int TOO_BIG = 1009;
    private static final Duration PROMPT = Patience.promised(Duration.ofSeconds(2));

    private static TestNodes cluster;

    private Socket ann;
    private Socket bob;
    private Socket eve;
    private Socket cat;
    private Socket dan;
    private String theirs;
    private int said;

    @BeforeAll
    static void startNodes() {
        cluster = TestNodes.start(3);
    }

    @AfterAll
    static void stopNodes() {
        cluster.close();
    }

    /** A signed-in socket that keeps what it hears. */
    private static final class Socket {
        private final Account account;
        private final BusClient bus;
        private final String id;
        private final List<JsonNode> heard = new CopyOnWriteArrayList<>();

        Socket(int node, Account account) {
            URI door = cluster.doors().get(node);
            this.account = account;
            bus = BusClient.connect(door, account);
            id = bus.request("auth", Map.of()).get("socketId").asText();
            bus.register("user:" + account.id(), heard::add);
            bus.register("socket:" + id, heard::add);
        }

        List<JsonNode> heard(String type) {
            return heard.stream()
                    .filter(event -> event.get("type").asText().equals(type))
                    .map(event -> event.get("data"))
                    .toList();
        }

        JsonNode awaits(String type) {
            await().until(() -> !heard(type).isEmpty());
            return heard(type).get(heard(type).size() - 1);
        }

        /** Asks for what must be refused. */
        void refused(String code, String address, Map<String, ?> body) {
            try {
                JsonNode reply = bus.request(address, body);
                throw new AssertionError(address + " was answered with " + reply);
            } catch (BusClient.Refused e) {
                assertThat(e.getMessage()).as(address).startsWith(code + ":");
            }
        }
    }

    @BeforeEach
    void start() {
        Api api = new Api(cluster.doors().get(0));
        ann = new Socket(0, api.register("ann"));
        bob = new Socket(1, api.register("bob"));
        eve = new Socket(1, api.register("eve"));
        cat = new Socket(0, api.register("cat"));
        dan = new Socket(1, api.register("dan"));
        theirs = ring(cat, dan);
        dan.bus.request("call:answer", Map.of("callId", theirs));
        said = 0;
    }

    @AfterEach
    void theOthersNoticedNothing() {
        says();
        assertThat(dan.heard("ice-candidate")).hasSize(said);
        assertThat(cat.heard("call:end")).isEmpty();
        assertThat(dan.heard("call:end")).isEmpty();
        List.of(ann, bob, eve, cat, dan).forEach(socket -> socket.bus.close());
    }

    /** The two who talk are heard at once. */
    private void says() {
        String text = "candidate:" + ++said;
        cat.bus.request("ice-candidate", candidate(theirs, text));
        await().atMost(PROMPT).until(() -> dan.heard("ice-candidate").stream()
                .anyMatch(data -> data.at("/candidate/candidate").asText().equals(text)));
    }

    private static String ring(Socket caller, Socket callee) {
        String call = caller.bus
                .request("call:initiate", Map.of("calleeId", callee.account.id(), "media", "audio"))
                .get("callId")
                .asText();
        callee.awaits("call:incoming");
        return call;
    }

    private static Map<String, Object> candidate(String call, String text) {
        return Map.of("callId", call, "candidate", Map.of("candidate", text, "sdpMid", "0"));
    }

    private static Map<String, Object> with(Map<String, Object> body, String name, Object value) {
        Map<String, Object> more = new HashMap<>(body);
        more.put(name, value);
        return more;
    }

    @Test
    void aThirdPersonHasNoPartInACall() {
        String call = ring(ann, bob);
        Map<String, Object> it = Map.of("callId", call);
        for (String address : List.of("call:answer", "call:reject", "call:end", "call:connected")) {
            eve.refused("forbidden", address, it);
        }
        assertThat(ann.heard("call:accepted")).isEmpty();
        says();
        bob.bus.request("call:answer", it);
        ann.awaits("call:accepted");
        for (String to : List.of(ann.id, bob.id)) {
            Map<String, Object> toOne = with(it, "to", to);
            eve.refused("forbidden", "offer", with(toOne, "sdp", "v=0"));
            eve.refused("forbidden", "answer", with(toOne, "sdp", "v=0"));
            eve.refused("forbidden", "ice-candidate", with(candidate(call, "candidate:1"), "to", to));
        }
        ann.refused("forbidden", "offer", with(with(it, "to", eve.id), "sdp", "v=0"));
        eve.refused("not_found", "offer", Map.of("callId", UUID.randomUUID().toString(), "sdp", "v=0"));
        eve.refused("forbidden", "call:end", it);

        // Who one is, is what the door knows.
        ann.bus.request("offer", with(with(with(it, "sdp", "v=0"), "from", eve.id), "fromUserId", eve.account.id()));
        JsonNode offer = bob.awaits("offer");
        assertThat(offer.get("from").asText()).isEqualTo(ann.id);
        assertThat(offer.get("fromUserId").asText()).isEqualTo(ann.account.id());
        assertThat(bob.heard("offer")).hasSize(1);
        assertThat(bob.heard("answer")).isEmpty();
        assertThat(ann.heard("ice-candidate")).isEmpty();
        assertThat(eve.heard).isEmpty();
        bob.bus.request("call:end", it);
        assertThat(ann.awaits("call:end").get("reason").asText()).isEqualTo("hangup");
    }

    @Test
    void nobodyForcesAWayIntoALockedMeeting() {
        Api api = new Api(cluster.doors().get(2));
        String meeting = api.call("POST", "/api/v1/meetings", ann.account, Map.of("title", "ours"))
                .ok()
                .get("id")
                .asText();
        Map<String, Object> it = Map.of("meetingId", meeting);
        ann.bus.request("meeting:join", it);
        bob.bus.request("meeting:join", it);
        ann.bus.request("meeting:update", with(with(it, "action", "lock"), "on", true));
        eve.refused("meeting_locked", "meeting:join", it);
        eve.refused("not_a_member", "offer", with(with(it, "to", ann.id), "sdp", "v=0"));
        eve.refused("not_a_member", "meeting:state", it);
        eve.refused("not_a_member", "meeting:send", with(it, "content", "hello"));
        eve.refused("not_a_member", "meeting:update", with(with(it, "action", "lock"), "on", false));
        ann.refused("forbidden", "offer", with(with(it, "to", eve.id), "sdp", "v=0"));
        says();
        assertThat(api.call("GET", "/api/v1/meetings/" + meeting, ann.account, null)
                        .ok()
                        .get("activeParticipants")
                        .asInt())
                .isEqualTo(2);
        assertThat(ann.heard("offer")).isEmpty();
        bob.bus.request("offer", with(with(it, "to", ann.id), "sdp", "v=0"));
        assertThat(ann.awaits("offer").get("fromUserId").asText()).isEqualTo(bob.account.id());
    }

    @Test
    void whatIsTooLargeIsNotPassedOn() {
        String call = ring(ann, bob);
        Map<String, Object> it = Map.of("callId", call);
        bob.bus.request("call:answer", it);
        ann.refused("validation_failed", "offer", with(it, "sdp", "x".repeat(33 << 10)));
        ann.refused("validation_failed", "ice-candidate", candidate(call, "x".repeat(1_025)));
        CompletableFuture<JsonNode> megabyte = ann.bus.ask("offer", with(it, "sdp", "x".repeat(1 << 20)));
        assertThat(ann.bus
                        .closed()
                        .orTimeout(Patience.USUAL.toSeconds(), TimeUnit.SECONDS)
                        .join())
                .isEqualTo(TOO_BIG);
        await().until(megabyte::isCompletedExceptionally);
        says();
        assertThat(bob.heard("offer")).isEmpty();
        assertThat(bob.heard("ice-candidate")).isEmpty();
        assertThat(bob.heard("call:end")).as("the call waits for her").isEmpty();
        assertThat(bob.bus.closed()).isNotDone();
    }

    @Test
    void aFloodOfCandidatesStopsAtItsSender() {
        String call = ring(ann, bob);
        bob.bus.request("call:answer", Map.of("callId", call));
        long began = System.nanoTime();
        List<CompletableFuture<JsonNode>> flood = new ArrayList<>();
        for (int i = 0; i < FLOOD; i++) {
            flood.add(bob.bus.ask("ice-candidate", candidate(call, "candidate:" + i)));
            if (i % (FLOOD / 5) == 0) {
                says();
            }
        }
        int passed = 0;
        for (CompletableFuture<JsonNode> each : flood) {
            try {
                each.join();
                passed++;
            } catch (CompletionException e) {
                if (e.getCause() instanceof BusClient.Refused refused) {
                    assertThat(refused.getMessage()).startsWith("too_many_requests:");
                } else {
                    assertThat(bob.bus.closed().join()).isEqualTo(TOO_MANY);
                }
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        assertThat((double) passed).isBetween(1.0, BURST + RATE * seconds + 1);
        int through = passed;
        await().untilAsserted(() -> assertThat(ann.heard("ice-candidate")).hasSizeGreaterThanOrEqualTo(through));
        assertThat(ann.heard("ice-candidate")).hasSizeLessThanOrEqualTo((int) (BURST + RATE * seconds) + 1);
        // She goes on, and can end it.
        says();
        ann.bus.request("call:end", Map.of("callId", call));
    }
}
