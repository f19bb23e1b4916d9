package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page.GetByLabelOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import dev.switchboard.support.Patience;
import dev.switchboard.support.TestNodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two people in real browsers, on two nodes, call each other by the page's own buttons: pictures and sound flow. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class CallPageIT {
    private static final Path PICTURES = Path.of("target", "screenshots");

    /** {@code -Dpage.calls=20} measures more calls, on a machine that has nothing else to do. */
    private static final int CALLS = Integer.getInteger("page.calls", 3);

    private static Chromium chromium;
    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        chromium = Chromium.start(Chromium.WITH_CAMERA);
        // More calls than people begin.
        cluster = TestNodes.start(2, Map.of("CALL_PER_MINUTE", "1000", "CALL_PER_MINUTE_AND_PAIR", "1000"));
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
        List<Setup> setups = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            ann.beginsAnew();
            bob.beginsAnew();
            ann.call(bob);
            bob.accept();
            ann.inCall();
            bob.inCall();
            setups.add(Setup.of(ann, bob));
            ann.visitor.button("Hang up").click();
            ann.free();
            bob.free();
        }
        System.out.println(Setup.report(setups));
        assertThat(setups.stream().mapToDouble(Setup::fromAnswer).min().orElseThrow())
                .isLessThan((double) Patience.promised(Duration.ofMillis(500)).toMillis());
    }

    @Test
    void twoPeopleOnTwoNodesSeeAndHearEachOther() {
        Caller ann = caller("ann", 0);
        Caller bob = caller("bob", 1);
        ann.meet(bob);
        ann.call(bob);
        picture(ann, "call-calling");
        picture(bob, "call-ringing");
        assertThat(bob.visitor.page).hasTitle(ann.name() + " is calling");
        bob.accept();
        ann.inCall();
        bob.inCall();
        assertThat(bob.visitor.page).hasTitle("Switchboard");
        ann.seesAndHears();
        bob.seesAndHears();
        assertThat(ann.candidatePair()).isNotEmpty();
        picture(ann, "call-caller");
        picture(bob, "call-callee");

        assertThat(ann.closesThePageAndThinksBetterOfIt()).isEqualTo("beforeunload");
        ann.inCall();
        bob.inCall();
        ann.visitor.button("Mute").click();
        bob.visitor.button("Hang up").click();
        ann.visitor.sees("Call ended.");
        ann.free();
        bob.free();
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void everybodyCanUseIt(ColorScheme colours) {
        NewContextOptions phone = new NewContextOptions()
                .setViewportSize(390, 844)
                .setHasTouch(true)
                .setColorScheme(colours);
        NewContextOptions desk =
                new NewContextOptions().setViewportSize(1280, 800).setColorScheme(colours);
        Caller ann = new Caller(chromium.browser(), "ann", cluster.doors().get(0) + "/", phone);
        Caller bob = new Caller(chromium.browser(), "bob", cluster.doors().get(1) + "/", desk);
        bob.meet(ann);
        bob.call(ann);
        Accessibility.check(ann.visitor.page, "ringing");
        assertThat((Boolean) ann.ringing().evaluate("card => card.scrollWidth <= card.clientWidth"))
                .as("all choices are on a phone's screen")
                .isTrue();
        picture(ann, "phone-ringing-" + colours);
        ann.choice("Accept").focus();
        ann.visitor.press("Enter");
        ann.inCall();
        bob.inCall();
        assertThat(ann.visitor.focused()).hasText(bob.name());
        bob.seesAndHears();
        Accessibility.check(ann.visitor.page, "call");
        Accessibility.check(bob.visitor.page, "call");
        picture(ann, "phone-call-" + colours);
        ann.visitor.button("Camera and microphone").click();
        assertThat(ann.visitor.page.getByLabel("Microphone", new GetByLabelOptions().setExact(true)))
                .isVisible();
        Accessibility.check(ann.visitor.page, "devices");
        ann.visitor.press("Escape");

        bob.visitor.button("Back to the conversations").click();
        bob.visitor.composer().fill("Written while we talk");
        bob.visitor.press("Enter");
        assertThat(bob.visitor.message("Written while we talk")).isVisible();
        Accessibility.check(bob.visitor.page, "small call");
        picture(bob, "call-small-" + colours);
        ann.receives("video");
        ann.visitor.button("Hang up").click();
        bob.visitor.sees("Call ended.");
        bob.free();
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    @Test
    void whoCannotBeReachedIsSaidSo() {
        Caller ann = caller("ann", 0);
        Caller bob = caller("bob", 1);
        ann.meet(bob);
        ann.call(bob);
        bob.visitor.button("Decline").click();
        ann.visitor.sees(bob.name() + " declined.");
        ann.free();
        bob.free();

        ann.call(bob);
        ann.visitor.button("Hang up").click();
        bob.free();
        ann.free();

        Caller cat = caller("cat", 1);
        cat.meet(bob);
        ann.call(bob);
        cat.visitor.button("Call").click();
        cat.visitor.sees(bob.name() + " is in another call.");
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    @Test
    void bothChangeWhatTheySendAtOnce() {
        Caller ann = caller("ann", 0);
        Caller bob = caller("bob", 1);
        ann.meet(bob);
        ann.call(bob);
        bob.accept();
        ann.inCall();
        bob.inCall();
        for (int i = 0; i < 7; i++) {
            // Neither waits for what the other does.
            for (Caller each : List.of(ann, bob)) {
                each.visitor.page.evaluate(
                        "document.querySelector('.call-bar [aria-label=\"Turn the camera off\"]').click()");
            }
            for (Caller each : List.of(ann, bob)) {
                assertThat(each.visitor.button("Turn the camera off"))
                        .hasAttribute("aria-pressed", String.valueOf(i % 2 == 0));
            }
        }
        assertThat(ann.view().locator(".tile.main video")).isHidden();
        assertThat(bob.view().locator(".tile.main video")).isHidden();
        for (Caller each : List.of(ann, bob)) {
            each.visitor.button("Turn the camera off").click();
        }
        assertThat(ann.view().locator(".tile.main video")).isVisible();
        assertThat(bob.view().locator(".tile.main video")).isVisible();
        ann.seesAndHears();
        bob.seesAndHears();

        // Who closes the page has hung up: nobody waits for the grace of a lost connection.
        bob.visitor.page.navigate("about:blank");
        ann.visitor.sees("Call ended.");
        ann.visitor.foundNoFault();
    }

    @Test
    void aSharedScreenIsSeenAndTheCameraCanGo() {
        Caller ann = caller("ann", 0);
        Caller bob = caller("bob", 1);
        ann.meet(bob);
        ann.call(bob);
        bob.accept();
        ann.inCall();
        bob.inCall();
        bob.seesAndHears();
        ann.visitor.button("Share screen").click();
        assertThat(bob.view().locator(".tile.aside video")).isVisible();
        assertThat(bob.view().locator(".tile.main")).hasAttribute("data-fit", "contain");
        bob.receives("video");
        picture(bob, "call-screen");
        bob.visitor.button("Turn the camera off").click();
        assertThat(ann.view().locator(".tile.main video")).isHidden();
        ann.visitor.button("Share screen").click();
        assertThat(bob.view().locator(".tile.aside video")).isHidden();
        bob.visitor.button("Turn the camera off").click();
        assertThat(ann.view().locator(".tile.main video")).isVisible();
        ann.receives("video");
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }
}
