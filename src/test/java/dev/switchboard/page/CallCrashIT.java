package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser.NewContextOptions;
import dev.switchboard.support.Front;
import dev.switchboard.support.Patience;
import dev.switchboard.support.Ports;
import dev.switchboard.support.Postgres;
import dev.switchboard.support.ProcessNode;
import dev.switchboard.support.ProcessNode.Launch;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The node of one of them is killed in the middle of a call, or of a meeting. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class CallCrashIT {
    @TempDir
    private static Path folder;

    private static Chromium chromium;
    private static Postgres postgres;

    /** One for each test to kill, and two that stay. */
    private static final List<ProcessNode> NODES = new ArrayList<>();

    @BeforeAll
    static void start() {
        postgres = Postgres.create();
        Map<String, String> settings = ProcessNode.newCluster(postgres);
        for (int i = 0; i < 4; i++) {
            NODES.add(ProcessNode.start(folder, settings, Ports.free(), Launch.SMALL));
        }
        chromium = Chromium.start(Chromium.WITH_CAMERA);
        NODES.forEach(ProcessNode::awaitReady);
    }

    @AfterAll
    static void stop() {
        ProcessNode.closeAll(NODES);
        postgres.close();
        if (chromium != null) {
            chromium.close();
        }
    }

    /** Each begins when the node that the one before it killed is not missed any more. */
    @BeforeEach
    void atRest() {
        await().atMost(Patience.LONG).until(() -> NODES.stream().allMatch(node -> node.isAtRestWith(NODES.size())));
    }

    @AfterEach
    void part() {
        chromium.closePages();
    }

    private static Attendee attendee(Chromium chromium, String name, String address) {
        return new Attendee(chromium.browser(), name, address, new NewContextOptions().setViewportSize(1280, 800));
    }

    @Test
    void theMeetingGoesOn() {
        ProcessNode dies = NODES.remove(1);
        URI stays = NODES.get(NODES.size() - 1).door();
        try (dies;
                Front bobsWay = new Front(List.of(dies.door(), stays))) {
            Attendee ann = attendee(chromium, "ann", NODES.get(0).door() + "/");
            Attendee bob = attendee(chromium, "bob", bobsWay.address());
            Attendee cat = attendee(chromium, "cat", stays + "/");
            List<Attendee> all = List.of(ann, bob, cat);
            ann.begin("Thursday", false);
            String link = ann.link();
            bob.follow(link);
            cat.follow(link);
            all.forEach(each -> each.seesOthers(2));

            dies.kill();
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
        ProcessNode dies = NODES.remove(1);
        URI stays = NODES.get(NODES.size() - 1).door();
        try (dies;
                Front annsWay = new Front(List.of(NODES.get(0).door(), stays));
                Front bobsWay = new Front(List.of(dies.door(), stays))) {
            Caller ann = new Caller(chromium.browser(), "ann", annsWay.address());
            Caller bob = new Caller(chromium.browser(), "bob", bobsWay.address());
            ann.meet(bob);
            ann.call(bob);
            bob.accept();
            ann.inCall();
            bob.inCall();
            ann.seesAndHears();
            String before = ann.remoteIceUser();

            dies.kill();
            bob.visitor.sees("The connection was lost.");
            ann.seesAndHears();
            bob.seesAndHears();

            // Who is back looks for a new way at once.
            await().atMost(Chromium.PATIENCE)
                    .untilAsserted(() -> assertThat(ann.remoteIceUser()).isNotEqualTo(before));
            ann.seesAndHears();
            bob.seesAndHears();

            String back = bob.remoteIceUser();
            ann.restartIce();
            await().atMost(Chromium.PATIENCE)
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
