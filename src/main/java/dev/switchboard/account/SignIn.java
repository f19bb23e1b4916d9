package dev.switchboard.account;

import dev.switchboard.account.UserStore.Account;
import dev.switchboard.bus.Handlers;
import dev.switchboard.identity.Identity;
import dev.switchboard.identity.TokenVerifier;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.AccountOperations.Empty;
import dev.switchboard.protocol.AccountOperations.Login;
import dev.switchboard.protocol.AccountOperations.Refresh;
import dev.switchboard.protocol.AccountOperations.Register;
import dev.switchboard.protocol.AccountOperations.SignedIn;
import dev.switchboard.protocol.AccountOperations.TokenStatus;
import dev.switchboard.protocol.AccountOperations.ValidateToken;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Registering, signing in and out, going on. Stateless: any node can do it, and do it again. */
final class SignIn {
    private static final String USER = "user";

    /** The bus gives up on a request long before; clocks may differ by the rest. */
    private static final Duration SAME_REQUEST = Duration.ofSeconds(60);

    private final UserStore users;
    private final Sessions sessions;
    private final PasswordWorkers passwords;
    private final TokenVerifier tokens;
    private final AdminEmails admins;

    SignIn(UserStore users, Sessions sessions, PasswordWorkers passwords, TokenVerifier tokens, AdminEmails admins) {
        this.users = users;
        this.sessions = sessions;
        this.passwords = passwords;
        this.tokens = tokens;
        this.admins = admins;
    }

    void register(Handlers handlers) {
        handlers.on(AccountOperations.REGISTER, this::signUp)
                .on(AccountOperations.LOGIN, this::login)
                .on(AccountOperations.REFRESH, this::refresh)
                .on(AccountOperations.LOGOUT, this::logout)
                .on(AccountOperations.VALIDATE_TOKEN, this::validate);
    }

    private Future<SignedIn> signUp(Caller caller, Register q) {
        String displayName = q.displayName();
        User user = new User(
                Ids.next(),
                q.username(),
                displayName == null ? q.username() : displayName,
                q.email(),
                q.phoneNumber(),
                admins.contains(q.email()) ? List.of(USER, Caller.ADMIN) : List.of(USER),
                null,
                Instant.now().truncatedTo(ChronoUnit.MILLIS));
        return passwords
                .hash(q.password())
                .compose(hash -> users.insert(user, hash)
                        .map(new Account(user, hash, false))
                        .recover(failure -> sameRequest(q, failure)))
                .compose(account -> open(account, q.userAgent()));
    }

    /**
     * The bus repeats a request whose answer was lost, and the first try may have made the account. Whoever knows all of
     * it, the password too, gets the session that signing in would give.
     */
    private Future<Account> sameRequest(Register q, Throwable failure) {
        boolean taken = failure instanceof FaultException e
                && (e.fault() == Fault.USERNAME_TAKEN || e.fault() == Fault.EMAIL_TAKEN);
        if (!taken) {
            return Future.failedFuture(failure);
        }
        return users.byName(q.username()).compose(account -> {
            boolean same = account != null
                    && account.user().username().equals(q.username())
                    && q.email().equals(account.user().email())
                    && account.user().createdAt().plus(SAME_REQUEST).isAfter(Instant.now());
            return same
                    ? passwords
                            .matches(q.password(), account.passwordHash())
                            .compose(good -> good ? Future.succeededFuture(account) : Future.failedFuture(failure))
                    : Future.failedFuture(failure);
        });
    }

    /** Unknown, wrong, disabled: one answer, after the same work. */
    private Future<SignedIn> login(Caller caller, Login q) {
        return users.byName(q.name()).compose(account -> passwords
                .matches(q.password(), account == null ? null : account.passwordHash())
                .compose(good -> good && account != null && !account.disabled() ? promote(account) : wrong())
                .compose(known -> open(known, q.userAgent())));
    }

    private static <T> Future<T> wrong() {
        return Future.failedFuture(Fault.INVALID_CREDENTIALS.because("The name or the password is wrong."));
    }

    /** The list of administrators may have grown since this account registered. */
    private Future<Account> promote(Account account) {
        User user = account.user();
        return admins.contains(user.email()) && !user.roles().contains(Caller.ADMIN)
                ? users.grant(user.id(), Caller.ADMIN).map(admin -> new Account(admin, account.passwordHash(), false))
                : Future.succeededFuture(account);
    }

    private Future<SignedIn> open(Account account, @Nullable String userAgent) {
        return sessions.open(account.user(), String.valueOf(account.passwordHash()), userAgent)
                .compose(signedIn -> signedIn != null ? Future.succeededFuture(signedIn) : wrong());
    }

    private Future<SignedIn> refresh(Caller caller, Refresh q) {
        return sessions.renew(q.refreshToken()).compose(renewed -> users.byId(renewed.userId())
                .compose(account -> active(account)
                        ? Future.succeededFuture(sessions.signedIn(account.user(), renewed))
                        : Future.failedFuture(Fault.UNAUTHORIZED.because("The account is not active."))));
    }

    private static boolean active(@Nullable Account account) {
        return account != null && !account.disabled();
    }

    private Future<Nothing> logout(Caller caller, Empty q) {
        UUID session = caller.sessionId();
        return session == null
                ? Future.succeededFuture(Nothing.NOTHING)
                : sessions.end(session).map(Nothing.NOTHING);
    }

    private Future<TokenStatus> validate(Caller caller, ValidateToken q) {
        return tokens.verify(q.token())
                .map(Identity::user)
                .transform(user -> user.succeeded()
                        ? users.byId(user.result())
                                .map(account -> account == null || account.disabled()
                                        ? new TokenStatus(false, null)
                                        : new TokenStatus(true, account.user()))
                        : Future.succeededFuture(new TokenStatus(false, null)));
    }
}
