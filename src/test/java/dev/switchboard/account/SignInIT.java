package dev.switchboard.account;

import static dev.switchboard.account.AccountNode.ADMIN_EMAIL;
import static dev.switchboard.account.AccountNode.PASSWORD;
import static dev.switchboard.account.AccountNode.anonymous;
import static dev.switchboard.account.AccountNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.Ownership;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.AccountOperations.Empty;
import dev.switchboard.protocol.AccountOperations.Login;
import dev.switchboard.protocol.AccountOperations.Register;
import dev.switchboard.protocol.AccountOperations.SignedIn;
import dev.switchboard.protocol.AccountOperations.ValidateToken;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Part;
import dev.switchboard.support.Postgres;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignInIT {
    private final Postgres postgres = Postgres.create();
    private AccountNode node;

    @BeforeAll
    void start() throws Exception {
        node = new AccountNode(postgres);
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
        postgres.close();
    }

    static void assertFault(Fault fault, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FaultException.class, e -> assertThat(e.fault())
                .isEqualTo(fault));
    }

    /** Waits for all; what failed must have failed with {@code fault}. */
    private static List<SignedIn> succeeded(List<Future<SignedIn>> calls, Fault fault) throws Exception {
        List<SignedIn> succeeded = new ArrayList<>();
        for (Future<SignedIn> call : calls) {
            try {
                succeeded.add(await(call));
            } catch (FaultException e) {
                assertThat(e.fault()).isEqualTo(fault);
            }
        }
        return succeeded;
    }

    @Test
    void whoRegistersIsSignedInAndCanSignInAgain() throws Exception {
        SignedIn registered = node.call(
                AccountOperations.REGISTER,
                anonymous(),
                new Register("ann", "Ann@Example.org", PASSWORD, "Ann Müller", "+49 30 1", null));

        assertThat(registered.tokenType()).isEqualTo("Bearer");
        assertThat(registered.expiresIn()).isEqualTo(900);
        assertThat(registered.user().displayName()).isEqualTo("Ann Müller");
        assertThat(registered.user().roles()).containsExactly("user");
        Identity identity = node.identity(registered);
        assertThat(identity.userId()).isEqualTo(registered.user().id());
        for (String name : List.of("ann", "ANN", "ann@example.org", "ANN@EXAMPLE.ORG")) {
            assertThat(node.login(name, PASSWORD).user()).isEqualTo(registered.user());
        }
        assertThat(node.call(AccountOperations.LOGIN, anonymous(), new Login(null, "ann@example.org", PASSWORD, null))
                        .user())
                .isEqualTo(registered.user());
    }

    @Test
    void ofTwentyWhoWantANameAtOnceOneGetsIt() throws Exception {
        List<Future<SignedIn>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String name = i % 2 == 0 ? "wanted" : "WANTED";
            calls.add(node.bus.call(
                    AccountOperations.REGISTER,
                    anonymous(),
                    new Register(name, "wanted" + i + "@example.org", PASSWORD, null, null, null)));
        }

        assertThat(succeeded(calls, Fault.USERNAME_TAKEN)).hasSize(1);
        assertThat(count("SELECT count(*) FROM user_account WHERE lower(username) = 'wanted'"))
                .isEqualTo(1);
    }

    @Test
    void ofTwentyWhoShowAnAddressAtOnceOneGetsIt() throws Exception {
        List<Future<SignedIn>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String email = i % 2 == 0 ? "shared@example.org" : "Shared@Example.org";
            calls.add(node.bus.call(
                    AccountOperations.REGISTER,
                    anonymous(),
                    new Register("sharing" + i, email, PASSWORD, null, null, null)));
        }

        assertThat(succeeded(calls, Fault.EMAIL_TAKEN)).hasSize(1);
    }

    private long count(String sql, Object... arguments) throws Exception {
        return await(node.database.query(sql, Tuple.from(List.of(arguments))))
                .iterator()
                .next()
                .getLong(0);
    }

    @Test
    void namesAreComparedWithoutRegardToCaseInEveryAlphabet() throws Exception {
        node.register("Jürgen");

        assertFault(
                Fault.USERNAME_TAKEN,
                () -> node.call(
                        AccountOperations.REGISTER,
                        anonymous(),
                        new Register("JÜRGEN", "other@example.org", PASSWORD, null, null, null)));
        assertThat(node.login("jÜrgen", PASSWORD).user().username()).isEqualTo("Jürgen");
    }

    @Test
    void aRegistrationThatIsSentAgainGivesTheSameAccount() throws Exception {
        SignedIn first = node.register("again");
        SignedIn second = node.register("again");

        assertThat(second.user()).isEqualTo(first.user());
        assertThat(node.identity(second).sessionId())
                .isNotEqualTo(node.identity(first).sessionId());
        assertFault(
                Fault.USERNAME_TAKEN,
                () -> node.call(
                        AccountOperations.REGISTER,
                        anonymous(),
                        new Register("again", "again@example.org", "another password", null, null, null)));
        await(node.database.query(
                "UPDATE user_account SET created_at = now() - interval '2 minutes' WHERE username = 'again'"));
        assertFault(Fault.USERNAME_TAKEN, () -> node.register("again"));
    }

    @Test
    void anUnknownUserAndAWrongPasswordAreAnsweredAlikeAfterTheSameWork() throws Exception {
        node.register("known");
        node.register("gone");
        await(node.database.query("UPDATE user_account SET disabled_at = now() WHERE username = 'gone'"));
        List<String> work = new CopyOnWriteArrayList<>();
        Operation<Login, SignedIn> login = AccountOperations.LOGIN;
        int shard = Part.SHARDS;
        Passwords counted = new Passwords((password, salt, cost, length) -> {
            work.add(cost + ", salt of " + salt.length + ", " + length + " bytes");
            return new byte[length];
        });
        Handlers handlers = new Handlers();
        PgSessionStore sessions = new PgSessionStore(node.database);
        new SignIn(
                        new PgUserStore(node.database),
                        new Sessions(sessions, node.tokens, node.revoked, node.options),
                        new PasswordWorkers(node.vertx, counted, PasswordWorkers.MAX_WAIT),
                        node.tokens,
                        new AdminEmails(Set.of()))
                .register(handlers);
        await(node.bus.serve(Part.ACCOUNT, shard, handlers));
        var target = new Ownership.Owner("alone", shard);

        List<FaultException> answers = new ArrayList<>();
        for (String name : List.of("known", "nobody", "gone", "nobody@example.org")) {
            Future<SignedIn> call =
                    node.bus.callShard(login, anonymous(), new Login(name, null, "wrong", null), target);
            assertThatThrownBy(() -> await(call)).isInstanceOfSatisfying(FaultException.class, answers::add);
        }

        assertThat(work).hasSize(4).containsOnly("m=19456,t=2,p=1, salt of 16, 32 bytes");
        assertThat(answers).extracting(FaultException::fault).containsOnly(Fault.INVALID_CREDENTIALS);
        assertThat(answers).extracting(FaultException::text).containsOnly("The name or the password is wrong.");
    }

    @Test
    void aRefreshTokenGivesTheNextOne() throws Exception {
        SignedIn first = node.register("rotating");
        Set<String> seen = new HashSet<>(Set.of(first.refreshToken()));
        SignedIn current = first;
        for (int i = 0; i < 5; i++) {
            current = node.refresh(current.refreshToken());
            assertThat(seen.add(current.refreshToken())).isTrue();
        }

        assertThat(node.identity(current).sessionId())
                .isEqualTo(node.identity(first).sessionId());
        assertThat(current.user()).isEqualTo(first.user());
        assertThat(count(
                        "SELECT count(*) FROM refresh_token WHERE encode(token_hash, 'escape') = ANY ($1)"
                                + " OR encode(token_hash, 'base64') = ANY ($1)",
                        (Object) seen.toArray(String[]::new)))
                .isZero();
    }

    @Test
    void aRefreshThatIsSentAgainGivesTheSameToken() throws Exception {
        SignedIn first = node.register("two-tabs");
        List<Future<SignedIn>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(node.bus.call(
                    AccountOperations.REFRESH, anonymous(), new AccountOperations.Refresh(first.refreshToken())));
        }

        List<SignedIn> answers = succeeded(calls, Fault.INTERNAL);
        assertThat(answers).hasSize(10);
        assertThat(answers)
                .extracting(SignedIn::refreshToken)
                .containsOnly(answers.get(0).refreshToken());
        assertThat(node.refresh(answers.get(0).refreshToken()).refreshToken())
                .isNotEqualTo(answers.get(0).refreshToken());
        assertThat(node.revoked.sessions).doesNotContain(node.identity(first).sessionId());
    }

    @Test
    void whoShowsATokenWhoseSuccessorWasUsedEndsTheSession() throws Exception {
        SignedIn stolen = node.register("robbed");
        UUID session = node.identity(stolen).sessionId();
        SignedIn thief = node.refresh(stolen.refreshToken());
        SignedIn next = node.refresh(thief.refreshToken());

        assertFault(Fault.SESSION_REVOKED, () -> node.refresh(stolen.refreshToken()));

        assertThat(node.revoked.isRevoked(session)).isTrue();
        assertFault(Fault.SESSION_REVOKED, () -> node.identity(next));
        assertFault(Fault.SESSION_REVOKED, () -> node.refresh(next.refreshToken()));
        assertThat(node.login("robbed", PASSWORD)).isNotNull();
    }

    @Test
    void whoShowsASpentTokenLateEndsTheSessionThoughItsSuccessorIsUnused() throws Exception {
        SignedIn first = node.register("late");
        SignedIn next = node.refresh(first.refreshToken());
        await(node.database.query("UPDATE refresh_token SET used_at = used_at - interval '21 seconds'"
                + " WHERE used_at IS NOT NULL AND session_id = (SELECT id FROM session WHERE user_id ="
                + " (SELECT id FROM user_account WHERE username = 'late'))"));

        assertFault(Fault.SESSION_REVOKED, () -> node.refresh(first.refreshToken()));
        assertFault(Fault.SESSION_REVOKED, () -> node.refresh(next.refreshToken()));
    }

    @Test
    void anUnknownOrExpiredRefreshTokenIsRefusedAndEndsNothing() throws Exception {
        assertFault(Fault.UNAUTHORIZED, () -> node.refresh("a".repeat(43)));
        SignedIn expired = node.register("expired");
        UUID session = node.identity(expired).sessionId();
        await(node.database.query(
                "UPDATE refresh_token SET expires_at = now() - interval '1 second' WHERE session_id = $1",
                Tuple.of(session)));

        assertFault(Fault.UNAUTHORIZED, () -> node.refresh(expired.refreshToken()));
        assertThat(node.revoked.isRevoked(session)).isFalse();
    }

    @Test
    void logoutEndsOneSessionAndCanBeRepeated() throws Exception {
        SignedIn here = node.register("leaving");
        SignedIn elsewhere = node.login("leaving", PASSWORD);
        Caller caller = node.caller(here);

        node.call(AccountOperations.LOGOUT, caller, new Empty());
        node.call(AccountOperations.LOGOUT, caller, new Empty());

        assertFault(Fault.SESSION_REVOKED, () -> node.caller(here));
        assertFault(Fault.SESSION_REVOKED, () -> node.refresh(here.refreshToken()));
        assertThat(node.caller(elsewhere)).isNotNull();
        assertThat(node.refresh(elsewhere.refreshToken())).isNotNull();
    }

    @Test
    void aTokenIsValidUntilItsSessionEnds() throws Exception {
        SignedIn signedIn = node.register("validated");
        ValidateToken token = new ValidateToken(signedIn.accessToken());

        var status = node.call(AccountOperations.VALIDATE_TOKEN, anonymous(), token);
        assertThat(status.valid()).isTrue();
        assertThat(status.user()).isEqualTo(signedIn.user());

        node.call(AccountOperations.LOGOUT, node.caller(signedIn), new Empty());
        assertThat(node.call(AccountOperations.VALIDATE_TOKEN, anonymous(), token))
                .isEqualTo(new AccountOperations.TokenStatus(false, null));
        assertThat(node.call(AccountOperations.VALIDATE_TOKEN, anonymous(), new ValidateToken("nonsense")))
                .isEqualTo(new AccountOperations.TokenStatus(false, null));
    }

    @Test
    void aNodeThatStartsRefusesTheSessionsThatEndedBefore() throws Exception {
        SignedIn signedIn = node.register("restarted");
        node.call(AccountOperations.LOGOUT, node.caller(signedIn), new Empty());
        SignedIn other = node.register("staying");

        try (AccountNode later = new AccountNode(postgres)) {
            assertFault(Fault.SESSION_REVOKED, () -> later.caller(signedIn));
            assertThat(later.caller(other)).isNotNull();

            // Ended by a node that died before it could tell anybody.
            UUID unheard = node.identity(other).sessionId();
            await(node.database.query("UPDATE session SET revoked_at = now() WHERE id = $1", Tuple.of(unheard)));
            await().until(() -> later.revoked.isRevoked(unheard));
        }
    }

    @Test
    void expiredSessionsAndTheirTokensAreDeleted() throws Exception {
        UUID session = node.identity(node.register("forgotten")).sessionId();
        await(node.database.query(
                "UPDATE session SET expires_at = now() - interval '1 second' WHERE id = $1", Tuple.of(session)));

        await().until(() -> count("SELECT count(*) FROM session WHERE id = $1", session) == 0);
        assertThat(count("SELECT count(*) FROM refresh_token WHERE session_id = $1", session))
                .isZero();
    }

    @Test
    void administratorsAreThoseOfTheList() throws Exception {
        SignedIn root = node.call(
                AccountOperations.REGISTER,
                anonymous(),
                new Register("root", ADMIN_EMAIL.toUpperCase(Locale.ROOT), PASSWORD, null, null, null));
        assertThat(root.user().roles()).containsExactly("user", Caller.ADMIN);
        assertThat(node.caller(root).isAdmin()).isTrue();

        await(node.database.query(
                "UPDATE user_account SET roles = ARRAY['user'] WHERE id = $1",
                Tuple.of(root.user().id())));
        assertThat(node.caller(node.login("root", PASSWORD)).isAdmin()).isTrue();
        assertThat(node.login("root", PASSWORD).user().roles()).containsExactly("user", Caller.ADMIN);
        assertThat(node.caller(node.register("not-root")).isAdmin()).isFalse();
    }
}
