package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.Guest;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import dev.switchboard.support.ProcessNode.Launch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with people in meetings die: no ghosts, nobody loses a seat who comes back, nothing that was said is lost. */
class MeetingCrashIT {
    /** Longer than it takes all of them to come back, on a machine that is busy with the death of a node. */
    private static final Duration GRACE = Duration.ofSeconds(12);

    private static final int MEETINGS = 6;

    @TempDir
    private Path folder;

    private final Postgres postgres = Postgres.create();
    private final List<ProcessNode> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        Map<String, String> settings = ProcessNode.newCluster(postgres);
        settings.put("MEETING_GRACE", GRACE.toSeconds() + "s");
        for (int i = 0; i < 3; i++) {
            nodes.add(ProcessNode.start(folder, settings, Ports.free(), Launch.SMALL));
        }
        nodes.forEach(ProcessNode::awaitReady);
    }

    @AfterEach
    void stop() {
        ProcessNode.closeAll(nodes);
        postgres.close();
    }

    private static int active(Api api, Account account, String meeting) {
        return api.call("GET", "/api/v1/meetings/" + meeting, account, null)
                .ok()
                .get("activeParticipants")
                .asInt();
    }

    @Test
    void whoComesBackHasTheSeatAndWhoDoesNotIsNoGhost() {
        Api api = new Api(nodes.get(0).door());
        Account ann = api.register("ann");
        Account bob = api.register("bob");
        Account cat = api.register("cat");
        List<String> meetings = new ArrayList<>();
        Map<String, Guest> atAnn = new HashMap<>();
        Map<String, Guest> atBob = new HashMap<>();
        Map<String, String> joinedAt = new HashMap<>();
        List<Guest> lost = new ArrayList<>();
        // Several, so that the one that dies is among their owners.
        for (int i = 0; i < MEETINGS; i++) {
            String id = api.call("POST", "/api/v1/meetings", ann, Map.of("title", "m" + i))
                    .ok()
                    .get("id")
                    .asText();
            meetings.add(id);
            atAnn.put(id, Guest.of(nodes.get(0).door(), ann));
            atBob.put(id, Guest.of(nodes.get(2).door(), bob));
            lost.add(Guest.of(nodes.get(2).door(), cat));
            atAnn.get(id).join(id);
            joinedAt.put(id, joinedAt(atBob.get(id).join(id)));
            lost.get(i).join(id);
            atAnn.get(id).say(id, "before", "c1");
            atAnn.get(id).hearsUpTo(1);
        }

        nodes.get(2).kill();
        for (String id : meetings) {
            assertThat(active(api, ann, id)).as("seats are kept").isEqualTo(3);
        }
        Map<String, Guest> backs = new HashMap<>();
        for (String id : meetings) {
            Guest back = Guest.again(nodes.get(1).door(), bob, atBob.get(id).resumeToken());
            assertThat(joinedAt(back.join(id, 1L))).isEqualTo(joinedAt.get(id));
            backs.put(id, back);
        }
        for (String id : meetings) {
            Guest back = backs.get(id);
            atAnn.get(id).say(id, "after", "c2");
            back.hearsUpTo(2);
            atAnn.get(id).hearsUpTo(2);
            back.signal(id, atAnn.get(id).socketId(), "restart");
            atAnn.get(id).hears("offer", d -> d.get("sdp").asText().equals("restart"));
        }
        for (String id : meetings) {
            JsonNode left = atAnn.get(id)
                    .hears("participant:left", d -> d.get("userId").asText().equals(cat.id()));
            assertThat(left.get("reason").asText()).isEqualTo("lost");
            assertThat(active(api, ann, id)).isEqualTo(2);
            await().untilAsserted(() -> assertThat(
                            api.call("GET", "/api/v1/meetings/" + id + "/participants", ann, null)
                                    .ok()
                                    .get("items"))
                    .filteredOn(stay -> stay.get("userId").asText().equals(cat.id()))
                    .allMatch(stay -> stay.hasNonNull("leftAt"))
                    .hasSize(1));
        }
        atAnn.values().forEach(Guest::close);
        lost.forEach(Guest::close);
        backs.values().forEach(Guest::close);
    }

    private static String joinedAt(JsonNode joined) {
        return joined.at("/self/joinedAt").asText();
    }
}
