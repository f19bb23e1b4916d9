package dev.switchboard.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Patience;
import dev.switchboard.support.RoomView;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What people do with a chat, written once; run on one node and on three. */
abstract class ChatScenarios {
    static final Duration SOON = Patience.USUAL;

    /** Whoever signs out is out everywhere. */
    private static final Duration REVOKED = Patience.promised(Duration.ofSeconds(1));

    /** Of the nodes under test: shorter than usual, so that it can be waited out. */
    static final Map<String, String> SETTINGS = Map.of("PRESENCE_GRACE", "4s");

    /** The doors of the cluster, at least one. */
    abstract List<URI> nodes();

    final URI node(int i) {
        return nodes().get(i % nodes().size());
    }

    final Api api(int i) {
        return new Api(node(i));
    }

    final String group(Account owner, Account... others) {
        return api(0).call(
                        "POST",
                        "/api/v1/conversations",
                        owner,
                        Map.of(
                                "kind", "group",
                                "title", "Team",
                                "memberIds",
                                        java.util.Arrays.stream(others)
                                                .map(Account::id)
                                                .toList()))
                .ok()
                .get("id")
                .asText();
    }

    static JsonNode send(BusClient client, String room, String content, String clientId) {
        return client.request(
                "message:send",
                Map.of("conversationId", room, "content", content, "type", "text", "clientId", clientId));
    }

    @Test
    void twoPeopleOnDifferentNodesTalkInGeneral() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        String general = api(0).general(ann);
        try (BusClient a = BusClient.connect(node(0), ann);
                BusClient b = BusClient.connect(node(1), bob)) {
            long head = a.request("join:conversation", Map.of("conversationId", general))
                    .get("headSeq")
                    .asLong();
            RoomView seenByAnn = new RoomView(general, head);
            RoomView seenByBob = new RoomView(general, head);
            seenByAnn.follow(a);
            seenByBob.follow(b);

            JsonNode sent = send(a, general, "hello Bob", "m1");
            assertThat(sent.get("duplicate").asBoolean()).isFalse();
            send(b, general, "hello Ann", "m1");

            await().atMost(SOON)
                    .until(() ->
                            seenByAnn.events().size() >= 2 && seenByBob.events().size() >= 2);
            assertThat(seenByAnn.contents()).contains("hello Bob", "hello Ann");
            assertThat(seenByBob.contents()).isEqualTo(seenByAnn.contents());
            assertThat(seenByAnn.faults()).isEmpty();
            assertThat(seenByBob.faults()).isEmpty();
            JsonNode message = seenByBob.events().get(0).get("data");
            assertThat(message.get("senderId").asText()).isEqualTo(ann.id());
            assertThat(message.get("seq").asLong()).isEqualTo(sent.get("seq").asLong());
        }
    }

    @Test
    void everybodySeesTheSameOrderWhileManySend() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        Account cid = api(2).register("cid");
        List<Account> all = List.of(ann, bob, cid);
        String room = group(ann, bob, cid);
        int each = 100;
        List<BusClient> clients = new ArrayList<>();
        List<RoomView> views = new ArrayList<>();
        try {
            for (int i = 0; i < all.size(); i++) {
                clients.add(BusClient.connect(node(i), all.get(i)));
                views.add(new RoomView(room, 0));
                views.get(i).follow(clients.get(i));
            }
            List<CompletableFuture<JsonNode>> acks = new ArrayList<>();
            for (int n = 0; n < each; n++) {
                for (int i = 0; i < all.size(); i++) {
                    acks.add(clients.get(i)
                            .ask(
                                    "message:send",
                                    Map.of("conversationId", room, "content", i + ":" + n, "clientId", "c" + n)));
                }
            }
            Set<Long> numbers = new HashSet<>();
            acks.forEach(ack -> numbers.add(ack.join().get("seq").asLong()));
            assertThat(numbers).hasSize(each * all.size());

            await().atMost(SOON).untilAsserted(() -> assertThat(views)
                    .allSatisfy(v -> assertThat(v.events()).hasSize(each * all.size())));
            views.forEach(v -> assertThat(v.faults()).isEmpty());
            views.forEach(v -> assertThat(v.contents()).isEqualTo(views.get(0).contents()));
            for (int i = 0; i < all.size(); i++) {
                String sender = i + ":";
                assertThat(views.get(0).contents().stream().filter(c -> c.startsWith(sender)))
                        .as("one sender's messages stay in order")
                        .containsExactlyElementsOf(java.util.stream.IntStream.range(0, each)
                                .mapToObj(n -> sender + n)
                                .toList());
            }
        } finally {
            clients.forEach(BusClient::close);
        }
    }

    @Test
    void whoWasAwayGetsWhatWasMissedOnAnyNode() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        String room = group(ann, bob);
        RoomView seenByBob = new RoomView(room, 0);
        try (BusClient a = BusClient.connect(node(0), ann)) {
            BusClient b = BusClient.connect(node(1), bob);
            seenByBob.follow(b);
            send(a, room, "1", "m1");
            await().atMost(SOON).until(() -> seenByBob.lastSeq() == 1);
            b.abort();
            JsonNode two = send(a, room, "2", "m2");
            send(a, room, "3", "m3");
            assertThat(a.request(
                                    "message:edit",
                                    Map.of("messageId", two.get("id").asText(), "content", "2, edited"))
                            .get("version")
                            .asInt())
                    .isEqualTo(2);
            a.request(
                    "message:delete",
                    Map.of("messageId", send(a, room, "4", "m4").get("id").asText()));

            try (BusClient back = BusClient.connect(node(2), bob)) {
                seenByBob.follow(back);
                send(a, room, "5", "m5");
                await().atMost(SOON).until(() -> seenByBob.lastSeq() == 7);
            }
        }
        assertThat(seenByBob.faults()).isEmpty();
        assertThat(seenByBob.latest().values().stream()
                        .filter(m -> m.get("deleted").asBoolean()))
                .singleElement()
                .satisfies(m -> assertThat(m.hasNonNull("content")).isFalse());
        assertThat(seenByBob.latest().values().stream()
                        .map(m -> m.path("content").asText("")))
                .containsExactlyInAnyOrder("1", "2, edited", "3", "", "5");
    }

    @Test
    void sendingAgainIsSafeOnAnyNode() {
        Account ann = api(0).register("ann");
        Account bob = api(0).register("bob");
        String room = group(ann, bob);
        try (BusClient a = BusClient.connect(node(0), ann);
                BusClient again = BusClient.connect(node(1), ann)) {
            JsonNode first = send(a, room, "once", "same");
            JsonNode second = send(again, room, "once", "same");
            assertThat(second.get("duplicate").asBoolean()).isTrue();
            assertThat(second.get("id")).isEqualTo(first.get("id"));
            assertThat(second.get("seq")).isEqualTo(first.get("seq"));
            assertThat(send(again, room, "another", "other").get("seq").asLong())
                    .as("a repetition leaves no gap")
                    .isEqualTo(first.get("seq").asLong() + 1);
        }
    }

    @Test
    void aDirectConversationOfAPairIsOne() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        List<CompletableFuture<String>> made = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int n = i;
            made.add(CompletableFuture.supplyAsync(() -> api(n).call(
                            "POST",
                            "/api/v1/conversations",
                            n % 2 == 0 ? ann : bob,
                            Map.of("kind", "direct", "memberIds", List.of(n % 2 == 0 ? bob.id() : ann.id())))
                    .ok()
                    .get("id")
                    .asText()));
        }
        assertThat(made.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    }

    @Test
    void channelsAreFoundByTitleAndEnteredAndMembersByName() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        // Begins with a letter: titles are in alphabetical order.
        String word = "w" + ann.username().substring(4);
        for (String title : List.of("Über " + word, "Books " + word, "books 2 " + word)) {
            api(0).call("POST", "/api/v1/conversations", ann, Map.of("kind", "channel", "title", title))
                    .ok();
        }
        String path = "/api/v1/channels?limit=2&query=";
        JsonNode first = api(1).call("GET", path + word, bob, null).ok();
        JsonNode second = api(2).call(
                        "GET",
                        path + word + "&cursor="
                                + URLEncoder.encode(first.get("next").asText(), UTF_8),
                        bob,
                        null)
                .ok();
        assertThat(first.get("items").findValuesAsText("title")).containsExactly("books 2 " + word, "Books " + word);
        assertThat(second.get("items").findValuesAsText("title")).containsExactly("Über " + word);
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(api(2).call("GET", path + URLEncoder.encode("ÜBER " + word, UTF_8), bob, null)
                        .ok()
                        .get("items"))
                .hasSize(1);

        String books = first.at("/items/1/id").asText();
        assertThat(first.at("/items/1/member").asBoolean()).isFalse();
        api(1).call("POST", "/api/v1/conversations/" + books + "/members", bob, Map.of("userId", bob.id()))
                .ok();
        JsonNode entered =
                api(0).call("GET", path + "books%20" + word, bob, null).ok();
        assertThat(entered.at("/items/0/member").asBoolean()).isTrue();
        assertThat(entered.at("/items/0/memberCount").asInt()).isEqualTo(2);

        String members = "/api/v1/conversations/" + books + "/members?query=";
        assertThat(api(2).call("GET", members + "BOB", ann, null).ok().findValuesAsText("userId"))
                .containsExactly(bob.id());
        assertThat(api(2).call("GET", members + "%25", ann, null).ok().get("items"))
                .isEmpty();
    }

    @Test
    void whatWasReadAndWhatIsUnreadIsKnownAfterAReload() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        String channel = api(0).call(
                        "POST", "/api/v1/conversations", ann, Map.of("kind", "channel", "title", "History"))
                .ok()
                .get("id")
                .asText();
        try (BusClient a = BusClient.connect(node(0), ann)) {
            a.request("join:conversation", Map.of("conversationId", channel));
            send(a, channel, "long ago", "1");
            send(a, channel, "before Bob came", "2");
            try (BusClient b = BusClient.connect(node(1), bob)) {
                JsonNode joined = b.request("join:conversation", Map.of("conversationId", channel));
                assertThat(readSeq(joined, bob)).as("what was there is history").isEqualTo(2);
                assertThat(conversation(bob, channel).get("unread").asLong()).isZero();

                JsonNode third = send(a, channel, "for Bob", "3");
                assertThat(conversation(bob, channel).get("unread").asLong()).isEqualTo(1);
                b.request(
                        "message:read",
                        Map.of(
                                "conversationId",
                                channel,
                                "messageId",
                                third.get("id").asText()));
            }
            JsonNode again = a.request("join:conversation", Map.of("conversationId", channel));
            assertThat(readSeq(again, bob)).isEqualTo(3);
            assertThat(readSeq(again, ann)).isZero();
            assertThat(api(2).call("GET", "/api/v1/conversations/" + channel + "/members/" + bob.id(), ann, null)
                            .ok()
                            .get("readSeq")
                            .asLong())
                    .isEqualTo(3);
        }
    }

    private JsonNode conversation(Account account, String room) {
        return api(2).call("GET", "/api/v1/conversations/" + room, account, null)
                .ok();
    }

    private static long readSeq(JsonNode joined, Account member) {
        for (JsonNode one : joined.get("members")) {
            if (one.get("userId").asText().equals(member.id())) {
                return one.get("readSeq").asLong();
            }
        }
        throw new AssertionError("no member " + member.username() + " in " + joined);
    }

    @Test
    void whoJoinsFindsThemselvesOnline() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        String room = group(ann, bob);
        try (BusClient a = BusClient.connect(node(0), ann)) {
            JsonNode alone = a.request("join:conversation", Map.of("conversationId", room));
            assertThat(online(alone)).containsExactly(ann.id());
            assertThat(alone.get("onlineCount").asInt()).isEqualTo(1);
            // At once: the news of it cannot have gone round yet.
            try (BusClient b = BusClient.connect(node(1), bob)) {
                JsonNode joined = b.request("join:conversation", Map.of("conversationId", room));
                assertThat(online(joined)).containsExactlyInAnyOrder(ann.id(), bob.id());
                assertThat(joined.get("onlineCount").asInt()).isEqualTo(2);
            }
        }
    }

    private static List<String> online(JsonNode joined) {
        List<String> ids = new ArrayList<>();
        joined.get("online").forEach(id -> ids.add(id.asText()));
        return ids;
    }

    @Test
    void aWriteThatIsSentAgainIsCarriedOutOnce() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        List<CompletableFuture<Api.Answer>> made = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int n = i;
            made.add(CompletableFuture.supplyAsync(() -> api(n).call(
                            "POST",
                            "/api/v1/conversations",
                            ann,
                            Map.of("kind", "group", "title", "Once", "memberIds", List.of(bob.id())),
                            Map.of("Idempotency-Key", "once"))));
        }
        List<Api.Answer> answers = made.stream().map(CompletableFuture::join).toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
        assertThat(answers.stream().map(a -> a.body().get("id").asText()).distinct())
                .hasSize(1);
        String room = answers.get(0).body().get("id").asText();
        assertThat(group(ann, bob)).as("another request").isNotEqualTo(room);
        try (BusClient a = BusClient.connect(node(0), ann);
                BusClient b = BusClient.connect(node(1), ann)) {
            Map<String, Object> create = Map.of("kind", "group", "title", "Once", "clientId", "once");
            assertThat(b.request("conversation:create", create)
                            .at("/conversation/id")
                            .asText())
                    .isEqualTo(room);

            String message = send(a, room, "draft", "1").get("id").asText();
            Map<String, Object> edit = Map.of("messageId", message, "content", "final");
            assertThat(a.request("message:edit", edit).get("version").asInt()).isEqualTo(2);
            assertThat(b.request("message:edit", edit).get("version").asInt()).isEqualTo(2);
            Map<String, Object> delete = Map.of("messageId", message);
            assertThat(a.request("message:delete", delete).get("version").asInt())
                    .isEqualTo(3);
            assertThat(b.request("message:delete", delete).get("version").asInt())
                    .isEqualTo(3);
            assertThat(conversation(ann, room).get("headSeq").asLong())
                    .as("a repeat is no event")
                    .isEqualTo(3);
        }
        String member = "/api/v1/conversations/" + room + "/members/" + bob.id();
        api(0).call("DELETE", member, ann, null).ok();
        api(1).call("DELETE", member, ann, null).ok();
        assertThat(conversation(ann, room).get("memberCount").asInt()).isEqualTo(1);
    }

    @Test
    void sessionsAreToldApartByTheirUserAgent() {
        Account ann = api(0).register("ann");
        api(1).call(
                        "POST",
                        "/api/v1/auth/login",
                        null,
                        Map.of("username", ann.username(), "password", ann.password(), "userAgent", "forged"),
                        Map.of("User-Agent", "Phone/1.0"))
                .ok();
        assertThat(api(2).call("GET", "/api/v1/users/me/sessions", ann, null)
                        .ok()
                        .get("items")
                        .findValuesAsText("userAgent"))
                .hasSize(2)
                .contains("Phone/1.0")
                .doesNotContain("forged");
    }

    @Test
    void strangersHearNothingAndMayNotSend() {
        Account ann = api(0).register("ann");
        Account bob = api(0).register("bob");
        Account eve = api(1).register("eve");
        String room = group(ann, bob);
        try (BusClient e = BusClient.connect(node(1), eve)) {
            assertRefused(403, () -> send(e, room, "let me in", "x"));
            assertRefused(403, () -> e.request("join:conversation", Map.of("conversationId", room)));
            assertRefused(403, () -> e.register("room:" + room, event -> {}));
            assertRefused(403, () -> e.register("user:" + ann.id(), event -> {}));
            assertRefused(403, () -> e.request("message:history", Map.of("conversationId", room)));
            assertRefused(403, () -> e.request("room:follow", Map.of("roomId", room, "listener", "x", "afterSeq", 0)));
        }
    }

    private static void assertRefused(int status, Runnable request) {
        BusClient.Refused refused = catchThrowableOfType(BusClient.Refused.class, request::run);
        assertThat(refused).as("should be refused").isNotNull();
        assertThat(refused.status()).as(refused.getMessage()).isEqualTo(status);
    }

    @Test
    void whoIsRemovedHearsNoMore() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        String room = group(ann, bob);
        try (BusClient a = BusClient.connect(node(0), ann);
                BusClient b = BusClient.connect(node(1), bob)) {
            RoomView seenByBob = new RoomView(room, 0);
            seenByBob.follow(b);
            send(a, room, "for both", "1");
            await().atMost(SOON).until(() -> seenByBob.lastSeq() == 1);
            List<JsonNode> told = new java.util.concurrent.CopyOnWriteArrayList<>();
            b.register("user:" + bob.id(), told::add);
            api(0).call("DELETE", "/api/v1/conversations/" + room + "/members/" + bob.id(), ann, null)
                    .ok();
            await().atMost(SOON).until(() -> told.stream()
                    .anyMatch(e -> e.get("type").asText().equals("conversation:removed")));
            send(a, room, "for Ann alone", "2");
            assertRefused(403, () -> send(b, room, "still here?", "1"));
            assertThat(seenByBob.lastSeq()).isEqualTo(1);
        }
    }

    @Test
    void aRoomAlwaysHasAnOwner() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        Account cid = api(2).register("cid");
        String members = "/api/v1/conversations/" + group(ann, bob, cid) + "/members";
        assertThat(api(1).call("PUT", members + "/" + ann.id(), ann, Map.of("role", "member"))
                        .status())
                .as("the last owner stays one")
                .isEqualTo(409);
        api(1).call("PUT", members + "/" + cid.id(), ann, Map.of("role", "admin"))
                .ok();
        api(2).call("DELETE", members + "/" + ann.id(), ann, null).ok();
        api(0).call("PUT", members + "/" + bob.id(), cid, Map.of("role", "admin"))
                .ok();
        api(1).call("DELETE", members + "/" + cid.id(), cid, null).ok();
        assertThat(api(0).call("GET", members, bob, null).ok().get("items"))
                .singleElement()
                .satisfies(m -> assertThat(m.get("role").asText()).isEqualTo("owner"));
        String nobody = "00000000-0000-7000-8000-000000000001";
        Account dan = api(2).register("dan");
        assertThat(api(0).call("POST", members, bob, Map.of("userIds", List.of(dan.id(), nobody)))
                        .status())
                .isEqualTo(404);
        assertThat(api(1).call("GET", members, bob, null).ok().get("items"))
                .as("all are added or nobody")
                .hasSize(1);
    }

    @Test
    void signingOutClosesTheSocketsOfTheSessionOnEveryNode() throws Exception {
        Account ann = api(0).register("ann");
        Account elsewhere = api(1).login(ann.username());
        BusClient here = BusClient.connect(node(0), ann);
        BusClient there = BusClient.connect(node(1), ann);
        try (BusClient other = BusClient.connect(node(2), elsewhere)) {
            api(0).call("POST", "/api/v1/auth/logout", ann, null).ok();
            assertThat(here.closed().get(REVOKED.toMillis(), TimeUnit.MILLISECONDS))
                    .isEqualTo(4403);
            assertThat(there.closed().get(REVOKED.toMillis(), TimeUnit.MILLISECONDS))
                    .isEqualTo(4403);
            await().atMost(REVOKED)
                    .until(() ->
                            api(1).call("GET", "/api/v1/users/me", ann, null).status() == 401);
            assertThat(other.request("user:me", Map.of()).get("id").asText()).isEqualTo(ann.id());
        }
    }

    @Test
    void presenceIsToldToThoseWhoShareAConversationWithoutFlicker() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        group(ann, bob);
        List<JsonNode> told = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (BusClient a = BusClient.connect(node(0), ann)) {
            a.register("user:" + ann.id(), told::add);
            BusClient b = BusClient.connect(node(1), bob);
            await().atMost(SOON).until(() -> presence(told, bob).equals(List.of("user:online")));
            b.close();
            // A reload: another socket before the grace is over, on another node.
            BusClient reloaded = BusClient.connect(node(2), bob);
            reloaded.request("user:me", Map.of());
            // Past the grace, and past the time in which others are told.
            await().during(Duration.ofSeconds(6))
                    .until(() -> presence(told, bob).equals(List.of("user:online")));
            reloaded.close();
            await().until(() -> presence(told, bob).equals(List.of("user:online", "user:offline")));
        }
    }

    private static List<String> presence(List<JsonNode> told, Account who) {
        return told.stream()
                .filter(e -> e.get("type").asText().startsWith("user:o"))
                .filter(e -> e.at("/data/userId").asText().equals(who.id()))
                .map(e -> e.get("type").asText())
                .toList();
    }
}
