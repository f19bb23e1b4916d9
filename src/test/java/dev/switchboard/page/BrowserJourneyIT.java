package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import dev.switchboard.support.Front;
import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Two people in real browsers, each on a node of their own, through the loss of the network and of a node. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class BrowserJourneyIT {
    private static Chromium chromium;
    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        cluster = TestNodes.start(2);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        chromium.close();
    }

    @Test
    void twoPeopleTalkThroughTheLossOfANode() {
        List<URI> doors = cluster.doors();
        try (Front annsWay = new Front(doors);
                Front bobsWay = new Front(List.of(doors.get(1), doors.get(0)))) {
            Visitor ann = new Visitor(chromium.browser(), "ann", annsWay.address());
            Visitor bob = new Visitor(chromium.browser(), "bob", bobsWay.address());
            ann.register().open("General");
            bob.register();

            theyTalk(ann, bob);
            theyChangeWhatTheySaid(ann, bob);
            bobIsCutOff(ann, bob, bobsWay);
            bobsNodeGoesAway(ann, bob);

            ann.foundNoFault();
            bob.foundNoFault();
        }
    }

    private static void theyTalk(Visitor ann, Visitor bob) {
        ann.say("Hello from the first node");
        assertThat(bob.link("General").getByText("1 unread message")).hasCount(1);
        bob.open("General");
        assertThat(bob.link("General").getByText("unread")).hasCount(0);
        assertThat(bob.message("Hello from the first node")).isVisible();

        bob.composer().pressSequentially("And hello");
        ann.sees(bob.name + " is typing");
        bob.say("And hello from the second");
        assertThat(ann.message("And hello from the second")).isVisible();
        bob.sees("Seen by 1");

        ann.message("And hello from the second").hover();
        ann.message("And hello from the second").getByLabel("Reply").click();
        ann.say("I can hear you");
        Locator quote = bob.page.locator(".quote");
        assertThat(quote).containsText(bob.name + "And hello from the second");
        quote.click();
        assertThat(bob.message("And hello from the second")).isFocused();
    }

    private static void theyChangeWhatTheySaid(Visitor ann, Visitor bob) {
        ann.say("Tomorow at ten");
        assertThat(bob.message("Tomorow at ten")).isVisible();
        ann.saidAll();
        ann.composer().focus();
        ann.press("ArrowUp");
        assertThat(ann.focused()).hasValue("Tomorow at ten");
        ann.focused().fill("Tomorrow at ten");
        ann.press("Enter");
        assertThat(bob.message("Tomorrow at ten")).containsText("(edited)");
        assertThat(bob.message("Tomorow at ten")).hasCount(0);
        assertThat(ann.composer()).isFocused();

        bob.say("This was not for here");
        assertThat(ann.message("This was not for here")).isVisible();
        bob.message("This was not for here").hover();
        bob.message("This was not for here").getByLabel("Delete message").click();
        bob.dialog()
                .getByText("Delete", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(ann.message("This was not for here")).hasCount(0);
        assertThat(ann.message("Message deleted")).isVisible();
        assertThat(bob.message("Message deleted")).isFocused();
    }

    private static void bobIsCutOff(Visitor ann, Visitor bob, Front bobsWay) {
        bobsWay.cut();
        bob.sees("The connection was lost.");
        bob.say("Written while away");
        bob.say("And one more");
        assertThat(bob.message("Written while away")).containsText("Waiting for the connection");
        bob.button("Channels").click();
        assertThat(bob.dialog()).containsText("There is no connection to the server.");
        bob.press("Escape");
        ann.say("Where are you?");
        bobsWay.mend();
        bob.triesNow();
        assertThat(ann.message("And one more")).isVisible();
        assertThat(ann.message("Written while away")).hasCount(1);
        assertThat(bob.message("Where are you?")).isVisible();
        assertThat(bob.page.getByText("The connection was lost.")).isHidden();
        bob.saidAll();
    }

    private static void bobsNodeGoesAway(Visitor ann, Visitor bob) {
        cluster.node(1).close();
        bob.say("My node has gone");
        assertThat(ann.message("My node has gone")).isVisible();
        ann.say("But you have not");
        assertThat(bob.message("But you have not")).isVisible();
        bob.sees("Seen by 1");

        bob.page.reload();
        assertThat(bob.message("But you have not")).isVisible();
        assertThat(bob.message("My node has gone")).hasCount(1);
        bob.sees("Seen by 1");
        assertThat(bob.composer()).isFocused();
    }
}
