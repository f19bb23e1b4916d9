package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page.ScreenshotOptions;
import dev.switchboard.support.Api;
import dev.switchboard.support.Front;
import dev.switchboard.support.Guest;
import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Three people in real browsers, on three nodes, in one meeting. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class MeetingPageIT {
    private static final Path PICTURES = Path.of("target", "screenshots");

    /** None is cut off at the sides, none lies on another, each is large enough to read its name. */
    private static final String ALL_IN_SIGHT =
            """
            (view) => {
              const tiles = [...view.querySelectorAll('.tiles > li')].map((tile) => tile.getBoundingClientRect());
              const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
              return tiles.every((a, i) => a.left >= 0 && a.right <= innerWidth + 1 && a.width >= 96 && a.height >= 72
                  && tiles.every((b, j) => i === j || apart(a, b)));
            }
            """;

    private static Chromium chromium;
    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        chromium = Chromium.start(Chromium.WITH_CAMERA);
        cluster = TestNodes.start(3);
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

    private static Attendee attendee(String name, int node) {
        return attendee(name, cluster.doors().get(node) + "/");
    }

    private static Attendee attendee(String name, String address) {
        return new Attendee(chromium.browser(), name, address, new NewContextOptions().setViewportSize(1280, 800));
    }

    private static void picture(Attendee attendee, String name) {
        attendee.visitor.page.screenshot(new ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    @Test
    void threeSeeEachOtherAndTheHostLeads() {
        Attendee ann = attendee("ann", 0);
        Attendee bob = attendee("bob", 1);
        Attendee cat = new Attendee(
                chromium.browser(),
                "cat",
                cluster.doors().get(2) + "/",
                new NewContextOptions().setViewportSize(390, 844).setHasTouch(true));
        ann.begin("Monday", false);
        String link = ann.link();
        bob.follow(link);
        bob.is("live");
        cat.follow(link);
        cat.is("live");
        for (Attendee each : List.of(ann, bob, cat)) {
            each.seesOthers(2);
        }
        picture(ann, "meeting");
        picture(cat, "meeting-phone");
        Accessibility.check(ann.visitor.page, "meeting");
        Accessibility.check(cat.visitor.page, "meeting on a phone");

        bob.press("Raise hand");
        assertThat(ann.view()).containsText("hand raised");
        ann.panel("People");
        picture(ann, "meeting-host");
        Accessibility.check(ann.visitor.page, "people of a meeting");
        ann.press("Lower the hand of " + bob.visitor.name);
        assertThat(bob.visitor.button("Raise hand")).hasAttribute("aria-pressed", "false");
        ann.press("Ask " + bob.visitor.name + " to mute");
        bob.visitor.sees("The host asked you to mute.");
        assertThat(bob.visitor.button("Mute")).hasAttribute("aria-pressed", "true");
        assertThat(cat.tiles().getByText("muted")).hasCount(1);

        bob.panel("Chat");
        bob.visitor.page.getByLabel("Message to all in the meeting").fill("Hello, you two");
        bob.visitor.press("Enter");
        ann.panel("Chat");
        assertThat(ann.view()).containsText("Hello, you two");
        Accessibility.check(ann.visitor.page, "chat of a meeting");

        bob.press("Share screen");
        assertThat(cat.view().locator(".shared video")).isVisible();
        assertThat(cat.view()).containsText("Screen of " + bob.visitor.name);
        picture(cat, "meeting-phone-screen");
        ann.press("Share screen");
        ann.visitor.sees("Somebody else is sharing a screen.");
        picture(ann, "meeting-screen");
        bob.press("Share screen");
        assertThat(cat.view().locator(".shared video")).isHidden();

        ann.panel("People");
        ann.press("Remove " + cat.visitor.name);
        ann.visitor
                .dialog()
                .getByText("Remove", new Locator.GetByTextOptions().setExact(true))
                .click();
        cat.visitor.sees("The host removed you from the meeting.");
        ann.seesOthers(1);
        ann.press("End the meeting for all");
        ann.press("End");
        bob.visitor.sees("The meeting was ended for all.");
        assertThat(bob.view()).hasCount(0);
        for (Attendee each : List.of(ann, bob, cat)) {
            each.visitor.foundNoFault();
        }
    }

    @Test
    void tenHaveATileEachOnADeskAndOnAPhone() {
        Attendee ann = attendee("ann", 0);
        Attendee bob = new Attendee(
                chromium.browser(),
                "bob",
                cluster.doors().get(1) + "/",
                new NewContextOptions().setViewportSize(390, 844).setHasTouch(true));
        Attendee cat = attendee("cat", 2);
        ann.begin("Friday", false);
        String link = ann.link();
        bob.follow(link);
        cat.follow(link);
        List<Attendee> real = List.of(ann, bob, cat);
        real.forEach(each -> each.seesOthers(2));
        // Ten browsers that send to each other are more than a machine of two cores carries: seven send nothing.
        Api api = new Api(cluster.doors().get(0));
        List<Guest> guests = IntStream.range(0, 7)
                .mapToObj(i -> Guest.of(cluster.doors().get(i % 3), api.register("guest" + i)))
                .toList();
        String meeting = link.substring(link.lastIndexOf('/') + 1);
        guests.forEach(guest -> guest.join(meeting));
        for (Attendee each : real) {
            assertThat(each.tiles()).hasCount(10);
            await("tiles of " + each.visitor.name)
                    .until(() -> (Boolean) each.view().evaluate(ALL_IN_SIGHT));
            Accessibility.check(each.visitor.page, "ten in a meeting");
        }
        picture(ann, "meeting-ten");
        picture(bob, "meeting-ten-phone");
        guests.forEach(Guest::close);
        real.forEach(each -> each.visitor.foundNoFault());
    }

    @Test
    void aScreenThatIsTakenBackInTheBrowsersOwnBarIsFreeForTheNext() {
        Attendee ann = attendee("ann", 0);
        Attendee bob = attendee("bob", 1);
        ann.begin("Sunday", false);
        bob.follow(ann.link());
        bob.seesOthers(1);
        bob.press("Share screen");
        assertThat(ann.view().locator(".shared video")).isVisible();
        bob.visitor.page.evaluate(Caller.END_LAST, "video");
        assertThat(ann.view().locator(".shared video")).isHidden();
        assertThat(bob.visitor.button("Share screen")).hasAttribute("aria-pressed", "false");
        ann.press("Share screen");
        assertThat(bob.view()).containsText("Screen of " + ann.visitor.name);
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    @Test
    void theLobbyWaitsForTheHost() {
        Attendee ann = attendee("ann", 0);
        Attendee bob = attendee("bob", 1);
        Attendee cat = attendee("cat", 2);
        ann.begin("Tuesday", true);
        String link = ann.link();
        bob.follow(link);
        bob.is("waiting");
        cat.follow(link);
        cat.is("waiting");
        ann.visitor.sees("wants to come in");
        ann.panel("People");
        picture(ann, "meeting-lobby");
        ann.press("Admit " + bob.visitor.name);
        bob.is("live");
        ann.seesOthers(1);
        bob.seesOthers(1);
        ann.press("Deny " + cat.visitor.name);
        cat.visitor.sees("The host did not let you in.");
        ann.visitor.foundNoFault();
        bob.visitor.foundNoFault();
    }

    @Test
    void whoLosesTheConnectionKeepsTheSeat() {
        List<URI> doors = cluster.doors();
        try (Front bobsWay = new Front(List.of(doors.get(1), doors.get(2)))) {
            Attendee ann = attendee("ann", 0);
            Attendee bob = attendee("bob", bobsWay.address());
            ann.begin("Wednesday", false);
            bob.follow(ann.link());
            ann.seesOthers(1);
            bobsWay.cut();
            bob.is("offline");
            ann.seesOthers(1);
            bobsWay.mend();
            bob.is("live");
            ann.seesOthers(1);
            bob.seesOthers(1);
            bob.leavesBefore(ann);
        }
    }
}
