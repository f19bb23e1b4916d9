package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import dev.switchboard.support.Front;
import dev.switchboard.support.TestNodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * A page whose timers run once a minute, as those of pages do that nobody looks at, comes back at once after a loss and is
 * called. Playwright keeps all pages in sight, so the test holds the timers back itself.
 */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class HeldBackTimersIT {
    private static final String HOLD_BACK =
            """
            const timer = window.setTimeout;
            window.setTimeout = (task, milliseconds, ...args) => timer(task, Math.max(60_000, milliseconds ?? 0), ...args);
            0
            """;

    @Test
    void itComesBackAndRings() {
        try (Chromium chromium = Chromium.start(Chromium.WITH_CAMERA);
                TestNodes cluster = TestNodes.start(1);
                Front bobsWay = new Front(cluster.doors())) {
            Caller ann = new Caller(chromium.browser(), "ann", cluster.doors().get(0) + "/");
            Caller bob = new Caller(chromium.browser(), "bob", bobsWay.address());
            ann.meet(bob);
            bob.visitor.page.evaluate(HOLD_BACK);
            bobsWay.cut();
            bob.visitor.sees("The connection was lost.");
            bobsWay.mend();
            assertThat(bob.visitor.page.getByText("The connection was lost.")).isHidden();
            ann.call(bob);
            bob.accept();
            bob.inCall();
            bob.visitor.foundNoFault();
        }
    }
}
