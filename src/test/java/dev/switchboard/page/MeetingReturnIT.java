package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page.ScreenshotOptions;
import dev.switchboard.support.Api;
import dev.switchboard.support.Front;
import dev.switchboard.support.Guest;
import dev.switchboard.support.Patience;
import dev.switchboard.support.TestNodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Who is cut off for longer than a seat is kept comes back into the meeting by themselves, or hears why not. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class MeetingReturnIT {
    private static final Path PICTURES = Path.of("target", "screenshots");

    /** The connections of before are given up, and there is another one. */
    private static final String ENTERED_AGAIN =
            "window.peers.length > 1 && window.peers.at(-1).connectionState === 'connected'";

    /** Nodes compare what they follow with its owner every 20 s. */
    private static final Duration NOTICED = Patience.promised(Duration.ofSeconds(45));

    private static Chromium chromium;
    private static TestNodes cluster;

    private Front bobsWay;
    private Attendee ann;
    private Attendee bob;

    @BeforeAll
    static void start() {
        chromium = Chromium.start(Chromium.WITH_CAMERA);
        cluster = TestNodes.start(2, Map.of("MEETING_GRACE", "3s"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
        chromium.close();
    }

    @BeforeEach
    void enter() {
        bobsWay = new Front(List.of(cluster.doors().get(1)));
        ann = attendee("ann", cluster.doors().get(0) + "/");
        bob = attendee("bob", bobsWay.address());
    }

    @AfterEach
    void leave() {
        chromium.closePages();
        bobsWay.close();
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    private static Attendee attendee(String name, String address) {
        return new Attendee(chromium.browser(), name, address, new NewContextOptions().setViewportSize(1280, 800));
    }

    private static void picture(Attendee attendee, String name) {
        attendee.visitor.page.screenshot(new ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    private void meet() {
        ann.begin("Thursday", false);
        bob.follow(ann.link());
        ann.seesOthers(1);
        bob.seesOthers(1);
    }

    /** Bob is away for so long that his seat is not kept any more. */
    private void awayTooLong() {
        bobsWay.cut();
        bob.is("offline");
        assertThat(ann.tiles()).hasCount(1);
    }

    /** His way is there again, and he need not wait for the page's next try. */
    private void mend() {
        bobsWay.mend();
        bob.visitor.hearsOfTheNetwork();
    }

    private void isTold(String words) {
        bob.visitor.sees(words);
        assertThat(bob.view()).hasCount(0);
        assertThat(bob.visitor.dialog()).containsText(words);
        assertThat(ann.tiles()).hasCount(1);
    }

    @Test
    void intoTheMeetingWithPicturesBothWays() {
        meet();
        awayTooLong();
        assertThat(bob.view().locator(".call-status")).hasText("Reconnecting…");
        picture(ann, "meeting-other-gone");
        picture(bob, "meeting-cut-off");
        bob.press("Turn the camera off");
        bob.press("Mute");
        ann.panel("Chat");
        ann.visitor.page.getByLabel("Message to all in the meeting").fill("Where is he?");
        ann.visitor.press("Enter");
        bobsWay.mend();
        bob.is("live");
        assertThat(ann.tiles()).hasCount(2);
        assertThat(ann.pictures()).hasCount(1);
        assertThat(ann.tiles().getByText("muted")).hasCount(1);
        bob.press("Turn the camera off");
        ann.seesOthers(1);
        bob.seesOthers(1);
        picture(ann, "meeting-other-back");
        picture(bob, "meeting-back");
        bob.panel("Chat");
        assertThat(bob.view()).containsText("Where is he?");
        bob.press("Leave");
        assertThat(ann.tiles()).hasCount(1);
    }

    @Test
    void againAndAgain() {
        meet();
        for (int i = 0; i < 3; i++) {
            awayTooLong();
            mend();
            bob.is("live");
            ann.seesOthers(1);
            bob.seesOthers(1);
        }
    }

    @Test
    void notIntoALockedOne() {
        meet();
        awayTooLong();
        ann.panel("People");
        ann.press("Lock the meeting");
        assertThat(ann.visitor.button("Unlock the meeting")).isVisible();
        mend();
        bob.visitor.sees("You were away for too long, and the host lets nobody more in now.");
        picture(bob, "meeting-locked-out");
        isTold("You were away for too long, and the host lets nobody more in now.");
        picture(bob, "meeting-locked-out-word");
        Accessibility.check(bob.visitor.page, "word about a meeting");
    }

    @Test
    void notIntoAFullOne() {
        Api api = new Api(cluster.doors().get(0));
        Api.Account owner = api.register("owner");
        String meeting = api.call("POST", "/api/v1/meetings", owner, Map.of("title", "Two at most", "capacity", 2))
                .ok()
                .get("id")
                .asText();
        ann.follow("#/m/" + meeting);
        ann.is("live");
        bob.follow("#/m/" + meeting);
        ann.seesOthers(1);
        awayTooLong();
        try (Guest other = Guest.of(cluster.doors().get(0), api.register("other"))) {
            other.join(meeting);
            assertThat(ann.tiles()).hasCount(2);
            mend();
            bob.visitor.sees("You were away for too long, and your place was taken: the meeting is full now.");
            assertThat(bob.visitor.dialog()).containsText("full");
        }
    }

    @Test
    void notIntoOneThatIsOver() {
        meet();
        awayTooLong();
        ann.panel("People");
        ann.press("End the meeting for all");
        ann.press("End");
        assertThat(ann.view()).hasCount(0);
        mend();
        bob.visitor.sees("The meeting was ended while you were away.");
        assertThat(bob.visitor.dialog()).containsText("The meeting was ended while you were away.");
    }

    @Test
    void notWhenRemovedMeanwhile() {
        meet();
        ann.panel("People");
        // He does not hear of it; and his seat is there for as long as it takes to remove him.
        bobsWay.deafen();
        ann.press("Remove " + bob.visitor.name);
        ann.visitor
                .dialog()
                .getByText("Remove", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(ann.tiles()).hasCount(1);
        bobsWay.cut();
        bob.is("offline");
        mend();
        isTold("The host removed you from the meeting.");
    }

    @Test
    void throughTheLobbyIfThereIsOneNow() {
        meet();
        awayTooLong();
        ann.panel("People");
        ann.press("Let people in one by one");
        assertThat(ann.visitor.button("Let everybody in without asking")).isVisible();
        mend();
        bob.is("waiting");
        assertThat(bob.tiles()).hasCount(1);
        picture(bob, "meeting-back-in-lobby");
        ann.press("Admit " + bob.visitor.name);
        bob.is("live");
        ann.seesOthers(1);
        bob.seesOthers(1);
    }

    @Test
    void intoOneThatWasLostWithTheNodesThatKeptIt() {
        meet();
        HazelcastInstance memory = cluster.node(0).hazelcast();
        for (String kind : List.of("meetings", "meeting-chats")) {
            memory.getMap(kind).clear();
        }
        for (Attendee each : List.of(ann, bob)) {
            await().atMost(NOTICED).until(() -> (Boolean) each.visitor.page.evaluate(ENTERED_AGAIN));
        }
        ann.seesOthers(1);
        bob.seesOthers(1);
        bob.press("Leave");
        assertThat(ann.tiles()).hasCount(1);
    }

    @Test
    void notInTheTabThatGaveTheSeatAway() {
        meet();
        bobsWay.cut();
        bob.is("offline");
        Visitor phone =
                bob.visitor.onAnotherDevice(chromium.browser(), cluster.doors().get(0) + "/");
        phone.signIn(Visitor.PASSWORD);
        assertThat(phone.link("General")).isVisible();
        phone.page.evaluate("link => { location.hash = link; }", ann.link());
        phone.button("Join with camera").click();
        assertThat(phone.page.locator(".meeting")).hasAttribute("data-state", "live");
        mend();
        bob.visitor.sees("You are in the meeting on another device now.");
        assertThat(phone.page.locator(".meeting")).hasAttribute("data-state", "live");
        assertThat(ann.tiles()).hasCount(2);
        phone.foundNoFault();
    }
}
