package dev.switchboard.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.BusClient;
import dev.switchboard.support.Front;
import dev.switchboard.support.Patience;
import dev.switchboard.support.TestNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    /** Much less than the minute after which even timers run that are held back. */
    private static final Duration SOON = Duration.ofSeconds(20);

    /**
     * Chromium's second stage, which comes 5 minutes after a page was hidden unless it is told otherwise: timers that
     * others begin run once a minute.
     */
    private static final String ONCE_A_MINUTE = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10";

    private static final int MOST_A_MINUTE = 2;

    /** In this time they run ten times while they run once a second, and once at most afterwards. */
    private static final Duration LONG_SPAN = Duration.ofSeconds(10);

    private static final Duration ONCE_A_MINUTE_WITHIN = Duration.ofMinutes(2);

    /**
     * A socket that is silent for so long is closed: a page whose timers run once a minute would be too late. Pages say
     * something every 25 s.
     */
    private static final Duration SILENT = Duration.ofSeconds(40);

    /** Counts the connections that the page makes. */
    private static final String COUNT_SOCKETS =
            """
            window.sockets = 0;
            window.WebSocket = class extends WebSocket {
              constructor(...args) {
                super(...args);
                window.sockets += 1;
              }
            };
            """;

    @TempDir
    private Path folder;

    @Test
    void itComesBackAndRings() {
        try (TestNodes cluster = TestNodes.start(1);
                Front way = new Front(cluster.doors())) {
            Api api = new Api(cluster.doors().get(0));
            Account ann = api.register("ann");
            Account bob = api.register("bob");
            try (HiddenTab tab = new HiddenTab(folder, way.address(), "");
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
                double seconds = (System.nanoTime() - throttled) / 1e9;
                // Before it rings: a page that is heard is not held back.
                assertThat(tab.evaluate(TICKS).asInt())
                        .as("timers of the page in %s s since then", seconds)
                        .isLessThanOrEqualTo((int) (MOST_A_SECOND * (seconds + 1)));
                assertThat(phone.request("call:initiate", Map.of("calleeId", bob.id()))
                                .at("/call/state")
                                .asText())
                        .isEqualTo("RINGING");
                await().until(() -> tab.evaluate("document.title").asText().endsWith("is calling"));
                assertThat(tab.evaluate("document.visibilityState").asText()).isEqualTo("hidden");
            }
        }
    }

    @Test
    void itKeepsItsSocketAndRingsAndTalksWhenTimersRunOnceAMinute() {
        Map<String, String> settings = Map.of("PING_TIMEOUT", SILENT.toSeconds() + "s");
        try (TestNodes cluster = TestNodes.start(1, settings);
                Front way = new Front(cluster.doors())) {
            Api api = new Api(cluster.doors().get(0));
            Account ann = api.register("ann");
            Account bob = api.register("bob");
            api.call("POST", "/api/v1/conversations", ann, Map.of("kind", "direct", "memberIds", List.of(bob.id())))
                    .ok();
            try (HiddenTab hidden =
                            new HiddenTab(folder("bob"), way.address(), Caller.WATCH + COUNT_SOCKETS, ONCE_A_MINUTE);
                    HiddenTab caller =
                            new HiddenTab(folder("ann"), cluster.doors().get(0) + "/", Caller.WATCH)) {
                signIn(hidden, bob);
                signIn(caller, ann);
                hidden.hide();
                hidden.evaluate(COUNT);
                await().atMost(ONCE_A_MINUTE_WITHIN)
                        .pollInterval(LONG_SPAN)
                        .until(() -> hidden.evaluate(TICKS).asInt() <= 1);
                int sockets = hidden.evaluate("window.sockets").asInt();
                long throttled = System.nanoTime();
                await().atMost(Patience.LONG)
                        .until(() -> System.nanoTime() - throttled
                                > SILENT.plusSeconds(5).toNanos());
                assertThat(hidden.evaluate("document.visibilityState").asText()).isEqualTo("hidden");
                int ticks = hidden.evaluate(TICKS).asInt();
                assertThat(ticks).as("timers of the page in a minute").isLessThanOrEqualTo(MOST_A_MINUTE);
                assertThat(hidden.evaluate("window.sockets").asInt())
                        .as("no connection was made anew")
                        .isEqualTo(sockets);

                way.cut();
                await().atMost(SOON).until(() -> shows(hidden, "The connection was lost."));
                way.mend();
                await().atMost(SOON).until(() -> !shows(hidden, "The connection was lost."));
                int back = hidden.evaluate("window.sockets").asInt();
                caller.evaluate("[...document.querySelectorAll('nav a')].find((a) => a.textContent.includes('"
                        + bob.username() + "')).click()");
                await().until(() -> caller.evaluate("Boolean(document.querySelector('[aria-label=\"Video call\"]'))")
                        .asBoolean());
                caller.evaluate("document.querySelector('[aria-label=\"Video call\"]').click()");
                await().until(() -> hidden.evaluate("document.title").asText().endsWith("is calling"));
                System.out.println("timers of the hidden page from the loss to the ringing: " + hidden.evaluate(TICKS));
                hidden.evaluate("document.querySelector('.ringing .accept').click()");
                for (HiddenTab each : List.of(caller, hidden)) {
                    await().atMost(Chromium.PATIENCE)
                            .until(() -> each.evaluate("document.querySelector('.call')?.dataset.state")
                                    .asText()
                                    .equals("active"));
                }
                long before = came(caller);
                await().pollDelay(LONG_SPAN).until(() -> came(caller) > before);
                assertThat(hidden.evaluate("document.querySelector('.call').dataset.state")
                                .asText())
                        .isEqualTo("active");
                assertThat(hidden.evaluate("document.visibilityState").asText()).isEqualTo("hidden");
                assertThat(hidden.evaluate("window.sockets").asInt()).isEqualTo(back);
            }
        }
    }

    private Path folder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of pictures and sound that came to a page. */
    private static long came(HiddenTab tab) {
        return tab.evaluate(
                        """
                        window.peers.at(-1).getStats().then((report) => [...report.values()]
                            .filter(({ type }) => type === 'inbound-rtp')
                            .reduce((sum, { bytesReceived }) => sum + bytesReceived, 0))
                        """)
                .asLong();
    }

    private static boolean shows(HiddenTab tab, String text) {
        return tab.evaluate("Boolean(document.body?.innerText.includes('" + text + "'))")
                .asBoolean();
    }

    /** As the page does it. */
    private static void signIn(HiddenTab tab, Account account) {
        await().ignoreExceptions()
                .until(() -> tab.evaluate("document.readyState").asText().equals("complete"));
        String body = "{\"username\":\"" + account.username() + "\",\"password\":\"" + account.password() + "\"}";
        assertThat(tab.evaluate("fetch('/api/v1/auth/login', { method: 'POST', headers: { 'Content-Type':"
                                + " 'application/json' }, body: '" + body + "' }).then((answer) => answer.status)")
                        .asInt())
                .isEqualTo(200);
        tab.evaluate("location.reload()");
        // While another page comes, there is none to ask.
        await().ignoreExceptions().until(() -> shows(tab, "@" + account.username()));
    }
}
