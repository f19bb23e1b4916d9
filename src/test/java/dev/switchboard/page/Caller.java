package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A visitor who calls and is called, and whose browser lets us look at its peer connections. */
final class Caller {
    /**
     * Keeps every RTCPeerConnection that the page makes, every track of its devices, and the moments of a call: when something was first asked of the
     * server, by its address; {@code accept}: the click; {@code connected}.
     */
    static final String WATCH =
            """
            window.peers = [];
            window.moments = {};
            window.tracks = [];
            for (const name of ['getUserMedia', 'getDisplayMedia']) {
              const open = MediaDevices.prototype[name];
              MediaDevices.prototype[name] = async function (...args) {
                const stream = await open.apply(this, args);
                window.tracks.push(...stream.getTracks());
                return stream;
              };
            }
            const mark = (name) => { window.moments[name] ??= performance.timeOrigin + performance.now(); };
            addEventListener('click', ({ target }) => target.closest?.('.ringing .accept') && mark('accept'), true);
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) {
              const asked = /"address":"([a-z:-]+)"/.exec(data);
              if (asked) mark(asked[1]);
              return send.call(this, data);
            };
            window.RTCPeerConnection = class extends RTCPeerConnection {
              constructor(...args) {
                super(...args);
                window.peers.push(this);
                this.addEventListener('connectionstatechange', () => this.connectionState === 'connected' && mark('connected'));
              }
            };
            """;

    /** Ends what comes from a device, as pulling its plug or the browser's own button does. */
    static final String END_LAST =
            """
            (kind) => {
              const track = window.tracks.filter((one) => one.kind === kind).at(-1);
              track.stop();
              track.dispatchEvent(new Event('ended'));
            }
            """;

    /** Bytes of pictures and sound that have come in, frames that were decoded, and the kind of way taken. */
    private static final String FIGURES =
            """
            async () => {
              const peer = window.peers.at(-1);
              const figures = { audio: 0, video: 0, frames: 0, pair: '', kind: '', state: peer.connectionState };
              const report = await peer.getStats();
              for (const entry of report.values()) {
                if (entry.type === 'inbound-rtp') figures[entry.kind] += entry.bytesReceived;
                if (entry.type === 'inbound-rtp' && entry.kind === 'video') figures.frames += entry.framesDecoded;
                if (entry.type === 'transport') {
                  const pair = report.get(entry.selectedCandidatePairId);
                  figures.pair = entry.selectedCandidatePairId ?? '';
                  figures.kind = pair ? report.get(pair.localCandidateId).candidateType + '/'
                      + report.get(pair.remoteCandidateId).candidateType : '';
                }
              }
              return figures;
            }
            """;

    final Visitor visitor;

    Caller(Browser browser, String name, String address) {
        this(browser, name, address, new Browser.NewContextOptions().setViewportSize(1280, 800));
    }

    Caller(Browser browser, String name, String address, Browser.NewContextOptions device) {
        visitor = new Visitor(browser, name, address, device, WATCH).register();
    }

    String name() {
        return visitor.name;
    }

    /** Wants every call to go through a relay. */
    void hidesAddress() {
        visitor.page.evaluate("localStorage.setItem('switchboard.calls', JSON.stringify({ relay: true }))");
        visitor.page.reload();
        assertThat(visitor.link("General")).isVisible();
    }

    /** Opens the direct conversation with somebody, making it when there is none. */
    void meet(Caller other) {
        visitor.button("New conversation").click();
        visitor.page.getByLabel("With whom?").fill(other.name());
        visitor.dialog().getByText("@" + other.name()).click();
        visitor.button("Start chat").click();
        assertThat(visitor.heading(other.name())).isVisible();
    }

    /** Calls somebody from the conversation with them. */
    void call(Caller other) {
        visitor.button("Video call").click();
        assertThat(view()).isVisible();
        assertThat(other.ringing()).containsText(name());
    }

    Locator ringing() {
        return visitor.page.getByRole(AriaRole.REGION, new GetByRoleOptions().setName("Incoming call"));
    }

    Locator view() {
        return visitor.page.getByRole(AriaRole.REGION, new GetByRoleOptions().setName(Pattern.compile("^Call with ")));
    }

    /** A button of what rings. */
    Locator choice(String label) {
        return ringing()
                .getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName(label).setExact(true));
    }

    Caller accept() {
        choice("Accept").click();
        return this;
    }

    void inCall() {
        assertThat(view()).hasAttribute("data-state", "active");
        assertThat(view().locator(".call-status")).containsText(Pattern.compile("\\d:\\d\\d"));
    }

    void free() {
        assertThat(view()).hasCount(0);
        assertThat(ringing()).hasCount(0);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> figures() {
        return (Map<String, Object>) visitor.page.evaluate(FIGURES);
    }

    private static long number(Map<String, Object> figures, String name) {
        return ((Number) figures.get(name)).longValue();
    }

    /** More and more comes in, and is shown. */
    Caller seesAndHears() {
        return receives("video").receives("audio");
    }

    Caller receives(String kind) {
        long before = number(figures(), kind);
        await().atMost(Chromium.PATIENCE).untilAsserted(() -> assertThat(number(figures(), kind))
                .as("bytes of %s that came to %s", kind, name())
                .isGreaterThan(before + 2_000));
        return this;
    }

    /** What is between the two, such as {@code host/host}. */
    String way() {
        return String.valueOf(figures().get("kind"));
    }

    String candidatePair() {
        return String.valueOf(figures().get("pair"));
    }

    /** What the other side's last description says of its way: another one after each ICE restart. */
    String remoteIceUser() {
        return String.valueOf(
                visitor.page.evaluate("/a=ice-ufrag:(\\S+)/.exec(window.peers.at(-1).remoteDescription.sdp)[1]"));
    }

    /** Closes the page, is asked, and stays. Returns the kind of question. */
    String closesThePageAndThinksBetterOfIt() {
        List<String> asked = new ArrayList<>();
        visitor.page.onceDialog(dialog -> {
            asked.add(dialog.type());
            dialog.dismiss();
        });
        visitor.page.close(new Page.CloseOptions().setRunBeforeUnload(true));
        visitor.page.waitForCondition(() -> !asked.isEmpty());
        return asked.get(0);
    }

    void restartIce() {
        visitor.page.evaluate("window.peers.at(-1).restartIce()");
    }

    /** Forgets the moments of the last call. */
    void beginsAnew() {
        visitor.page.evaluate("window.moments = {}");
    }

    /** When something first happened in this call, in milliseconds since the epoch; see {@link #WATCH}. */
    double moment(String name) {
        return ((Number) visitor.page.evaluate("window.moments['" + name + "']")).doubleValue();
    }
}
