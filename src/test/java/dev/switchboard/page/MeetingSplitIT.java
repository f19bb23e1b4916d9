package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser.NewContextOptions;
import dev.switchboard.support.Front;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import dev.switchboard.support.Sides;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The nodes of two in a meeting lose sight of each other for longer than a seat is kept, while both pages keep their
 * sockets: each is alone, and when the nodes have found together both see each other again, by themselves.
 */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class MeetingSplitIT {
    private static final Duration TOGETHER = Patience.LONG;

    /** The cut is noticed after 8 s of silence, then the seat is kept for its grace. */
    private static final Duration GIVEN_UP = Patience.promised(Duration.ofSeconds(40));

    /** Two renewals of what sockets hold. */
    private static final Duration CLAIMED = Patience.promised(Duration.ofSeconds(65));

    @TempDir
    private Path folder;

    private final List<ProcessNode> nodes = new ArrayList<>();
    private Postgres postgres;
    private Sides sides;
    private Chromium chromium;

    @BeforeEach
    void start() throws Exception {
        String obstacle = Sides.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> "Skipped: no network namespaces here (" + obstacle + ")");
        postgres = Postgres.create();
        sides = Sides.create(URI.create(postgres.url()).getPort());
        Map<String, String> settings = Map.of(
                "CLUSTER_NAME", "sides-" + UUID.randomUUID(),
                "JWT_SECRET", "a secret that is only good for tests, really",
                "RATE_LIMIT_RPS", "0",
                "RATE_LIMIT_AUTH", "0",
                "MEETING_GRACE", "3s");
        for (int side : List.of(0, 1)) {
            nodes.add(ProcessNode.start(
                    folder, sides.settings(side, settings, postgres.url()), Ports.free(), sides.launch(side)));
        }
        nodes.forEach(ProcessNode::awaitReady);
        awaitMembers(2);
        chromium = Chromium.start(Chromium.WITH_CAMERA);
    }

    @AfterEach
    void stop() {
        if (chromium != null) {
            chromium.close();
        }
        ProcessNode.closeAll(nodes);
        if (sides != null) {
            sides.close();
            postgres.close();
        }
    }

    private void awaitMembers(int members) {
        await().atMost(TOGETHER).until(() -> nodes.stream().allMatch(node -> node.isAtRestWith(members)));
    }

    @Test
    void bothSeeEachOtherAgain() {
        // Browsers give cameras to pages of their own machine, not to those of a side.
        try (Front annsWay = new Front(List.of(nodes.get(0).door()));
                Front bobsWay = new Front(List.of(nodes.get(1).door()))) {
            Attendee ann = attendee("ann", annsWay);
            Attendee bob = attendee("bob", bobsWay);
            AtomicInteger sockets = new AtomicInteger();
            ann.begin("Across", false);
            bob.follow(ann.link());
            ann.seesOthers(1);
            bob.seesOthers(1);
            ann.visitor.page.onWebSocket(socket -> sockets.incrementAndGet());
            bob.visitor.page.onWebSocket(socket -> sockets.incrementAndGet());

            sides.cut();
            awaitMembers(1);
            for (Attendee each : List.of(ann, bob)) {
                await().atMost(GIVEN_UP).until(() -> each.tiles().count() == 1);
            }
            sides.heal();
            awaitMembers(2);
            for (Attendee each : List.of(ann, bob)) {
                await().atMost(CLAIMED).until(() -> each.tiles().count() == 2);
            }
            ann.seesOthers(1);
            bob.seesOthers(1);
            assertThat(sockets).as("connections made anew").hasValue(0);
            bob.leavesBefore(ann);
        }
    }

    private Attendee attendee(String name, Front way) {
        return new Attendee(
                chromium.browser(), name, way.address(), new NewContextOptions().setViewportSize(1280, 800));
    }
}
