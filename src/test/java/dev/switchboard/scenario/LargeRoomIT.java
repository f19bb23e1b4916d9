package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Ids;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Patience;
import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rooms of more than 200 members: counts are pushed, single people are asked about. */
class LargeRoomIT {
    private static final int OTHERS = Conversation.SMALL + 50;
    private static final Duration SOON = Patience.USUAL;

    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        cluster = TestNodes.start(2);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static URI node(int i) {
        return cluster.doors().get(i);
    }

    private static Api api(int i) {
        return new Api(node(i));
    }

    private static String room(Account owner, Account... members) {
        List<UUID> others = Stream.generate(Ids::next).limit(OTHERS).toList();
        insert(others);
        List<String> ids = Stream.concat(
                        others.stream().map(UUID::toString), Stream.of(members).map(Account::id))
                .toList();
        return api(0).call(
                        "POST",
                        "/api/v1/conversations",
                        owner,
                        Map.of("kind", "group", "title", "Everybody", "memberIds", ids))
                .ok()
                .get("id")
                .asText();
    }

    private static void insert(List<UUID> users) {
        String ids = users.stream().map(UUID::toString).collect(Collectors.joining(","));
        cluster.database()
                .execute("INSERT INTO user_account (id, username, display_name) SELECT id, 'user-' || id, 'Somebody'"
                        + " FROM unnest('{" + ids + "}'::uuid[]) AS id");
    }

    private static JsonNode join(BusClient client, String room) {
        return client.request("join:conversation", Map.of("conversationId", room));
    }

    private static long lastCount(List<JsonNode> told, String field) {
        return told.stream()
                .filter(event -> event.get("type").asText().equals("conversation:updated"))
                .map(event -> event.at("/data/" + field).asLong())
                .reduce(0L, (before, last) -> last);
    }

    @Test
    void countsAreToldAndSinglePeopleAreAskedAbout() {
        Account ann = api(0).register("ann");
        Account bob = api(1).register("bob");
        String room = room(ann, bob);
        int everybody = OTHERS + 2;
        List<JsonNode> told = new CopyOnWriteArrayList<>();
        try (BusClient a = BusClient.connect(node(0), ann)) {
            JsonNode joined = join(a, room);
            assertThat(joined.has("members")).isFalse();
            assertThat(joined.has("online")).isFalse();
            assertThat(joined.get("memberCount").asInt()).isEqualTo(everybody);
            assertThat(joined.get("onlineCount").asInt()).isEqualTo(1);
            a.register("room:" + room, told::add);

            BusClient b = BusClient.connect(node(1), bob);
            assertThat(join(b, room).get("onlineCount").asInt()).isEqualTo(2);
            b.register("room:" + room, event -> {});
            await().atMost(SOON).until(() -> lastCount(told, "onlineCount") == 2);
            assertThat(lastCount(told, "memberCount")).isEqualTo(everybody);
            JsonNode seen = member(ann, room, bob);
            assertThat(seen.get("online").asBoolean()).isTrue();
            assertThat(seen.get("readSeq").asLong()).isZero();

            String message = a.request("message:send", Map.of("conversationId", room, "content", "hello all"))
                    .get("id")
                    .asText();
            b.request("user:typing", Map.of("conversationId", room));
            b.request("message:read", Map.of("conversationId", room, "messageId", message));
            assertThat(member(ann, room, bob).get("readSeq").asLong()).isEqualTo(1);

            b.request("leave:conversation", Map.of("conversationId", room));
            await().atMost(SOON).until(() -> lastCount(told, "onlineCount") == 1);
            b.close();
            api(1).call("DELETE", "/api/v1/conversations/" + room + "/members/" + bob.id(), bob, null)
                    .ok();
            await().atMost(SOON).until(() -> lastCount(told, "memberCount") == everybody - 1);
            assertThat(told)
                    .extracting(event -> event.get("type").asText())
                    .as("nothing of single people")
                    .containsOnly("message:new", "conversation:updated");
            assertThat(api(0).call("GET", memberPath(room, bob), ann, null).status())
                    .isEqualTo(404);
            assertThat(api(1).call("GET", memberPath(room, ann), bob, null).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void thousandsMayEnterWithoutAStorm() {
        Account ann = api(0).register("ann");
        String room = room(ann);
        List<JsonNode> told = new CopyOnWriteArrayList<>();
        try (BusClient a = BusClient.connect(node(0), ann)) {
            // First: that somebody has come is told once.
            a.register("room:" + room, told::add);
            join(a, room);
            await().atMost(SOON).until(() -> lastCount(told, "memberCount") == OTHERS + 1);
            long begun = System.nanoTime();
            told.clear();
            int more = 40;
            for (int i = 0; i < more; i++) {
                UUID somebody = Ids.next();
                insert(List.of(somebody));
                a.request("member:add", Map.of("id", room, "userIds", List.of(somebody)));
            }
            await().atMost(SOON).until(() -> lastCount(told, "memberCount") == OTHERS + 1 + more);
            long gatherings = Duration.ofNanos(System.nanoTime() - begun).dividedBy(Duration.ofMillis(1_500));
            assertThat((long) told.size()).isLessThanOrEqualTo(gatherings + 1);
        }
    }

    private static String memberPath(String room, Account who) {
        return "/api/v1/conversations/" + room + "/members/" + who.id();
    }

    private static JsonNode member(Account asks, String room, Account who) {
        return api(1).call("GET", memberPath(room, who), asks, null).ok();
    }
}
