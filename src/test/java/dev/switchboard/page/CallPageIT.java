package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page.ScreenshotOptions;
import dev.switchboard.support.TestNodes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Two people in real browsers, on two nodes, call each other by the page's own buttons: pictures and sound flow. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class CallPageIT {
    private static final Path PICTURES = Path.of("target", "screenshots");

    private static Chromium chromium;
    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        chromium = Chromium.start(Chromium.WITH_CAMERA);
        cluster = TestNodes.start(2);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        chromium.close();
    }

    private static Caller caller(String name, int node) {
        return new Caller(chromium.browser(), name, cluster.doors().get(node) + "/");
    }

    private static void picture(Caller caller, String name) {
        caller.visitor.page.screenshot(new ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    @Test
    void twoAreConnectedHalfASecondAfterTheAnswer() {
        Caller ann = caller("ann", 0);
        Caller bob = caller("bob", 1);
        ann.meet(bob);
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ann.call(bob);
            bob.accept();
            ann.inCall();
            bob.inCall();
            millis.add(Math.max(ann.connectedAt(), bob.connectedAt()) - bob.answeredAt());
            ann.visitor.button("Hang up").click();
            ann.free();
            bob.free();
        }
        System.out.println("both connected, milliseconds after call:answer: " + millis);
        assertThat(Collections.min(millis)).isLessThan(500);
    }

    @Test
    void twoPeopleOnTwoNodesSeeAndHearEachOther() {
        Caller ann = caller("ann", 0);
        Caller bob = caller("bob", 1);
        ann.meet(bob);
        ann.call(bob);
        picture(ann, "call-calling");
        picture(bob, "call-ringing");
        bob.accept();
        ann.inCall();
        bob.inCall();
        ann.seesAndHears();
        bob.seesAndHears();
        assertThat(ann.candidatePair()).isNotEmpty();
        picture(ann, "call-caller");
        picture(bob, "call-callee");

        ann.visitor.button("Mute").click();
        bob.visitor.button("Hang up").click();
        ann.visitor.sees("Call ended.");
        ann.free();
        bob.free();
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }
}
