package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;

/** A visitor in a meeting. */
final class Attendee {
    /** The least that came in over any of the living connections since the last time it was asked. */
    private static final String LEAST =
            """
            async () => {
              const living = window.peers.filter((peer) => peer.connectionState === 'connected');
              const bytes = await Promise.all(living.map(async (peer) => {
                let sum = 0;
                for (const entry of (await peer.getStats()).values()) {
                  if (entry.type === 'inbound-rtp' && entry.kind === 'video') sum += entry.bytesReceived;
                }
                const came = sum - (peer.before ?? 0);
                peer.before = sum;
                return came;
              }));
              return living.length + ':' + Math.min(...bytes);
            }
            """;

    /** What the page put on the clipboard, which it may not read. */
    private static final String COPIED =
            """
            const writeText = Clipboard.prototype.writeText;
            Clipboard.prototype.writeText = function (text) {
              window.copied = text;
              return writeText.call(this, text);
            };
            """;

    final Visitor visitor;

    Attendee(Browser browser, String name, String address, Browser.NewContextOptions device) {
        visitor = new Visitor(browser, name, address, device, Caller.WATCH + COPIED).register();
    }

    /** Turns the camera off, then leaves; the only other one sees both. */
    void leavesBefore(Attendee other) {
        press("Turn the camera off");
        assertThat(other.pictures()).hasCount(1);
        press("Leave");
        assertThat(other.tiles()).hasCount(1);
        other.visitor.foundNoFault();
        visitor.foundNoFault();
    }

    /** Makes a meeting and enters it. */
    void begin(String title, boolean lobby) {
        visitor.button("Meetings").click();
        visitor.page.getByLabel("What is it about?").fill(title);
        if (lobby) {
            visitor.page.getByLabel("I let people in one by one").check();
        }
        visitor.button("Create meeting").click();
        enter();
        assertThat(visitor.heading(title)).isVisible();
        is("live");
    }

    /** The link to the meeting that this one is in. */
    String link() {
        visitor.button("Copy the link to this meeting").click();
        visitor.sees("Whoever has");
        return String.valueOf(visitor.page.evaluate("new URL(window.copied).hash"));
    }

    void follow(String link) {
        visitor.page.evaluate("link => { location.hash = link; }", link);
        enter();
    }

    private void enter() {
        visitor.button("Join with camera").click();
    }

    Locator view() {
        return visitor.page.getByRole(
                AriaRole.REGION, new GetByRoleOptions().setName("Meeting").setExact(true));
    }

    void is(String state) {
        assertThat(view()).hasAttribute("data-state", state);
    }

    Locator tiles() {
        return view().locator(".tiles > li");
    }

    Locator pictures() {
        return view().locator(".tiles video:visible");
    }

    /** Pictures of so many others come in and are shown. */
    void seesOthers(int count) {
        assertThat(tiles()).hasCount(count + 1);
        assertThat(pictures()).hasCount(count + 1);
        visitor.page.evaluate(LEAST);
        await().atMost(Chromium.PATIENCE).untilAsserted(() -> {
            String[] least = String.valueOf(visitor.page.evaluate(LEAST)).split(":", 2);
            assertThat(least[0]).as("connections of " + visitor.name).isEqualTo(String.valueOf(count));
            assertThat(Double.parseDouble(least[1])).as("bytes of the worst").isPositive();
        });
    }

    void panel(String name) {
        visitor.button(name).click();
    }

    void press(String label) {
        visitor.button(label).click();
    }
}
