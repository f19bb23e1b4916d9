package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.options.ColorScheme;
import dev.switchboard.support.TestNodes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Everybody can use the page: with the keyboard alone, by screen reader, on a phone, in the light and in the dark. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class AccessibilityIT {
    private static Chromium chromium;
    private static TestNodes cluster;

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

    @AfterEach
    void part() {
        chromium.closePages();
    }

    private static Visitor visitor(String name) {
        return new Visitor(chromium.browser(), name, address());
    }

    private static String address() {
        return cluster.doors().get(0) + "/";
    }

    @Test
    void theKeyboardAloneIsEnough() {
        Visitor bob = visitor("bob").register();
        Visitor ann = visitor("ann");
        assertThat(ann.page.getByLabel("Username or email")).isFocused();
        ann.press("Tab", "Tab", "Tab", "Enter");
        assertThat(ann.page.getByLabel("Username")).isFocused();
        ann.page.keyboard().type(ann.name);
        ann.press("Tab");
        ann.page.keyboard().type(ann.name + "@example.org");
        ann.press("Tab");
        ann.page.keyboard().type(Visitor.PASSWORD);
        ann.press("Enter");
        assertThat(ann.link("General")).isVisible();

        ann.press("Tab");
        assertThat(ann.button("Missed calls")).isFocused();
        ann.press("Tab");
        assertThat(ann.button("Meetings")).isFocused();
        ann.press("Tab");
        assertThat(ann.button("Channels")).isFocused();
        ann.press("Enter");
        assertThat(ann.page.getByLabel("Find a channel")).isFocused();
        ann.press("Escape");
        assertThat(ann.button("Channels")).isFocused();
        ann.press("Enter");
        ann.page.keyboard().type("gener");
        ann.press("Enter");
        assertThat(ann.dialog()).isHidden();
        assertThat(ann.composer()).isFocused();

        ann.page.keyboard().type("first");
        ann.press("Enter");
        ann.page.keyboard().type("second");
        ann.press("Enter");
        assertThat(ann.message("second")).isVisible();
        ann.saidAll();
        ann.press("Shift+Tab");
        assertThat(ann.message("second")).isFocused();
        ann.press("ArrowUp");
        assertThat(ann.message("first")).isFocused();
        ann.press("Tab", "Tab", "Tab", "Enter");
        assertThat(ann.dialog()).containsText("Delete this message?");
        ann.press("Escape");
        assertThat(ann.message("first").getByLabel("Delete message")).isFocused();
        ann.press("Shift+Tab", "Enter");
        assertThat(ann.focused()).hasValue("first");
        ann.press("Escape");
        assertThat(ann.message("first")).isFocused();
        ann.press("Tab", "Enter");
        assertThat(ann.composer()).isFocused();
        ann.sees("Answer to " + ann.name);
        // What others do meanwhile draws anew, and does not change where the tab key leads.
        bob.open("General");
        bob.composer().pressSequentially("Well");
        ann.sees(bob.name + " is typing");
        ann.press("Escape", "Shift+Tab");
        assertThat(ann.message("first")).isFocused();
        ann.press("Tab", "Tab", "Tab", "Tab");
        assertThat(ann.composer()).isFocused();
        assertThat(ann.page.getByText("Answer to " + ann.name)).isHidden();
        ann.foundNoFault();
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void everybodyCanUseIt(ColorScheme colours) {
        NewContextOptions desk =
                new NewContextOptions().setViewportSize(1280, 800).setColorScheme(colours);
        NewContextOptions phone = new NewContextOptions()
                .setViewportSize(390, 844)
                .setHasTouch(true)
                .setColorScheme(colours);
        Visitor ann = new Visitor(chromium.browser(), "ann", address(), desk);
        Visitor bob = new Visitor(chromium.browser(), "bob", address(), phone);
        for (Visitor visitor : new Visitor[] {ann, bob}) {
            visitor.button("Sign in").click();
            visitor.sees("Please fill this in");
            Accessibility.check(visitor.page, "refused sign-in");
            visitor.register();
            Accessibility.check(visitor.page, "list");
            visitor.open("General");
            visitor.say("Look at https://example.org/" + "a".repeat(120));
            visitor.say("Hello");
            visitor.saidAll();
            visitor.message("Hello").last().focus();
            visitor.message("Hello").last().getByLabel("Reply").click();
            Accessibility.check(visitor.page, "room");
            visitor.say("An answer");
            visitor.button("Members and more").click();
            assertThat(visitor.dialog()).containsText("you");
            Accessibility.check(visitor.page, "members");
            visitor.press("Escape");
        }
        bob.link("Back to the conversations").click();
        assertThat(bob.link("General")).isFocused();
        assertThat(bob.composer()).isHidden();
        for (String dialog : new String[] {"Channels", "New conversation"}) {
            bob.button(dialog).click();
            assertThat(bob.heading(dialog)).isVisible();
            Accessibility.check(bob.page, dialog);
            bob.press("Escape");
        }
        bob.page.getByTitle("Your account").click();
        bob.sees("this device");
        Accessibility.check(bob.page, "account");
    }
}
