package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page.ScreenshotOptions;
import dev.switchboard.support.TestNodes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What goes wrong with devices, screens and several calls at once, and what the page makes of it. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class CallMishapsIT {
    private static final Path PICTURES = Path.of("target", "screenshots");

    private static final String COUNT_TONES =
            """
            () => {
              window.tones = 0;
              window.AudioContext = class extends AudioContext {
                constructor() {
                  super();
                  window.tones += 1;
                }
              };
            }
            """;

    private static Chromium chromium;
    private static TestNodes cluster;

    private Caller ann;
    private Caller bob;

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

    @BeforeEach
    void meet() {
        ann = new Caller(chromium.browser(), "ann", cluster.doors().get(0) + "/");
        bob = new Caller(chromium.browser(), "bob", cluster.doors().get(1) + "/");
        ann.meet(bob);
    }

    @AfterEach
    void part() {
        chromium.closePages();
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    private void talk() {
        ann.call(bob);
        bob.accept();
        ann.inCall();
        bob.inCall();
        ann.seesAndHears();
    }

    private static void picture(Caller caller, String name) {
        caller.visitor.page.screenshot(new ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    @Test
    void devicesThatGoAreToldAndReplacedAsTheirOwnersWouldWant() {
        talk();
        bob.visitor.button("Mute").click();
        bob.visitor.page.evaluate(Caller.END_LAST, "audio");
        assertThat(bob.visitor.button("Mute")).hasAttribute("aria-pressed", "true");
        assertThat((Boolean) bob.visitor.page.evaluate(
                        "window.tracks.filter(({ kind }) => kind === 'audio').at(-1).enabled"))
                .as("heard through the other microphone, though muted")
                .isFalse();
        bob.visitor.page.evaluate(Caller.END_LAST, "video");
        bob.visitor.sees("You are heard but not seen: the camera was disconnected.");
        assertThat(ann.view().locator(".tile.main video")).isHidden();
        picture(bob, "call-camera-gone");
        bob.visitor.button("Turn the camera off").click();
        assertThat(ann.view().locator(".tile.main video")).isVisible();
        assertThat(bob.view().locator(".call-notice")).isEmpty();
        bob.visitor.button("Mute").click();
        ann.seesAndHears();
    }

    @Test
    void aScreenThatIsTakenBackInTheBrowsersOwnBarIsSharedNoMore() {
        talk();
        ann.visitor.button("Share screen").click();
        assertThat(bob.view().locator(".tile.aside video")).isVisible();
        ann.visitor.page.evaluate(Caller.END_LAST, "video");
        assertThat(bob.view().locator(".tile.aside video")).isHidden();
        assertThat(ann.visitor.button("Share screen")).hasAttribute("aria-pressed", "false");
        ann.visitor.button("Share screen").click();
        assertThat(bob.view().locator(".tile.aside video")).isVisible();
    }

    @Test
    void twoWhoCallEachOtherAtOnceTalk() {
        bob.visitor.open(ann.name());
        for (Caller each : List.of(ann, bob)) {
            each.visitor.page.evaluate(
                    "setTimeout(() => document.querySelector('[aria-label=\"Video call\"]').click(), 100)");
        }
        ann.inCall();
        bob.inCall();
        ann.seesAndHears();
        bob.seesAndHears();
        assertThat(ann.ringing()).hasCount(0);
        assertThat(bob.ringing()).hasCount(0);
    }

    @Test
    void aTabIsToldWhatTheOtherOneDoes() {
        Visitor second = bob.visitor.inAnotherTab(cluster.doors().get(1) + "/");
        Locator rings = second.page.locator(".ringing");
        ann.call(bob);
        assertThat(rings).isVisible();
        bob.accept();
        bob.inCall();
        assertThat(rings).hasCount(0);
        assertThat(second.page.locator(".call")).hasCount(0);
        second.open(ann.name());
        second.button("Video call").click();
        second.sees("You are in another call already, perhaps in another tab or on another device.");
        assertThat(second.page.locator(".call")).hasCount(0);
        bob.inCall();
        ann.seesAndHears();
        second.foundNoFault();
    }

    @Test
    void theFocusIsBackWhereItWasWhenTheCallIsOver() {
        bob.visitor.open(ann.name());
        bob.visitor.composer().focus();
        ann.call(bob);
        assertThat(bob.visitor.composer()).isFocused();
        bob.choice("Decline").focus();
        bob.visitor.press("Enter");
        bob.free();
        assertThat(bob.visitor.composer()).isFocused();

        // Whoever still reads that it was declined hears it ring when the other one calls back.
        ann.visitor.page.evaluate(COUNT_TONES);
        ann.visitor.sees(bob.name() + " declined.");
        bob.visitor.button("Video call").click();
        assertThat(ann.ringing()).isVisible();
        assertThat((Integer) ann.visitor.page.evaluate("window.tones")).isEqualTo(1);
        bob.visitor.button("Hang up").click();
        bob.free();
        ann.free();
        bob.visitor.composer().focus();

        ann.call(bob);
        bob.choice("Accept").focus();
        bob.visitor.press("Enter");
        bob.inCall();
        assertThat(bob.visitor.focused()).hasText(ann.name());
        bob.visitor.button("Hang up").click();
        bob.free();
        assertThat(bob.visitor.composer()).isFocused();
    }

    @Test
    void aCallDuringAMeetingLiesOnTopAndIsNotHeardThere() {
        Attendee cat = new Attendee(
                chromium.browser(),
                "cat",
                cluster.doors().get(0) + "/",
                new NewContextOptions().setViewportSize(1280, 800));
        cat.begin("Saturday", false);
        bob.visitor.page.evaluate("link => { location.hash = link; }", cat.link());
        bob.visitor.button("Join with camera").click();
        cat.seesOthers(1);
        Locator meeting = bob.visitor.page.locator(".meeting");
        ann.call(bob);
        bob.accept();
        ann.inCall();
        bob.inCall();
        assertThat(cat.tiles().getByText("muted")).hasCount(1);
        assertThat(meeting).hasAttribute("inert", "");
        picture(bob, "call-in-meeting");
        Accessibility.check(bob.visitor.page, "a call over a meeting");
        bob.view().getByLabel("Back to the conversations").click();
        assertThat(meeting).not().hasAttribute("inert", "");
        picture(bob, "call-small-in-meeting");
        bob.view().getByLabel("Hang up").click();
        bob.free();
        bob.visitor.sees("The call is over. Your microphone is still off here.");
        assertThat((Boolean) bob.visitor.page.evaluate("document.getElementById('app').inert"))
                .as("the page beneath the meeting is out of reach")
                .isTrue();
        meeting.getByLabel("Mute").click();
        assertThat(cat.tiles().getByText("muted")).hasCount(0);
        meeting.getByLabel("Leave").click();
        assertThat(bob.visitor.link("General")).isVisible();
        assertThat((Boolean) bob.visitor.page.evaluate("document.getElementById('app').inert"))
                .isFalse();
        cat.visitor.foundNoFault();
    }

    @Test
    void theChosenSpeakerIsUsedInTheNextCall() {
        ann.visitor.page.evaluate(
                "localStorage.setItem('switchboard.calls', JSON.stringify({ devices: { speaker: 'gone' } }))");
        ann.visitor.page.reload();
        assertThat(ann.visitor.heading(bob.name())).isVisible();
        ann.visitor.page.evaluate(
                """
                () => {
                  window.speakers = [];
                  const through = HTMLMediaElement.prototype.setSinkId;
                  HTMLMediaElement.prototype.setSinkId = function (id) {
                    window.speakers.push(id);
                    return through.call(this, id);
                  };
                }
                """);
        talk();
        assertThat(String.valueOf(ann.visitor.page.evaluate("window.speakers.join()")))
                .isEqualTo("gone");
    }
}
