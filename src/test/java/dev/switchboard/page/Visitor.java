package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByLabelOptions;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** Somebody before the page: does what a person does, by what the page shows and says, and knows little of its inside. */
final class Visitor {
    static final String PASSWORD = "correct horse";

    private static final double SHORT_MILLIS = 2_000;

    final String name;
    final Page page;

    /** What the page reported as broken. */
    private final List<String> faults = new CopyOnWriteArrayList<>();

    Visitor(Browser browser, String name, String address) {
        this(browser, name, address, new Browser.NewContextOptions().setViewportSize(1280, 800));
    }

    Visitor(Browser browser, String name, String address, Browser.NewContextOptions device) {
        this(browser, name, address, device, "");
    }

    /** @param script runs before those of the page */
    Visitor(Browser browser, String name, String address, Browser.NewContextOptions device, String script) {
        this(browser, address, device, name + "-" + UUID.randomUUID().toString().substring(0, 6), script);
    }

    private Visitor(Browser browser, String address, Browser.NewContextOptions device, String name, String script) {
        this(browser.newContext(device), address, name, script);
    }

    private Visitor(BrowserContext browser, String address, String name, String script) {
        this.name = name;
        page = browser.newPage();
        page.setDefaultTimeout((double) Chromium.PATIENCE.toMillis());
        page.addInitScript(script);
        page.onPageError(faults::add);
        page.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")) {
                faults.add(message.text());
            }
        });
        page.navigate(address);
    }

    /** The same person, not signed in there. */
    Visitor onAnotherDevice(Browser browser, String address) {
        return new Visitor(browser, address, new Browser.NewContextOptions(), name, "");
    }

    /** The same person, signed in there as well. */
    Visitor inAnotherTab(String address) {
        Visitor tab = new Visitor(page.context(), address, name, "");
        assertThat(tab.link("General")).isVisible();
        return tab;
    }

    Visitor register() {
        button("Create an account").click();
        page.getByLabel("Username").fill(name);
        page.getByLabel("Email").fill(name + "@example.org");
        page.getByLabel("Password").fill(PASSWORD);
        button("Create account").click();
        assertThat(link("General")).isVisible();
        return this;
    }

    /** The id of this person's account. */
    String id() {
        return String.valueOf(page.evaluate("fetch('/api/v1/users/me').then((r) => r.json()).then((me) => me.id)"));
    }

    void signIn(String password) {
        signIn(name, password);
    }

    /** Somebody else takes the seat before the page. */
    void signIn(String name, String password) {
        page.getByLabel("Username or email").fill(name);
        page.getByLabel("Password").fill(password);
        button("Sign in").click();
    }

    Visitor open(String conversation) {
        link(conversation).click();
        assertThat(heading(conversation)).isVisible();
        return this;
    }

    /** Writes and sends with the keyboard, as most people do. */
    void say(String text) {
        composer().fill(text);
        page.keyboard().press("Enter");
        assertThat(composer()).hasValue("");
    }

    /** Does not wait for the page's next try, unless it comes at this very moment and takes the button away. */
    void triesNow() {
        try {
            button("Try now").click(new Locator.ClickOptions().setTimeout(SHORT_MILLIS));
        } catch (TimeoutError itTries) {
            assertThat(page.getByText("The connection was lost.")).isHidden();
        }
    }

    /** As browsers say it when there is a network again; without it a page may wait for 20 s before its next try. */
    void hearsOfTheNetwork() {
        page.evaluate("dispatchEvent(new Event('online'))");
    }

    /** Waits until what this visitor said is stored. */
    void saidAll() {
        assertThat(page.locator(".message[data-state='queued'], .message[data-state='sending']"))
                .hasCount(0);
    }

    void press(String... keys) {
        for (String key : keys) {
            page.keyboard().press(key);
        }
    }

    Locator composer() {
        return page.getByLabel("Message", new GetByLabelOptions().setExact(true));
    }

    /** The row of a message that reads exactly so, marks such as "(edited)" aside. */
    Locator message(String text) {
        Pattern whole = Pattern.compile("^\\s*" + literal(text) + "\\s*(\\(edited\\))?$");
        return page.locator(".message")
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator(".bubble").filter(new Locator.FilterOptions().setHasText(whole))));
    }

    /** For the browser, whose patterns know no {@code \Q}. */
    private static String literal(String text) {
        return text.replaceAll("[.*+?^${}()|\\[\\]\\\\]", "\\\\$0");
    }

    Locator button(String label) {
        return page.getByRole(
                AriaRole.BUTTON, new GetByRoleOptions().setName(label).setExact(true));
    }

    Locator link(String label) {
        return page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName(label));
    }

    Locator heading(String text) {
        return page.getByRole(
                AriaRole.HEADING, new GetByRoleOptions().setName(text).setExact(true));
    }

    Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    /** What has the focus. */
    Locator focused() {
        return page.locator(":focus");
    }

    void sees(String text) {
        assertThat(page.getByText(text).first()).isVisible();
    }

    /** Nothing broke that the visitor did not see. */
    void foundNoFault() {
        assertThat(faults).as("errors in the page of " + name).isEmpty();
    }
}
