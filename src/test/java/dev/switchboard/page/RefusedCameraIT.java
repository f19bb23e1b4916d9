package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import dev.switchboard.support.TestNodes;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Who lets the page have no camera is heard all the same; who lets it have nothing is told what to do. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class RefusedCameraIT {
    private static Chromium chromium;
    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        chromium = Chromium.start(Chromium.WITH_CAMERA_ON_DEMAND);
        cluster = TestNodes.start(1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        chromium.close();
    }

    @AfterEach
    void part() {
        chromium.closePages();
    }

    private static Caller caller(String name, String... permissions) {
        NewContextOptions device =
                new NewContextOptions().setViewportSize(1280, 800).setPermissions(List.of(permissions));
        return new Caller(chromium.browser(), name, cluster.doors().get(0) + "/", device);
    }

    @Test
    void withoutCameraOneIsHeard() {
        Caller ann = caller("ann", "microphone");
        Caller bob = caller("bob", "microphone", "camera");
        ann.meet(bob);
        ann.call(bob);
        bob.accept();
        ann.inCall();
        bob.inCall();
        ann.visitor.sees("You are heard but not seen: this page may not use the camera.");
        ann.seesAndHears();
        bob.receives("audio");
        assertThat(bob.view().locator(".tile.main video")).isHidden();
        ann.visitor.button("Turn the camera off").click();
        ann.visitor.sees("You are heard but not seen");
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    @Test
    void withoutMicrophoneThereIsNoCallButAWord() {
        Caller ann = caller("ann", "microphone", "camera");
        Caller bob = caller("bob", "geolocation");
        ann.meet(bob);
        ann.call(bob);
        bob.accept();
        bob.visitor.sees("This page may not use the microphone.");
        assertThat(bob.choice("Accept")).isEnabled();
        assertThat(ann.view()).hasAttribute("data-state", "ringing");
        ann.visitor.button("Hang up").click();
        bob.free();
        ann.free();

        bob.visitor.open(ann.name());
        bob.visitor.button("Call").click();
        bob.visitor.sees("This page may not use the microphone.");
        assertThat(ann.ringing()).hasCount(0);
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }
}
