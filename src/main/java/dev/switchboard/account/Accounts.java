package dev.switchboard.account;

import dev.switchboard.account.UserStore.Account;
import dev.switchboard.account.UserStore.Changes;
import dev.switchboard.bus.Handlers;
import dev.switchboard.identity.Identity;
import dev.switchboard.identity.TokenVerifier;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.AccountOperations.Empty;
import dev.switchboard.protocol.AccountOperations.FindUsers;
import dev.switchboard.protocol.AccountOperations.GetUser;
import dev.switchboard.protocol.AccountOperations.Login;
import dev.switchboard.protocol.AccountOperations.Refresh;
import dev.switchboard.protocol.AccountOperations.Register;
import dev.switchboard.protocol.AccountOperations.SetDisabled;
import dev.switchboard.protocol.AccountOperations.SignedIn;
import dev.switchboard.protocol.AccountOperations.TokenStatus;
import dev.switchboard.protocol.AccountOperations.UpdateMe;
import dev.switchboard.protocol.AccountOperations.Users;
import dev.switchboard.protocol.AccountOperations.ValidateToken;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be done with accounts. Stateless: any node can do it. */
final class Accounts {
    private static final String USER = "user";
    private static final int PAGE = 50;

    private final UserStore users;
    private final Sessions sessions;
    private final PasswordWorkers passwords;
    private final TokenVerifier tokens;
    private final Set<String> admins;

    /** @param admins e-mail addresses, in lower case, whose accounts are administrators from their registration on */
    Accounts(UserStore users, Sessions sessions, PasswordWorkers passwords, TokenVerifier tokens, Set<String> admins) {
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
                .on(AccountOperations.VALIDATE_TOKEN, this::validate)
                .on(AccountOperations.GET_ME, (caller, q) -> existing(caller.user())
                        .map(Account::user))
                .on(AccountOperations.UPDATE_ME, this::update)
                .on(AccountOperations.DELETE_ME, this::delete)
                .on(AccountOperations.SESSIONS, (caller, q) -> sessions.list(caller.user(), caller.sessionId())
                        .map(list -> new AccountOperations.Sessions(list, null)))
                .on(AccountOperations.REVOKE_SESSION, (caller, q) -> sessions.end(q.sessionId(), caller.user())
                        .map(Nothing.NOTHING))
                .on(AccountOperations.GET_USER, this::get)
                .on(AccountOperations.FIND_USERS, this::find)
                .on(AccountOperations.SET_ROLES, (caller, q) -> users.setRoles(q.id(), q.roles())
                        .compose(user -> sessions.endAll(q.id(), null).map(user)))
                .on(AccountOperations.SET_DISABLED, this::setDisabled);
    }

    private Future<SignedIn> signUp(Caller caller, Register q) {
        String displayName = q.displayName();
        boolean admin = admins.contains(q.email().toLowerCase(java.util.Locale.ROOT));
        User user = new User(
                Ids.next(),
                q.username(),
                displayName == null ? q.username() : displayName,
                q.email(),
                q.phoneNumber(),
                admin ? List.of(USER, Caller.ADMIN) : List.of(USER),
                null,
                Instant.now().truncatedTo(ChronoUnit.MILLIS));
        return passwords
                .hash(q.password())
                .compose(hash -> users.insert(user, hash))
                .compose(sessions::open);
    }

    private Future<SignedIn> login(Caller caller, Login q) {
        return users.byName(q.name()).compose(account -> passwords
                .matches(q.password(), account == null ? null : account.passwordHash())
                .compose(good -> {
                    if (!good || account == null || account.disabled()) {
                        return Future.failedFuture(
                                Fault.INVALID_CREDENTIALS.because("The name or the password is wrong."));
                    }
                    return sessions.open(account.user());
                }));
    }

    private Future<SignedIn> refresh(Caller caller, Refresh q) {
        return sessions.spend(q.refreshToken())
                .compose(spent -> users.byId(spent.userId()).compose(account -> {
                    if (account == null || account.disabled()) {
                        return Future.failedFuture(Fault.UNAUTHORIZED.because("The account is not active."));
                    }
                    return sessions.renew(account.user(), spent.sessionId());
                }));
    }

    private Future<Nothing> logout(Caller caller, Empty q) {
        UUID session = caller.sessionId();
        return session == null
                ? Future.succeededFuture(Nothing.NOTHING)
                : sessions.end(session).map(Nothing.NOTHING);
    }

    private Future<TokenStatus> validate(Caller caller, ValidateToken q) {
        Identity identity;
        try {
            identity = tokens.verify(q.token());
        } catch (FaultException e) {
            return Future.succeededFuture(new TokenStatus(false, null));
        }
        return users.byId(identity.userId())
                .map(account -> account == null || account.disabled()
                        ? new TokenStatus(false, null)
                        : new TokenStatus(true, account.user()));
    }

    private Future<User> update(Caller caller, UpdateMe q) {
        UUID id = caller.user();
        String password = q.password();
        if (password == null) {
            return users.update(id, changes(q, null));
        }
        return existing(id)
                .compose(account -> passwords.matches(String.valueOf(q.currentPassword()), account.passwordHash()))
                .compose(good -> good
                        ? passwords.hash(password)
                        : Future.failedFuture(Fault.INVALID_CREDENTIALS.because("The current password is wrong.")))
                .compose(hash -> users.update(id, changes(q, hash)))
                .compose(user -> sessions.endAll(id, caller.sessionId()).map(user));
    }

    private static Changes changes(UpdateMe q, @Nullable String passwordHash) {
        return new Changes(q.displayName(), q.email(), q.phoneNumber(), q.avatarUrl(), passwordHash);
    }

    private Future<Nothing> delete(Caller caller, Empty q) {
        return users.anonymise(caller.user())
                .compose(done -> sessions.endAll(caller.user(), null))
                .map(Nothing.NOTHING);
    }

    private Future<User> setDisabled(Caller caller, SetDisabled q) {
        return users.setDisabled(q.id(), q.disabled())
                .compose(user -> q.disabled() ? sessions.endAll(q.id(), null).map(user) : Future.succeededFuture(user));
    }

    private Future<User> get(Caller caller, GetUser q) {
        boolean whole = caller.isAdmin() || q.id().equals(caller.userId());
        return existing(q.id())
                .map(account -> whole ? account.user() : account.user().publicView());
    }

    private Future<Users> find(Caller caller, FindUsers q) {
        int limit = q.limit() == null ? PAGE : q.limit();
        String query = q.query();
        return users.find(query == null ? "" : query, q.cursor(), limit + 1).map(found -> {
            List<User> page = found.size() > limit ? found.subList(0, limit) : found;
            return new Users(
                    page.stream()
                            .map(u -> caller.isAdmin() ? u : u.publicView())
                            .toList(),
                    found.size() > limit ? page.get(limit - 1).username() : null);
        });
    }

    private Future<Account> existing(UUID id) {
        return users.byId(id).map(account -> {
            if (account == null) {
                throw Fault.NOT_FOUND.because("No such user.");
            }
            return account;
        });
    }
}
