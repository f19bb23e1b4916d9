package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Swagger UI in a real browser: registers, is signed in, tries operations by token and by cookie. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class ApiDocsIT {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static Chromium chromium;
    private static TestNodes cluster;

    /** What the browser refused or reported as broken. */
    private final List<String> faults = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        cluster = TestNodes.start(1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        chromium.close();
    }

    private Page open() {
        URI door = cluster.doors().get(0);
        Page page = chromium.browser()
                .newContext(new Browser.NewContextOptions().setViewportSize(1280, 1000))
                .newPage();
        page.onPageError(faults::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.text().contains("Content Security Policy")) {
                faults.add(message.text());
            }
        });
        page.navigate(door.resolve("/api/docs").toString());
        return page;
    }

    private static Locator operation(Page page, String id) {
        return page.locator("[id$='-" + id + "']");
    }

    /** Opens an operation and executes it. */
    private static Locator execute(Page page, String id, String body) {
        Locator operation = operation(page, id);
        operation.locator(".opblock-summary-control").click();
        if (body != null) {
            operation.locator("textarea.body-param__text").fill(body);
        }
        operation.locator("button.execute").click();
        return operation
                .locator(".live-responses-table tbody .response-col_status")
                .first();
    }

    private static String user(String name) {
        return "{\"username\":\"" + name + "\",\"email\":\"" + name
                + "@example.org\",\"password\":\"correct horse battery\"}";
    }

    @Test
    void onePersonSignsInAndTries() {
        Page page = open();
        assertThat(page.locator(".info .title")).containsText("Switchboard");
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("api-docs.png")));

        assertThat(execute(page, "accountRegister", user("docs-reader"))).containsText("201");
        assertThat(execute(page, "userMe", null)).containsText("200");
        Locator me = operation(page, "userMe");
        assertThat(me.locator(".live-responses-table")).containsText("docs-reader");
        assertThat(me.locator(".curl")).containsText("Authorization: Bearer ey");
        me.scrollIntoViewIfNeeded();
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("api-docs-me.png")));

        // Without the token of this page, the cookie serves: and what changes something needs its proof.
        page.locator(".auth-wrapper .authorize").first().click();
        page.locator(".auth-container")
                .first()
                .getByText("Logout", new Locator.GetByTextOptions().setExact(true))
                .click();
        page.locator(".btn-done").first().click();
        assertThat(execute(page, "userUpdate", "{\"displayName\":\"Reader of documents\"}"))
                .containsText("200");
        Locator update = operation(page, "userUpdate");
        assertThat(update.locator(".live-responses-table")).containsText("Reader of documents");
        assertThat(update.locator(".curl")).containsText("X-XSRF-TOKEN");
        assertThat(update.locator(".curl")).not().containsText("Authorization");
        assertThat(faults).isEmpty();
    }
}
