package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Guest;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Meetings as clients live them, the same on one node and on three. */
abstract class MeetingScenarios {
    private static final int CAPACITY = 10;

    /** The doors; scenarios use three, which may be the same. */
    abstract List<URI> nodes();

    URI node(int i) {
        return nodes().get(i % nodes().size());
    }

    private Account register(String name) {
        return new Api(node(0)).register(name);
    }

    private String meeting(Account owner, Map<String, Object> more) {
        Map<String, Object> body = new HashMap<>(more);
        body.putIfAbsent("title", "Monday");
        return new Api(node(1))
                .call("POST", "/api/v1/meetings", owner, body)
                .ok()
                .get("id")
                .asText();
    }

    private JsonNode shown(Account account, String meeting) {
        return new Api(node(2))
                .call("GET", "/api/v1/meetings/" + meeting, account, null)
                .ok();
    }

    private static void refused(String code, Runnable what) {
        assertThatThrownBy(what::run).isInstanceOfSatisfying(BusClient.Refused.class, e -> assertThat(e.getMessage())
                .startsWith(code + ": "));
    }

    @Test
    void madeFoundChangedAndDeleted() {
        Account ann = register("ann");
        Account bob = register("bob");
        Api api = new Api(node(0));
        String id = meeting(ann, Map.of("title", "Standup", "capacity", 4, "clientId", "c1"));
        assertThat(meeting(ann, Map.of("title", "Standup", "clientId", "c1")))
                .as("sent again")
                .isEqualTo(id);
        JsonNode seen = shown(bob, id);
        assertThat(seen.get("status").asText()).isEqualTo("created");
        assertThat(seen.get("hostId").asText()).isEqualTo(ann.id());
        assertThat(seen.get("capacity").asInt()).isEqualTo(4);
        String path = "/api/v1/meetings/" + id;
        assertThat(api.call("PUT", path, bob, Map.of("title", "Mine")).status()).isEqualTo(403);
        assertThat(api.call("PUT", path, ann, Map.of("title", "Daily", "lobby", true))
                        .ok()
                        .get("title")
                        .asText())
                .isEqualTo("Daily");
        assertThat(api.call("PUT", path, ann, Map.of("capacity", 999)).status()).isEqualTo(400);
        assertThat(shown(ann, id).get("lobby").asBoolean()).isTrue();
        JsonNode mine = api.call("GET", "/api/v1/meetings", ann, null).ok().get("items");
        assertThat(mine).extracting(m -> m.get("id").asText()).containsExactly(id);
        assertThat(api.call("GET", path + "/participants", bob, null).status()).isEqualTo(403);
        assertThat(api.call("DELETE", path, bob, null).status()).isEqualTo(403);
        assertThat(api.call("DELETE", path, ann, null).status()).isEqualTo(200);
        assertThat(api.call("GET", path, ann, null).status()).isEqualTo(404);
    }

    @Test
    void peopleComeAndGoAndSignalOneAnotherAlone() {
        Account ann = register("ann");
        Account bob = register("bob");
        Account eve = register("eve");
        String id = meeting(ann, Map.of());
        try (Guest a = Guest.of(node(0), ann);
                Guest b = Guest.of(node(1), bob);
                Guest e = Guest.of(node(2), eve)) {
            a.join(id);
            JsonNode joined = b.join(id);
            assertThat(joined.get("participants"))
                    .extracting(p -> p.get("userId").asText())
                    .containsExactly(ann.id(), bob.id());
            assertThat(joined.at("/self/role").asText()).isEqualTo("participant");
            assertThat(a.hears(
                            "participant:joined", d -> d.at("/userId").asText().equals(bob.id())))
                    .isNotNull();
            assertThat(b.hears("meeting:state", d -> true).get("participants")).hasSize(2);
            assertThat(shown(ann, id).get("activeParticipants").asInt()).isEqualTo(2);
            assertThat(shown(ann, id).get("status").asText()).isEqualTo("live");

            b.signal(id, a.socketId(), "offer of b");
            assertThat(a.hears("offer", d -> true).get("from").asText()).isEqualTo(b.socketId());
            refused("forbidden", () -> a.signal(id, e.socketId(), "to a stranger"));
            refused("not_a_member", () -> e.signal(id, a.socketId(), "of a stranger"));
            refused("not_a_member", () -> e.bus().request("meeting:send", Map.of("meetingId", id, "content", "x")));
            assertThatThrownBy(() -> e.bus().register("room:" + id, event -> {}))
                    .isInstanceOf(BusClient.Refused.class);

            b.bus().request("meeting:leave", Map.of("meetingId", id));
            assertThat(a.hears("participant:left", d -> true).get("reason").asText())
                    .isEqualTo("left");
            assertThat(e.all("offer")).isEmpty();
        }
        await().untilAsserted(() -> {
            JsonNode stays = new Api(node(1))
                    .call("GET", "/api/v1/meetings/" + id + "/participants", ann, null)
                    .ok()
                    .get("items");
            assertThat(stays).hasSize(2);
            assertThat(stays.get(0).get("userId").asText()).isEqualTo(bob.id());
            assertThat(stays.get(0).hasNonNull("leftAt")).isTrue();
        });
        assertThat(shown(bob, id).get("participants")).hasSize(2);
        assertThat(shown(eve, id).get("participants")).isEmpty();
    }

    @Test
    void theChatIsNumberedResumedAndNotStored() {
        Account ann = register("ann");
        Account bob = register("bob");
        String id = meeting(ann, Map.of());
        try (Guest a = Guest.of(node(0), ann);
                Guest b = Guest.of(node(1), bob)) {
            a.join(id);
            b.join(id);
            for (int i = 1; i <= 5; i++) {
                JsonNode sent = a.say(id, "word " + i, "c" + i);
                assertThat(sent.get("seq").asLong()).isEqualTo(i);
            }
            assertThat(a.say(id, "word 5", "c5").get("duplicate").asBoolean()).isTrue();
            b.hearsUpTo(5);
            b.bus().abort();
            a.say(id, "while away", "c6");
            try (Guest back = Guest.again(node(2), bob, b.resumeToken())) {
                JsonNode joined = back.join(id, 5L);
                assertThat(joined.get("recovered").asBoolean()).isTrue();
                assertThat(joined.get("messages"))
                        .extracting(m -> m.at("/data/content").asText())
                        .containsExactly("while away");
                a.say(id, "after", "c7");
                back.hearsUpTo(7);
                assertThat(a.all("participant:left")).as("the seat was kept").isEmpty();
                // A conversation's own operation finds the meeting, too.
                JsonNode sent = back.bus()
                        .request("message:send", Map.of("conversationId", id, "content", "by the other name"));
                assertThat(sent.get("seq").asLong()).isEqualTo(8);
                a.hearsUpTo(8);
            }
        }
    }

    @Test
    void aSignalForSomebodyWhoIsAwayWaits() {
        Account ann = register("ann");
        Account bob = register("bob");
        String id = meeting(ann, Map.of());
        try (Guest a = Guest.of(node(0), ann);
                Guest b = Guest.of(node(1), bob)) {
            a.join(id);
            b.join(id);
            b.bus().abort();
            a.hears("participant:updated", d -> d.get("away").asBoolean());
            a.signal(id, b.socketId(), "first");
            a.signal(id, b.socketId(), "second");
            try (Guest back = Guest.again(node(2), bob, b.resumeToken())) {
                back.join(id);
                back.hears("offer", d -> d.get("sdp").asText().equals("second"));
                assertThat(back.all("offer"))
                        .extracting(o -> o.at("/data/sdp").asText())
                        .containsExactly("first", "second");
                assertThat(a.hears("participant:updated", d -> !d.get("away").asBoolean())
                                .get("socketId")
                                .asText())
                        .isEqualTo(back.socketId());
                refused("forbidden", () -> a.signal(id, b.socketId(), "to the socket that was"));
            }
        }
    }

    @Test
    void neverMoreThanTheCapacityEvenAtOnce() {
        Account ann = register("ann");
        String id = meeting(ann, Map.of("capacity", CAPACITY));
        List<Guest> guests = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                guests.add(Guest.of(node(i), register("g" + i)));
            }
            List<CompletableFuture<JsonNode>> joins = new ArrayList<>();
            // Everybody five times: the same seat each time.
            for (int round = 0; round < 5; round++) {
                guests.forEach(guest -> joins.add(guest.bus().ask("meeting:join", Map.of("meetingId", id))));
            }
            List<String> inside = new ArrayList<>();
            int refused = 0;
            for (CompletableFuture<JsonNode> join : joins) {
                try {
                    inside.add(join.join().at("/self/userId").asText());
                } catch (java.util.concurrent.CompletionException e) {
                    assertThat(e.getCause()).hasMessageStartingWith("meeting_full: ");
                    refused++;
                }
            }
            assertThat(inside.stream().distinct()).hasSize(CAPACITY);
            assertThat(inside).hasSize(5 * CAPACITY);
            assertThat(refused).isEqualTo(5 * (40 - CAPACITY));
            assertThat(shown(ann, id).get("activeParticipants").asInt()).isEqualTo(CAPACITY);
        } finally {
            guests.forEach(Guest::close);
        }
    }

    @Test
    void oneSeatForEachUserAndTheOlderSocketIsTold() {
        Account ann = register("ann");
        String id = meeting(ann, Map.of());
        try (Guest old = Guest.of(node(0), ann);
                Guest fresh = Guest.of(node(1), ann)) {
            old.join(id);
            JsonNode joined = fresh.join(id);
            assertThat(joined.get("participants")).hasSize(1);
            assertThat(joined.at("/self/socketId").asText()).isEqualTo(fresh.socketId());
            assertThat(old.hears("meeting:request", d -> true).get("kind").asText())
                    .isEqualTo("replaced");
            refused("not_a_member", () -> old.update(id, "hand", null, true));
            // A client that reconnects by itself does not take the seat back; a person who asks for it does.
            refused("conflict", () -> fresh(id, old));
            old.join(id);
            assertThat(fresh.hears("meeting:request", d -> true).get("kind").asText())
                    .isEqualTo("replaced");
            await().untilAsserted(() -> assertThat(old.all("meeting:state"))
                    .as("whole state again, although it was registered before")
                    .hasSize(2));
        }
    }

    private void fresh(String id, Guest of) {
        try (Guest again = Guest.again(node(2), of.account(), of.resumeToken())) {
            again.join(id, null);
        }
    }

    @Test
    void theHostLeads() {
        Account ann = register("ann");
        Account bob = register("bob");
        Account eve = register("eve");
        String id = meeting(ann, Map.of("lobby", true));
        try (Guest a = Guest.of(node(0), ann);
                Guest b = Guest.of(node(1), bob);
                Guest e = Guest.of(node(2), eve)) {
            assertThat(e.ask(id).get("entry").asText())
                    .as("nobody is there to admit: that alone lets nobody in")
                    .isEqualTo("waiting");
            a.join(id);
            assertThat(b.ask(id).get("entry").asText()).isEqualTo("waiting");
            assertThat(a.hears("meeting:request", d -> d.at("/userId").asText().equals(bob.id()))
                            .get("kind")
                            .asText())
                    .isEqualTo("knock");
            refused("not_a_member", () -> b.update(id, "admit", eve.id(), true));
            a.update(id, "admit", bob.id(), true);
            assertThat(b.hears("meeting:request", d -> true).get("kind").asText())
                    .isEqualTo("admitted");
            b.join(id);
            refused("forbidden", () -> b.update(id, "admit", eve.id(), true));
            a.update(id, "deny", eve.id(), true);
            assertThat(e.hears("meeting:request", d -> true).get("kind").asText())
                    .isEqualTo("denied");

            a.update(id, "lobby", null, false);
            a.update(id, "lock", null, true);
            refused("meeting_locked", () -> e.join(id));
            a.update(id, "lock", null, false);
            e.join(id);

            b.update(id, "hand", null, true);
            e.update(id, "hand", null, true);
            JsonNode participants =
                    a.bus().request("meeting:state", Map.of("meetingId", id)).get("participants");
            assertThat(participants.get(1).get("handNo").asLong())
                    .isLessThan(participants.get(2).get("handNo").asLong());
            a.update(id, "lower-hand", bob.id(), true);
            b.update(id, "share", null, true);
            refused("conflict", () -> e.update(id, "share", null, true));
            a.update(id, "unshare", bob.id(), true);
            e.update(id, "share", null, true);
            a.update(id, "mute", bob.id(), true);
            b.hears("meeting:request", d -> d.at("/kind").asText().equals("mute"));

            a.update(id, "remove", eve.id(), true);
            e.hears("meeting:request", d -> d.at("/kind").asText().equals("removed"));
            refused("barred", () -> e.join(id));
            a.say(id, "not for eve", "c1");
            b.hearsUpTo(1);
            assertThat(e.all("message:new")).isEmpty();

            a.update(id, "transfer", bob.id(), true);
            assertThat(b.hears("meeting:updated", d -> d.at("/hostId").asText().equals(bob.id())))
                    .isNotNull();
            b.update(id, "end", null, true);
            assertThat(a.hears("meeting:ended", d -> true).get("reason").asText())
                    .isEqualTo("ended");
            refused("meeting_ended", () -> a.join(id));
            assertThat(shown(ann, id).get("status").asText()).isEqualTo("ended");
            assertThat(shown(ann, id).get("activeParticipants").asInt()).isZero();
        }
    }
}
