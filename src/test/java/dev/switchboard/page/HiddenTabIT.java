package dev.switchboard.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Front;
import dev.switchboard.support.TestNodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A page in a tab that nobody looks at, whose timers Chromium itself holds back, comes back after a loss and rings. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class HiddenTabIT {
    /** A page in sight counts up twenty times a second. */
    private static final String COUNT =
            "window.ticks = 0; (function tick() { window.ticks += 1; setTimeout(tick, 50); })(); 0";

    /** How far it came since the last time. */
    private static final String TICKS = "(() => { const came = window.ticks; window.ticks = 0; return came; })()";

    /** Chromium lets a hidden page's timers run once a second; on time, on a machine that is busy, now and then twice. */
    private static final int MOST_A_SECOND = 2;

    private static final Duration SPAN = Duration.ofSeconds(5);
    private static final Duration THROTTLED_WITHIN = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void itComesBackAndRings() {
        try (TestNodes cluster = TestNodes.start(1);
                Front way = new Front(cluster.doors())) {
            Api api = new Api(cluster.doors().get(0));
            Account ann = api.register("ann");
            Account bob = api.register("bob");
            try (HiddenTab tab = new HiddenTab(folder, way.address());
                    BusClient phone = BusClient.connect(cluster.doors().get(0), ann)) {
                signIn(tab, bob);
                tab.hide();
                await().until(() ->
                        tab.evaluate("document.visibilityState").asText().equals("hidden"));
                tab.evaluate(COUNT);
                await().atMost(THROTTLED_WITHIN)
                        .pollInterval(SPAN)
                        .until(() -> tab.evaluate(TICKS).asInt() <= MOST_A_SECOND * SPAN.toSeconds());
                long throttled = System.nanoTime();

                way.cut();
                await().atMost(SOON).until(() -> shows(tab, "The connection was lost."));
                way.mend();
                await().atMost(SOON).until(() -> !shows(tab, "The connection was lost."));
                assertThat(phone.request("call:initiate", Map.of("calleeId", bob.id()))
                                .at("/call/state")
                                .asText())
                        .isEqualTo("RINGING");
                await().atMost(SOON)
                        .until(() -> tab.evaluate("document.title").asText().endsWith("is calling"));
                assertThat(tab.evaluate("document.visibilityState").asText()).isEqualTo("hidden");
                double seconds = (System.nanoTime() - throttled) / 1e9;
                assertThat(tab.evaluate(TICKS).asInt())
                        .as("timers of the page in %s s since then", seconds)
                        .isLessThanOrEqualTo((int) (MOST_A_SECOND * (seconds + 1)));
            }
        }
    }

    private static boolean shows(HiddenTab tab, String text) {
        return tab.evaluate("document.body.innerText.includes('" + text + "')").asBoolean();
    }

    /** As the page does it. */
    private static void signIn(HiddenTab tab, Account account) {
        await().until(() -> tab.evaluate("document.readyState").asText().equals("complete"));
        String body = "{\"username\":\"" + account.username() + "\",\"password\":\"" + account.password() + "\"}";
        assertThat(tab.evaluate("fetch('/api/v1/auth/login', { method: 'POST', headers: { 'Content-Type':"
                                + " 'application/json' }, body: '" + body + "' }).then((answer) => answer.status)")
                        .asInt())
                .isEqualTo(200);
        tab.evaluate("location.reload()");
        await().atMost(SOON).until(() -> shows(tab, "General"));
    }
}
