package dev.switchboard.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page.GetByLabelOptions;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.switchboard.support.Api;
import dev.switchboard.support.Api.Account;
import dev.switchboard.support.TestNodes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What one can do on the page. */
@EnabledIf("dev.switchboard.page.Chromium#isThere")
class PageIT {
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

    private static GetByLabelOptions exact() {
        return new GetByLabelOptions().setExact(true);
    }

    @Test
    void peopleFindEachOtherAndLeave() {
        Visitor ann = visitor("ann").register();
        Visitor bob = visitor("bob").register();
        ann.button("New conversation").click();
        ann.page.getByLabel("With whom?").fill(bob.name.toUpperCase(Locale.ROOT));
        ann.dialog().getByText("@" + bob.name).click();
        ann.button("Start chat").click();
        assertThat(ann.heading(bob.name)).isVisible();
        ann.say("Just the two of us");
        bob.open(ann.name);
        assertThat(bob.message("Just the two of us")).isVisible();
        ann.sees("Seen");

        Visitor cid = visitor("cid").register();
        ann.button("New conversation").click();
        for (Visitor member : List.of(bob, cid)) {
            ann.page.getByLabel("With whom?").fill(member.name);
            ann.press("Enter");
            assertThat(ann.button("Remove " + member.name)).isVisible();
        }
        ann.page.getByLabel("Name of the group").fill("Weekend");
        ann.press("Enter");
        assertThat(ann.heading("Weekend")).isVisible();
        bob.open("Weekend");
        cid.open("Weekend").say("I am in");
        assertThat(bob.message("I am in")).isVisible();

        String title = "Cycling " + UUID.randomUUID();
        ann.button("Channels").click();
        ann.dialog().getByText("Create a channel").click();
        ann.page.keyboard().type(title);
        ann.press("Enter");
        assertThat(ann.heading(title)).isVisible();
        bob.button("Channels").click();
        bob.page.getByLabel("Find a channel").fill(title.substring(8));
        // Until they are looked up, there are others' channels as well.
        bob.dialog()
                .getByRole(AriaRole.LISTITEM)
                .filter(new Locator.FilterOptions().setHasText(title))
                .getByText("Join")
                .click();
        assertThat(bob.heading(title)).isVisible();
        bob.say("Here I am");
        assertThat(ann.message("Here I am")).isVisible();
        bob.button("Members and more").click();
        bob.button("Leave").click();
        bob.button("Leave").last().click();
        assertThat(bob.link(title)).hasCount(0);
        bob.sees("Choose a conversation");
        ann.foundNoFault();
        bob.foundNoFault();
    }

    @Test
    void oneChangesOnesAccountAndSignsOutEverywhere() {
        Visitor here = visitor("ann").register();
        Visitor there = here.onAnotherDevice(chromium.browser(), address());
        there.signIn("a wrong password");
        there.sees("Wrong name or password.");
        there.signIn(Visitor.PASSWORD);
        there.open("General");

        here.page.getByTitle("Your account").click();
        here.page.getByLabel("Name", exact()).fill("Ann of Cleves");
        here.press("Enter");
        here.sees("Saved.");
        here.press("Enter");
        here.sees("Nothing has changed.");
        here.page.getByLabel("Current password").fill("not this one");
        here.page.getByLabel("New password").fill("correct horse 2");
        here.button("Change password").click();
        here.sees("This is not your password.");
        here.press("Escape");
        here.open("General").composer().fill("For nobody else's eyes");
        here.page.getByTitle("Your account").click();
        here.button("Sign out everywhere").click();
        here.button("Sign out").last().click();
        assertThat(here.heading("Sign in")).isVisible();
        assertThat(there.heading("Sign in")).isVisible();
        there.sees("You were signed out. Please sign in again.");
        Account eve = new Api(cluster.doors().get(0)).register("eve");
        here.signIn(eve.username(), eve.password());
        assertThat(here.open("General").composer()).hasValue("");
        here.button("Sign out").click();
        here.signIn(Visitor.PASSWORD);
        here.sees("Ann of Cleves");
        there.signIn(Visitor.PASSWORD);
        assertThat(there.heading("General")).isVisible();
        here.open("General").say("Good morning");
        assertThat(there.link("General")).containsText("You: Good morning");

        here.page.route("**/api/v1/auth/logout", Route::abort);
        here.button("Sign out").click();
        assertThat(here.heading("Sign in")).isVisible();
        here.page.reload();
        assertThat(here.heading("Sign in")).isVisible();
        here.foundNoFault();
        there.foundNoFault();
    }

    @Test
    void whatTheServerIsTooBusyForComesLater() {
        Visitor ann = visitor("ann");
        AtomicInteger asked = new AtomicInteger();
        ann.page.route("**/api/v1/conversations?*", route -> {
            if (asked.incrementAndGet() <= 3) {
                route.fulfill(new FulfillOptions().setStatus(503));
            } else {
                route.resume();
            }
        });
        ann.register();
        ann.foundNoFault();
    }

    @Test
    void anAnswerLeadsFarBackAndFilesAreWhatTheyAre() {
        Visitor ann = visitor("ann").register();
        Api api = new Api(cluster.doors().get(0));
        Account bob = api.register("bob");
        String group = api.call(
                        "POST",
                        "/api/v1/conversations",
                        bob,
                        Map.of("kind", "group", "title", "Plans", "memberIds", List.of(ann.id())))
                .ok()
                .get("id")
                .asText();
        String first = post(api, bob, Map.of("conversationId", group, "content", "Where it began"));
        for (int i = 0; i < 200; i++) {
            post(api, bob, Map.of("conversationId", group, "content", "Words " + i));
        }
        post(api, bob, Map.of("conversationId", group, "content", "/api/v1/upload/1/the%20plan.pdf", "type", "file"));
        post(api, bob, Map.of("conversationId", group, "content", "As I said", "replyTo", first));

        // With what was pushed meanwhile it would know all of it.
        ann.page.reload();
        ann.open("Plans");
        assertThat(ann.link("the plan.pdf")).hasAttribute("href", "/api/v1/upload/1/the%20plan.pdf");
        assertThat(ann.message("Where it began")).hasCount(0);
        ann.page.locator(".scroller").evaluate("scroller => { scroller.scrollTop = 0; }");
        assertThat(ann.message("Words 102")).hasCount(1);
        assertThat(ann.message("Words 152")).isInViewport();
        assertThat(ann.page.locator(".message")).hasCount(100);
        ann.button("Newest").click();
        ann.page.locator(".quote").getByText("an earlier message").click();
        assertThat(ann.message("Where it began")).isFocused();
        assertThat(ann.message("Where it began")).isInViewport();
        ann.button("Newest").click();
        assertThat(ann.page.locator(".quote")).containsText("Where it began");
        ann.foundNoFault();
    }

    private static String post(Api api, Account sender, Map<String, String> message) {
        return api.call("POST", "/api/v1/messages", sender, message)
                .ok()
                .get("id")
                .asText();
    }

    @Test
    void aLargeRoomIsCountedAndSearched() {
        String title = "Stadium " + UUID.randomUUID();
        cluster.database()
                .execute(
                        """
                WITH channel AS (
                  INSERT INTO room (id, kind, title) VALUES (gen_random_uuid(), 'channel', '%1$s') RETURNING id
                ), crowd AS (
                  INSERT INTO user_account (id, username, display_name)
                  SELECT gen_random_uuid(), 'fan' || n || '-%2$s', 'Fan' FROM generate_series(1, 300) AS n RETURNING id
                )
                INSERT INTO room_member (room_id, user_id, role) SELECT channel.id, crowd.id, 'member' FROM channel, crowd
                """
                                .formatted(title, title.substring(8, 16)));
        Visitor ann = visitor("ann").register();
        ann.button("Channels").click();
        ann.page.getByLabel("Find a channel").fill(title);
        ann.dialog().getByText("300 members").click();
        assertThat(ann.heading(title)).isVisible();
        ann.button("Members and more").click();
        assertThat(ann.dialog()).containsText("301 members");
        ann.page.getByLabel("Find a member").fill("FAN29");
        assertThat(ann.dialog().getByText(Pattern.compile("^fan29\\d?-"))).hasCount(11);
        ann.page.getByLabel("Find a member").fill("fan299");
        assertThat(ann.dialog().getByText(Pattern.compile("^fan\\d+-"))).hasCount(1);
        ann.foundNoFault();
    }
}
