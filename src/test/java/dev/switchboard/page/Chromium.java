package dev.switchboard.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Chromium of this machine, driven by Playwright, whose driver comes with its Maven artefact. */
final class Chromium implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Chromium.class);
    static final Path PROGRAM = Path.of(System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"));

    /** A machine without screen, sandbox and way out needs these; Playwright's own way of "headless" is of another age. */
    static final List<String> FLAGS = List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    /** Pictures are drawn, coded and shown by the processor: five a second show as well as twenty that they flow. */
    private static final String CAMERA = "--use-fake-device-for-media-stream=fps=5";

    /** A camera that shows a test picture, a microphone that beeps, and nobody who must allow them. */
    static final String[] WITH_CAMERA = {CAMERA, "--use-fake-ui-for-media-stream", "--auto-accept-this-tab-capture"};

    /** The same, but everybody is asked; what the context does not permit is refused. */
    static final String[] WITH_CAMERA_ON_DEMAND = {CAMERA};

    /** How long the page may take to show something: after a loss it may wait for 20 s before it tries again. */
    static final Duration PATIENCE = Duration.ofSeconds(45);

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Whether the tests of the page can run here. */
    static boolean isThere() {
        boolean there = Files.isExecutable(PROGRAM);
        if (!there) {
            LOG.warn("Skipped: there is no Chromium at {}. Set CHROMIUM to the path of one.", PROGRAM);
        }
        return there;
    }

    /** @param flags beside those that every test needs */
    static Chromium start(String... flags) {
        PlaywrightAssertions.setDefaultAssertionTimeout((double) PATIENCE.toMillis());
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            LaunchOptions options = new LaunchOptions()
                    .setExecutablePath(PROGRAM)
                    .setHeadless(false)
                    .setArgs(Stream.concat(FLAGS.stream(), Stream.of(flags)).toList());
            return new Chromium(playwright, playwright.chromium().launch(options));
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    Browser browser() {
        return browser;
    }

    /** Closes all pages: those of the next test need the processor, and share rooms with nobody. */
    void closePages() {
        browser.contexts().forEach(BrowserContext::close);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
