package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByLabelOptions;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** Somebody before the page: does what a person does, by what the page shows and says, and knows nothing of its inside. */
final class Visitor {
    final String name;
    final Page page;

    /** What the page reported as broken. */
    final List<String> faults = new ArrayList<>();

    Visitor(Browser browser, String name, String address) {
        this.name = name + "-" + UUID.randomUUID().toString().substring(0, 6);
        BrowserContext context = browser.newContext(new Browser.NewContextOptions().setViewportSize(1280, 800));
        page = context.newPage();
        page.onPageError(faults::add);
        page.navigate(address);
    }

    void register() {
        button("Create an account").click();
        page.getByLabel("Username").fill(name);
        page.getByLabel("Email").fill(name + "@example.org");
        page.getByLabel("Password").fill("correct horse");
        button("Create account").click();
    }

    void open(String conversation) {
        page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName(Pattern.compile(conversation)))
                .click();
        assertThat(page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setName(conversation)))
                .isVisible();
    }

    /** Writes and sends with the keyboard, as most people do. */
    void say(String text) {
        composer().fill(text);
        page.keyboard().press("Enter");
        assertThat(composer()).hasValue("");
    }

    Locator composer() {
        return page.getByLabel("Message", new GetByLabelOptions().setExact(true));
    }

    Locator message(String text) {
        return page.getByRole(AriaRole.LISTITEM)
                .filter(new Locator.FilterOptions().setHas(page.getByText(text, exact())));
    }

    Locator button(String label) {
        return page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(label));
    }

    void sees(String text) {
        assertThat(page.getByText(text).first()).isVisible();
    }

    private static Page.GetByTextOptions exact() {
        return new Page.GetByTextOptions().setExact(true);
    }
}
