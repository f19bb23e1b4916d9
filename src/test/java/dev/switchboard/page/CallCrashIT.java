package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser.NewContextOptions;
import dev.switchboard.support.Front;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The node of one of them is killed in the middle of a call, or of a meeting. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class CallCrashIT {
    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final Postgres postgres = Postgres.create();
    private Chromium chromium;
    private List<ProcessNode> nodes;

    @BeforeEach
    void start() {
        chromium = Chromium.start(Chromium.WITH_CAMERA);
        Map<String, String> settings = ProcessNode.newCluster(postgres);
        nodes = Stream.generate(() -> ProcessNode.start(folder, settings))
                .limit(3)
                .toList();
        nodes.forEach(ProcessNode::awaitReady);
    }

    @AfterEach
    void stop() {
        chromium.close();
        nodes.forEach(ProcessNode::close);
        postgres.close();
    }

    private static Attendee attendee(Chromium chromium, String name, String address) {
        return new Attendee(chromium.browser(), name, address, new NewContextOptions().setViewportSize(1280, 800));
    }

    @Test
    void theMeetingGoesOn() {
        List<URI> doors = nodes.stream().map(ProcessNode::door).toList();
        try (Front bobsWay = new Front(List.of(doors.get(1), doors.get(2)))) {
            Attendee ann = attendee(chromium, "ann", doors.get(0) + "/");
            Attendee bob = attendee(chromium, "bob", bobsWay.address());
            Attendee cat = attendee(chromium, "cat", doors.get(2) + "/");
            List<Attendee> all = List.of(ann, bob, cat);
            ann.begin("Thursday", false);
            String link = ann.link();
            bob.follow(link);
            cat.follow(link);
            all.forEach(each -> each.seesOthers(2));

            nodes.get(1).kill();
            bob.visitor.sees("The connection was lost.");
            all.forEach(each -> each.seesOthers(2));
            bob.is("live");
            all.forEach(each -> each.seesOthers(2));

            // What is said goes its way again, and new ways are found.
            bob.press("Turn the camera off");
            assertThat(ann.pictures()).hasCount(2);
            assertThat(cat.pictures()).hasCount(2);
            bob.press("Turn the camera off");
            all.forEach(each -> each.seesOthers(2));
            bob.press("Leave");
            assertThat(ann.tiles()).hasCount(2);
            ann.seesOthers(1);
            cat.seesOthers(1);
            all.forEach(each -> each.visitor.foundNoFault());
        }
    }

    @Test
    void theCallGoesOn() {
        List<URI> doors = nodes.stream().map(ProcessNode::door).toList();
        try (Front annsWay = new Front(List.of(doors.get(0), doors.get(2)));
                Front bobsWay = new Front(List.of(doors.get(1), doors.get(2)))) {
            Caller ann = new Caller(chromium.browser(), "ann", annsWay.address());
            Caller bob = new Caller(chromium.browser(), "bob", bobsWay.address());
            ann.meet(bob);
            ann.call(bob);
            bob.accept();
            ann.inCall();
            bob.inCall();
            ann.seesAndHears();
            String before = ann.remoteIceUser();

            nodes.get(1).kill();
            bob.visitor.sees("The connection was lost.");
            ann.seesAndHears();
            bob.seesAndHears();

            // Who is back looks for a new way at once.
            await().atMost(BACK_WITHIN)
                    .untilAsserted(() -> assertThat(ann.remoteIceUser()).isNotEqualTo(before));
            ann.seesAndHears();
            bob.seesAndHears();

            String back = bob.remoteIceUser();
            ann.restartIce();
            await().atMost(BACK_WITHIN)
                    .untilAsserted(() -> assertThat(bob.remoteIceUser()).isNotEqualTo(back));
            ann.seesAndHears();
            bob.seesAndHears();

            bob.visitor.button("Turn the camera off").click();
            assertThat(ann.view().locator(".tile.main video")).isHidden();
            assertThat(ann.view()).hasAttribute("data-state", "active");
            ann.visitor.button("Hang up").click();
            bob.visitor.sees("Call ended.");
            bob.free();
            ann.visitor.foundNoFault();
            bob.visitor.foundNoFault();
        }
    }
}
