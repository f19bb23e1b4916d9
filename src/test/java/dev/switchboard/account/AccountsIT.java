package dev.switchboard.account;

import static dev.switchboard.account.AccountNode.ADMIN_EMAIL;
import static dev.switchboard.account.AccountNode.PASSWORD;
import static dev.switchboard.account.AccountNode.anonymous;
import static dev.switchboard.account.AccountNode.await;
import static dev.switchboard.account.SignInIT.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.AccountOperations.Empty;
import dev.switchboard.protocol.AccountOperations.FindUsers;
import dev.switchboard.protocol.AccountOperations.GetUser;
import dev.switchboard.protocol.AccountOperations.Register;
import dev.switchboard.protocol.AccountOperations.RevokeSession;
import dev.switchboard.protocol.AccountOperations.SetDisabled;
import dev.switchboard.protocol.AccountOperations.SetRoles;
import dev.switchboard.protocol.AccountOperations.SignedIn;
import dev.switchboard.protocol.AccountOperations.UpdateMe;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.User;
import dev.switchboard.support.Postgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccountsIT {
    private static final String NEW_PASSWORD = "battery staple";

    private final Postgres postgres = Postgres.create();
    private AccountNode node;
    private Caller admin;

    @BeforeAll
    void start() throws Exception {
        node = new AccountNode(postgres);
        admin = node.caller(node.call(
                AccountOperations.REGISTER,
                anonymous(),
                new Register("root", ADMIN_EMAIL, PASSWORD, null, null, null)));
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
        postgres.close();
    }

    private static UpdateMe email(String email) {
        return new UpdateMe(null, email, null, null, null, null);
    }

    private static UpdateMe password(String current, String next) {
        return new UpdateMe(null, null, null, null, next, current);
    }

    @Test
    void whatIsAbsentStaysAsItIs() throws Exception {
        SignedIn ann = node.register("ann");
        Caller caller = node.caller(ann);

        User updated = node.call(
                AccountOperations.UPDATE_ME, caller, new UpdateMe("Ann", null, "+49 30 1", "/ann.png", null, null));

        assertThat(updated)
                .isEqualTo(new User(
                        ann.user().id(),
                        "ann",
                        "Ann",
                        "ann@example.org",
                        "+49 30 1",
                        List.of("user"),
                        "/ann.png",
                        ann.user().createdAt()));
        assertThat(node.call(AccountOperations.GET_ME, caller, new Empty())).isEqualTo(updated);
        assertThat(node.call(AccountOperations.UPDATE_ME, caller, email("new@example.org"))
                        .displayName())
                .isEqualTo("Ann");
    }

    @Test
    void whatIsEmptyIsRemoved() throws Exception {
        Caller caller = node.caller(node.register("cleo"));
        node.call(AccountOperations.UPDATE_ME, caller, new UpdateMe(null, null, "+49 30 1", "/cleo.png", null, null));

        User updated = node.call(AccountOperations.UPDATE_ME, caller, new UpdateMe(null, null, "", "", null, null));

        assertThat(updated.phoneNumber()).isNull();
        assertThat(updated.avatarUrl()).isNull();
    }

    @Test
    void anAddressThatIsTakenOrAnAdministratorsCannotBeTakenOver() throws Exception {
        Caller eve = node.caller(node.register("eve"));
        node.register("victim");

        assertFault(Fault.EMAIL_TAKEN, () -> node.call(AccountOperations.UPDATE_ME, eve, email("Victim@example.org")));
        // Even while nobody has it.
        await(node.database.query(
                "UPDATE user_account SET email = 'elsewhere@example.org' WHERE id = $1", Tuple.of(admin.user())));
        assertFault(Fault.EMAIL_TAKEN, () -> node.call(AccountOperations.UPDATE_ME, eve, email("ROOT@example.org")));
        node.call(AccountOperations.UPDATE_ME, admin, email(ADMIN_EMAIL));
        assertThat(node.login("eve", PASSWORD).user().roles()).containsExactly("user");
    }

    @Test
    void aNewPasswordEndsEveryOtherSession() throws Exception {
        SignedIn here = node.register("careful");
        SignedIn elsewhere = node.login("careful", PASSWORD);
        Caller caller = node.caller(here);

        assertFault(
                Fault.INVALID_CREDENTIALS,
                () -> node.call(AccountOperations.UPDATE_ME, caller, password("wrong", NEW_PASSWORD)));
        assertThat(node.caller(elsewhere)).isNotNull();
        node.call(AccountOperations.UPDATE_ME, caller, password(PASSWORD, NEW_PASSWORD));

        assertThat(node.caller(here)).isNotNull();
        assertFault(Fault.SESSION_REVOKED, () -> node.caller(elsewhere));
        assertFault(Fault.SESSION_REVOKED, () -> node.refresh(elsewhere.refreshToken()));
        assertFault(Fault.INVALID_CREDENTIALS, () -> node.login("careful", PASSWORD));
        assertThat(node.login("careful", NEW_PASSWORD)).isNotNull();
        // As the bus does when the answer is lost.
        assertThat(node.call(AccountOperations.UPDATE_ME, caller, password(PASSWORD, NEW_PASSWORD)))
                .isNotNull();
    }

    @Test
    void noSessionOfTheOldPasswordOutlivesItsChange() throws Exception {
        Caller caller = node.caller(node.register("racing"));
        List<Future<SignedIn>> logins = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            logins.add(node.bus.call(
                    AccountOperations.LOGIN, anonymous(), new AccountOperations.Login("racing", null, PASSWORD, null)));
        }
        node.call(AccountOperations.UPDATE_ME, caller, password(PASSWORD, NEW_PASSWORD));

        for (Future<SignedIn> login : logins) {
            try {
                SignedIn signedIn = await(login);
                assertFault(Fault.SESSION_REVOKED, () -> node.caller(signedIn));
            } catch (FaultException e) {
                assertThat(e.fault()).isEqualTo(Fault.INVALID_CREDENTIALS);
            }
        }
        assertThat(sessions("racing")).containsExactly(caller.sessionId());
    }

    @Test
    void aSessionIsNotOpenedForAPasswordThatChangedMeanwhile() throws Exception {
        User user = node.register("overtaken").user();
        PgUserStore users = new PgUserStore(node.database);
        PgSessionStore store = new PgSessionStore(node.database);
        Sessions sessions = new Sessions(store, node.tokens, node.revoked, node.options);
        String seen = String.valueOf(await(users.byId(user.id())).passwordHash());
        assertThat(await(sessions.open(user, seen, null))).isNotNull();

        assertThat(await(sessions.open(user, seen.replace("$argon2id", "$argon2id "), null)))
                .isNull();
        await(users.setDisabled(user.id(), true));
        assertThat(await(sessions.open(user, seen, null))).isNull();
        assertThat(sessions("overtaken")).hasSize(2);
    }

    @Test
    void aSignInWaitsForAChangeThatIsUnderWay() throws Exception {
        User user = node.register("simultaneous").user();
        PgSessionStore store = new PgSessionStore(node.database);
        String seen = String.valueOf(
                await(new PgUserStore(node.database).byId(user.id())).passwordHash());
        Promise<Void> commit = Promise.promise();
        Promise<Void> changed = Promise.promise();
        Future<Void> change = node.database.transaction(connection -> connection
                .preparedQuery("UPDATE user_account SET disabled_at = now() WHERE id = $1")
                .execute(Tuple.of(user.id()))
                .onSuccess(done -> changed.complete())
                .compose(done -> commit.future()));
        await(changed.future());

        Future<Boolean> opened =
                store.open(Ids.next(), user.id(), seen, null, RefreshTokens.hash("token"), Duration.ofDays(1));
        Awaitility.await().until(() -> opened.isComplete() || isWaiting());
        commit.complete();

        await(change);
        assertThat(await(opened)).isFalse();
    }

    private boolean isWaiting() throws Exception {
        return await(node.database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND wait_event_type = 'Lock'"))
                        .size()
                > 0;
    }

    private List<UUID> sessions(String username) throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (Row row : await(node.database.query(
                "SELECT s.id FROM session s JOIN user_account u ON u.id = s.user_id"
                        + " WHERE u.username = $1 AND s.revoked_at IS NULL",
                Tuple.of(username)))) {
            ids.add(row.getUUID("id"));
        }
        return ids;
    }

    @Test
    void whoIsDeletedLeavesNothingPersonal() throws Exception {
        SignedIn first = node.register("leaver");
        SignedIn second = node.login("leaver", PASSWORD);
        UUID id = first.user().id();
        Caller caller = node.caller(first);

        node.call(AccountOperations.DELETE_ME, caller, new Empty());
        node.call(AccountOperations.DELETE_ME, caller, new Empty());

        Row left = await(node.database.query("SELECT * FROM user_account WHERE id = $1", Tuple.of(id)))
                .iterator()
                .next();
        assertThat(left.toJson().encode()).doesNotContain("leaver");
        assertThat(left.getString("username")).isEqualTo("deleted-" + id);
        assertThat(left.getString("email")).isNull();
        assertThat(left.getString("password_hash")).isNull();
        for (SignedIn session : List.of(first, second)) {
            assertFault(Fault.SESSION_REVOKED, () -> node.caller(session));
            assertFault(Fault.SESSION_REVOKED, () -> node.refresh(session.refreshToken()));
        }
        assertFault(Fault.INVALID_CREDENTIALS, () -> node.login("leaver", PASSWORD));
        assertFault(Fault.NOT_FOUND, () -> node.call(AccountOperations.GET_USER, admin, new GetUser(id)));
        // Nothing brings it back: neither a request that was under way, nor an administrator.
        assertFault(Fault.NOT_FOUND, () -> node.call(AccountOperations.UPDATE_ME, caller, email("x@example.org")));
        assertFault(
                Fault.NOT_FOUND, () -> node.call(AccountOperations.SET_DISABLED, admin, new SetDisabled(id, false)));
        assertThat(node.register("leaver").user().id()).isNotEqualTo(id);
    }

    @Test
    void whoIsDisabledIsSignedOutAndStaysOut() throws Exception {
        SignedIn signedIn = node.register("banned");
        UUID id = signedIn.user().id();

        node.call(AccountOperations.SET_DISABLED, admin, new SetDisabled(id, true));

        assertFault(Fault.SESSION_REVOKED, () -> node.caller(signedIn));
        assertFault(Fault.SESSION_REVOKED, () -> node.refresh(signedIn.refreshToken()));
        assertFault(Fault.INVALID_CREDENTIALS, () -> node.login("banned", PASSWORD));

        // The node died between writing and telling, and the bus asks again.
        node.revoked.sessions.clear();
        node.call(AccountOperations.SET_DISABLED, admin, new SetDisabled(id, true));
        assertFault(Fault.SESSION_REVOKED, () -> node.caller(signedIn));

        assertThat(node.call(AccountOperations.FIND_USERS, admin, new FindUsers("banned", null, null))
                        .items())
                .isEmpty();

        node.call(AccountOperations.SET_DISABLED, admin, new SetDisabled(id, false));
        assertThat(node.login("banned", PASSWORD)).isNotNull();
        assertFault(Fault.SESSION_REVOKED, () -> node.refresh(signedIn.refreshToken()));
    }

    @Test
    void newRolesNeedANewSignIn() throws Exception {
        SignedIn signedIn = node.register("promoted");

        node.call(
                AccountOperations.SET_ROLES, admin, new SetRoles(signedIn.user().id(), Set.of("user", "moderator")));

        assertFault(Fault.SESSION_REVOKED, () -> node.caller(signedIn));
        assertThat(node.caller(node.login("promoted", PASSWORD)).roles())
                .containsExactlyInAnyOrder("user", "moderator");
        assertFault(
                Fault.NOT_FOUND,
                () -> node.call(AccountOperations.SET_ROLES, admin, new SetRoles(UUID.randomUUID(), Set.of("user"))));
    }

    @Test
    void oneEndsOnesOwnSessionsOnly() throws Exception {
        SignedIn here = node.register("many");
        SignedIn elsewhere = node.login("many", PASSWORD);
        Caller caller = node.caller(here);
        UUID other = node.identity(elsewhere).sessionId();
        Caller stranger = node.caller(node.register("stranger"));

        var list = node.call(AccountOperations.SESSIONS, caller, new Empty()).items();
        assertThat(list).extracting(AccountOperations.Session::id).containsExactly(other, caller.sessionId());
        assertThat(list).extracting(AccountOperations.Session::current).containsExactly(false, true);

        assertFault(
                Fault.NOT_FOUND, () -> node.call(AccountOperations.REVOKE_SESSION, stranger, new RevokeSession(other)));
        node.call(AccountOperations.REVOKE_SESSION, caller, new RevokeSession(other));
        assertFault(Fault.SESSION_REVOKED, () -> node.caller(elsewhere));
        assertThat(node.call(AccountOperations.SESSIONS, caller, new Empty()).items())
                .hasSize(1);
    }

    @Test
    void anAddressIsForItsOwnerAndAdministratorsOnly() throws Exception {
        SignedIn shy = node.register("shy");
        Caller stranger = node.caller(node.register("curious"));
        GetUser request = new GetUser(shy.user().id());

        assertThat(node.call(AccountOperations.GET_USER, node.caller(shy), request)
                        .email())
                .isEqualTo("shy@example.org");
        assertThat(node.call(AccountOperations.GET_USER, admin, request).email())
                .isEqualTo("shy@example.org");
        assertThat(node.call(AccountOperations.GET_USER, stranger, request))
                .isEqualTo(shy.user().publicView());
        assertThat(node.call(AccountOperations.FIND_USERS, stranger, new FindUsers("shy", null, null))
                        .items())
                .containsExactly(shy.user().publicView());
        assertThat(node.call(AccountOperations.FIND_USERS, admin, new FindUsers("shy", null, null))
                        .items())
                .containsExactly(shy.user());
    }

    @Test
    void usersAreFoundByTheBeginningOfEitherNamePageByPage() throws Exception {
        PgUserStore users = new PgUserStore(node.database);
        List<String> names =
                IntStream.range(0, 25).mapToObj(i -> "Zoë." + (char) ('a' + i)).toList();
        for (String name : names) {
            await(users.insert(named(name, "shown"), "hash"));
        }
        await(users.insert(named("other", "ZOË by display name"), "hash"));
        await(users.insert(named("per_cent", "100% sure_thing\\"), "hash"));
        await(users.insert(named("perXcent", "100 sure"), "hash"));
        Caller caller = node.caller(node.register("searcher"));

        List<String> found = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            var page = node.call(AccountOperations.FIND_USERS, caller, new FindUsers("zOË", cursor, 10));
            page.items().forEach(user -> found.add(user.username()));
            cursor = page.next();
            pages++;
        } while (cursor != null);

        assertThat(pages).isEqualTo(3);
        assertThat(found)
                .containsExactlyElementsOf(
                        Stream.concat(Stream.of("other"), names.stream()).toList());
        assertThat(names(caller, "per_")).containsExactly("per_cent");
        assertThat(names(caller, "100% sure_thing\\")).containsExactly("per_cent");
        assertThat(names(caller, "%")).isEmpty();
        assertThat(names(caller, "oë")).isEmpty();
        assertFault(Fault.VALIDATION_FAILED, () -> new FindUsers("x", null, 101));
    }

    private static User named(String username, String displayName) {
        return new User(
                Ids.next(),
                username,
                displayName,
                Ids.next() + "@example.org",
                null,
                List.of("user"),
                null,
                Instant.now());
    }

    private List<String> names(Caller caller, String query) throws Exception {
        return node.call(AccountOperations.FIND_USERS, caller, new FindUsers(query, null, null)).items().stream()
                .map(User::username)
                .toList();
    }
}
