package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page.ScreenshotOptions;
import dev.switchboard.support.Front;
import dev.switchboard.support.TestNodes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Who was called in vain finds it on the page: at once, after a cut, and after signing in days later. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class MissedCallsIT {
    private static final Path PICTURES = Path.of("target", "screenshots");

    private static Chromium chromium;
    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        chromium = Chromium.start(Chromium.WITH_CAMERA);
        // Longer than it takes to call somebody who was cut off: later it would not ring at all.
        cluster = TestNodes.start(2, Map.of("PRESENCE_GRACE", "8s"));
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

    private static Caller caller(String name, String address) {
        return new Caller(chromium.browser(), name, address);
    }

    private static String door(int node) {
        return cluster.doors().get(node) + "/";
    }

    @Test
    void whoWasNotThereFindsItLater() {
        Caller ann = caller("ann", door(0));
        Caller bob = caller("bob", door(1));
        ann.meet(bob);
        bob.visitor.button("Sign out").click();
        assertThat(bob.visitor.button("Sign in")).isVisible();
        assertThat(ann.visitor.link(bob.name()).locator(".presence")).hasAttribute("data-online", "false");
        ann.visitor.button("Video call").click();
        ann.visitor.sees(bob.name() + " cannot be reached at the moment.");
        ann.free();

        bob.visitor.signIn(Visitor.PASSWORD);
        assertThat(bob.visitor.button("Missed calls, 1 new")).isVisible();
        assertThat(bob.visitor.page).hasTitle("(1) Switchboard");
        picture(bob, "missed-call");
        Visitor tab = bob.visitor.inAnotherTab(door(1));
        assertThat(tab.button("Missed calls, 1 new")).isVisible();
        bob.visitor.button("Missed calls, 1 new").click();
        assertThat(bob.visitor.dialog()).containsText(ann.name());
        Accessibility.check(bob.visitor.page, "missed calls");
        picture(bob, "missed-calls");
        bob.visitor.press("Escape");
        assertThat(bob.visitor.button("Missed calls")).isFocused();
        assertThat(bob.visitor.page).hasTitle("Switchboard");
        tab.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
        assertThat(tab.page).hasTitle("Switchboard");
        tab.foundNoFault();
        bob.visitor.page.reload();
        assertThat(bob.visitor.page).hasTitle("Switchboard");
        bob.visitor.button("Missed calls").click();
        bob.visitor.dialog().getByText(ann.name()).click();
        assertThat(bob.visitor.heading(ann.name())).isVisible();
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    @Test
    void whoWasCutOffFindsItWhenBack() {
        try (Front bobsWay = new Front(List.of(cluster.doors().get(1)))) {
            Caller ann = caller("ann", door(0));
            Caller bob = caller("bob", bobsWay.address());
            ann.meet(bob);
            bobsWay.cut();
            bob.visitor.sees("The connection was lost.");
            ann.visitor.button("Video call").click();
            assertThat(ann.view()).hasAttribute("data-state", "ringing");
            ann.visitor.button("Hang up").click();
            ann.free();
            bobsWay.mend();
            bob.visitor.hearsOfTheNetwork();
            assertThat(bob.visitor.button("Missed calls, 1 new")).isVisible();
            bob.free();

            ann.call(bob);
            ann.visitor.button("Hang up").click();
            assertThat(bob.visitor.button("Missed calls, 2 new")).isVisible();
            bob.visitor.sees("You missed a call from " + ann.name() + ".");
            ann.visitor.foundNoFault();
            bob.visitor.foundNoFault();
        }
    }

    private static void picture(Caller caller, String name) {
        caller.visitor.page.screenshot(new ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }
}
