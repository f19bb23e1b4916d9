package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Patience;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Calls as clients live them, the same on one node and on three. */
abstract class CallScenarios {
    /** The doors; scenarios use three, which may be the same. */
    abstract List<URI> nodes();

    private URI node(int i) {
        return nodes().get(i % nodes().size());
    }

    private Account register(String name) {
        return new Api(node(0)).register(name);
    }

    /** A signed-in socket that hears everything that is for it. */
    private static final class Phone implements AutoCloseable {
        private final BusClient bus;
        private final Account account;
        private final String socketId;
        private final String resumeToken;
        private final JsonNode auth;
        private final List<JsonNode> heard = new CopyOnWriteArrayList<>();

        private Phone(URI node, Account account, String resume) {
            this.account = account;
            this.bus = BusClient.anonymous(node);
            Map<String, Object> request = resume == null
                    ? Map.of("token", account.accessToken())
                    : Map.of("token", account.accessToken(), "resume", resume);
            auth = bus.request("auth", request);
            socketId = auth.get("socketId").asText();
            resumeToken = auth.get("resumeToken").asText();
            bus.register("user:" + account.id(), event -> heard.add(event));
            bus.register("socket:" + socketId, event -> heard.add(event));
        }

        static Phone of(URI node, Account account) {
            return new Phone(node, account, null);
        }

        Phone again(URI node) {
            return new Phone(node, account, resumeToken);
        }

        String call(Phone other) {
            return bus.request("call:initiate", Map.of("calleeId", other.account.id(), "media", "audio"))
                    .get("callId")
                    .asText();
        }

        JsonNode ask(String address, String callId) {
            return bus.request(address, Map.of("callId", callId));
        }

        void signal(String type, String callId, String sdp) {
            bus.request(type, Map.of("callId", callId, "sdp", sdp));
        }

        List<JsonNode> all(String type) {
            return heard.stream()
                    .filter(event -> event.get("type").asText().equals(type))
                    .toList();
        }

        JsonNode hears(String type) {
            await().until(() -> !all(type).isEmpty());
            return all(type).get(0).get("data");
        }

        @Override
        public void close() {
            bus.close();
        }
    }

    private static void refused(int status, Runnable what) {
        assertThatThrownBy(what::run).isInstanceOfSatisfying(BusClient.Refused.class, e -> assertThat(e.status())
                .isEqualTo(status));
    }

    private JsonNode history(Account account) {
        return new Api(node(1)).call("GET", "/api/v1/calls", account, null).ok().get("items");
    }

    @Test
    void whoeverHasRegisteredIsFoundAtOnceFromEveryNode() {
        Account ann = register("ann");
        try (Phone a = Phone.of(node(0), ann)) {
            for (int i = 0; i < 8; i++) {
                try (Phone fresh = Phone.of(node(i), register("fresh"))) {
                    String call = a.call(fresh);
                    assertThat(fresh.hears("call:incoming").get("id").asText()).isEqualTo(call);
                    fresh.ask("call:reject", call);
                }
            }
        }
    }

    @Test
    void theFirstAnswerWinsAndOnlyTheTwoMaySignal() {
        Account ann = register("ann");
        Account bob = register("bob");
        Account eve = register("eve");
        try (Phone a = Phone.of(node(0), ann);
                Phone b1 = Phone.of(node(1), bob);
                Phone b2 = Phone.of(node(2), bob);
                Phone e = Phone.of(node(2), eve)) {
            String call = a.call(b1);
            assertThat(b1.hears("call:incoming").at("/caller/username").asText())
                    .isEqualTo(ann.username());
            b2.hears("call:incoming");
            refused(409, () -> a.signal("offer", call, "too early"));
            refused(403, () -> e.ask("call:answer", call));

            b1.ask("call:answer", call);
            assertThat(a.hears("call:accepted").get("state").asText()).isEqualTo("CONNECTING");
            assertThat(b2.hears("call:end").get("reason").asText()).isEqualTo("answered_elsewhere");
            refused(409, () -> b2.ask("call:answer", call));

            refused(409, () -> b1.signal("offer", call, "the callee first"));
            a.signal("offer", call, "offer of a");
            JsonNode offer = b1.hears("offer");
            assertThat(offer.get("from").asText()).isEqualTo(a.socketId);
            assertThat(offer.get("fromUserId").asText()).isEqualTo(ann.id());
            b1.signal("answer", call, "answer of b");
            assertThat(a.hears("answer").get("sdp").asText()).isEqualTo("answer of b");
            b1.bus.request("ice-candidate", Map.of("callId", call, "candidate", Map.of("candidate", "")));
            assertThat(a.hears("ice-candidate").at("/candidate/candidate").asText())
                    .as("the end of candidates passes")
                    .isEmpty();
            refused(403, () -> e.signal("offer", call, "of a stranger"));
            refused(403, () -> b2.signal("offer", call, "of the wrong socket"));
            refused(400, () -> a.signal("offer", call, "x".repeat(33 * 1024)));

            assertThat(b1.ask("call:connected", call).at("/call/state").asText())
                    .isEqualTo("CONNECTING");
            b1.signal("offer", call, "anew, from the other side");
            assertThat(a.hears("offer").get("sdp").asText()).isEqualTo("anew, from the other side");
            assertThat(a.ask("call:connected", call).at("/call/state").asText()).isEqualTo("ACTIVE");
            b1.ask("call:end", call);
            assertThat(a.hears("call:end").get("reason").asText()).isEqualTo("hangup");
            assertThat(b1.all("call:end")).isEmpty();
            assertThat(b2.all("offer")).isEmpty();
            assertThat(e.heard)
                    .extracting(event -> event.get("type").asText())
                    .noneMatch(type -> type.startsWith("call:") || type.equals("offer"));
        }
        for (Account each : List.of(ann, bob)) {
            assertThat(history(each)).hasSize(1);
            assertThat(history(each).at("/0/reason").asText()).isEqualTo("hangup");
            assertThat(history(each).get(0).hasNonNull("answeredAt")).isTrue();
        }
        assertThat(history(eve)).isEmpty();
    }

    @Test
    void twoWhoCallEachOtherAtOnceEndInOneCall() {
        Account ann = register("ann");
        Account bob = register("bob");
        try (Phone a = Phone.of(node(0), ann);
                Phone b = Phone.of(node(1), bob)) {
            CompletableFuture<JsonNode> one = a.bus.ask("call:initiate", Map.of("calleeId", bob.id()));
            CompletableFuture<JsonNode> other = b.bus.ask("call:initiate", Map.of("calleeId", ann.id()));
            String call = one.join().get("callId").asText();
            assertThat(other.join().get("callId").asText()).isEqualTo(call);
            await().untilAsserted(() -> assertThat(a.bus.request("call:current", Map.of())
                            .at("/call/state")
                            .asText())
                    .isEqualTo("CONNECTING"));
            boolean byAnn = one.join().at("/call/callerId").asText().equals(ann.id());
            Phone caller = byAnn ? a : b;
            Phone callee = byAnn ? b : a;
            caller.signal("offer", call, "o");
            callee.hears("offer");
        }
    }

    @Test
    void rejectedCancelledBusyAndUnavailable() {
        Account ann = register("ann");
        Account bob = register("bob");
        Account cat = register("cat");
        Account dan = register("dan");
        try (Phone a = Phone.of(node(0), ann);
                Phone b = Phone.of(node(1), bob);
                Phone c = Phone.of(node(2), cat)) {
            String first = a.call(b);
            b.hears("call:incoming");
            b.ask("call:reject", first);
            a.hears("call:rejected");

            String second = a.call(b);
            JsonNode busy = c.bus.request("call:initiate", Map.of("calleeId", bob.id()));
            assertThat(busy.at("/call/reason").asText()).isEqualTo("busy");
            refused(409, () -> a.call(c));
            a.ask("call:end", second);
            await().untilAsserted(() -> assertThat(b.all("call:end")).isNotEmpty());
            assertThat(b.hears("call:end").get("reason").asText()).isEqualTo("cancelled");

            JsonNode away = a.bus.request("call:initiate", Map.of("calleeId", dan.id()));
            assertThat(away.at("/call/reason").asText()).isEqualTo("unavailable");
            JsonNode missed = new Api(node(2))
                    .call("GET", "/api/v1/notifications", dan, null)
                    .ok()
                    .get("items");
            assertThat(missed).hasSize(1);
            assertThat(missed.at("/0/kind").asText()).isEqualTo("missed_call");
            assertThat(missed.at("/0/fromId").asText()).isEqualTo(ann.id());
            // That there is a note is told beside the answers.
            await().untilAsserted(() -> assertThat(b.all("notification:new").stream()
                            .map(event -> event.at("/data/kind").asText()))
                    .as("the cancelled call and the one that found Bob busy")
                    .containsExactlyInAnyOrder("missed_call", "missed_call"));
        }
    }

    @Test
    void whoeverIsBlockedFindsNobodyThere() {
        Account ann = register("ann");
        Account bob = register("bob");
        Account dan = register("dan");
        Api api = new Api(node(2));
        String block = "/api/v1/users/" + ann.id() + "/block";
        try (Phone a = Phone.of(node(0), ann);
                Phone b = Phone.of(node(1), bob)) {
            assertThat(api.call("POST", block, bob, null).status()).isEqualTo(200);
            assertThat(api.call("GET", "/api/v1/users/blocked", bob, null).ok().at("/items/0/id"))
                    .hasToString("\"" + ann.id() + "\"");
            String general = api.general(ann);
            List.of(a, b).forEach(phone -> phone.bus.request("join:conversation", Map.of("conversationId", general)));
            String member = "/api/v1/conversations/" + general + "/members/" + bob.id();
            assertThat(api.call("GET", member, ann, null).ok().get("online").asBoolean())
                    .isFalse();
            await().until(() ->
                    api.call("GET", member, bob, null).ok().get("online").asBoolean());
            await().untilAsserted(() ->
                    assertThat(online(a, general)).contains(ann.id()).doesNotContain(bob.id()));

            JsonNode blocked =
                    a.bus.request("call:initiate", Map.of("calleeId", bob.id())).get("call");
            JsonNode away =
                    a.bus.request("call:initiate", Map.of("calleeId", dan.id())).get("call");
            assertThat(blocked.get("reason").asText()).isEqualTo("unavailable");
            assertThat(blocked.fieldNames()).toIterable().containsExactlyElementsOf(away::fieldNames);
            await().untilAsserted(() -> assertThat(a.all("call:end")).hasSize(2));
            assertThat(history(bob)).isEmpty();
            assertThat(history(ann)).hasSize(2);

            assertThat(api.call("DELETE", block, bob, null).status()).isEqualTo(200);
            String rings = a.call(b);
            assertThat(b.hears("call:incoming").get("id").asText()).isEqualTo(rings);
            assertThat(b.all("notification:new")).isEmpty();
        }
    }

    private static List<String> online(Phone phone, String room) {
        List<String> ids = new ArrayList<>();
        phone.bus
                .request("join:conversation", Map.of("conversationId", room))
                .get("online")
                .forEach(id -> ids.add(id.asText()));
        return ids;
    }

    @Test
    void aLegIsTakenOverByAnotherSocketOnAnotherNode() {
        Account ann = register("ann");
        Account bob = register("bob");
        try (Phone a = Phone.of(node(0), ann)) {
            String call;
            Phone lost = Phone.of(node(1), bob);
            call = a.call(lost);
            lost.ask("call:answer", call);
            lost.bus.close();
            lost.bus
                    .closed()
                    .orTimeout(Patience.USUAL.toSeconds(), TimeUnit.SECONDS)
                    .join();
            // Its node knows now, the owner of the call a moment later: what comes between goes where nobody listens,
            // so it is said again, as pages do. What comes after it waits for the other side, in order.
            AtomicInteger said = new AtomicInteger();
            await().until(() -> {
                a.signal("offer", call, "while away");
                return said.incrementAndGet() == 10;
            });
            try (Phone back = lost.again(node(2))) {
                assertThat(back.auth.at("/call/id").asText()).isEqualTo(call);
                assertThat(back.hears("offer").get("sdp").asText()).isEqualTo("while away");
                back.signal("answer", call, "back again");
                assertThat(a.hears("answer").get("from").asText()).isEqualTo(back.socketId);
                back.ask("call:end", call);
                a.hears("call:end");
            }
        }
    }
}
