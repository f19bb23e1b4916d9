package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import dev.switchboard.support.Front;
import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two people in real browsers, on two nodes. */
class BrowserJourneyIT {
    @Test
    void twoPeopleTalkAndOneNodeGoesAway() {
        try (Chromium chromium = Chromium.start();
                TestNodes cluster = TestNodes.start(2)) {
            List<URI> doors = cluster.doors();
            try (Front annsWay = new Front(doors);
                    Front bobsWay = new Front(List.of(doors.get(1), doors.get(0)))) {
                Visitor ann = new Visitor(chromium.browser(), "ann", annsWay.address());
                Visitor bob = new Visitor(chromium.browser(), "bob", bobsWay.address());
                for (Visitor visitor : List.of(ann, bob)) {
                    visitor.register();
                    visitor.open("General");
                }

                ann.say("Hello from the first node");
                assertThat(bob.message("Hello from the first node")).isVisible();
                bob.say("And hello from the second");
                assertThat(ann.message("And hello from the second")).isVisible();

                cluster.node(1).close();
                bob.say("Still here");
                assertThat(ann.message("Still here")).isVisible();
                ann.say("Good");
                assertThat(bob.message("Good")).isVisible();
            }
        }
    }
}
