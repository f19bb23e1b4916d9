package dev.switchboard.account;

import dev.switchboard.account.UserStore.Account;
import dev.switchboard.account.UserStore.Changes;
import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.AccountOperations.Empty;
import dev.switchboard.protocol.AccountOperations.FindUsers;
import dev.switchboard.protocol.AccountOperations.GetUser;
import dev.switchboard.protocol.AccountOperations.SetDisabled;
import dev.switchboard.protocol.AccountOperations.UpdateMe;
import dev.switchboard.protocol.AccountOperations.Users;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be done with accounts once they exist. Stateless: any node can do it, and do it again. */
final class Accounts {
    private static final int PAGE = 50;

    private final UserStore users;
    private final Sessions sessions;
    private final PasswordWorkers passwords;
    private final AdminEmails admins;

    Accounts(UserStore users, Sessions sessions, PasswordWorkers passwords, AdminEmails admins) {
        this.users = users;
        this.sessions = sessions;
        this.passwords = passwords;
        this.admins = admins;
    }

    void register(Handlers handlers) {
        handlers.on(AccountOperations.GET_ME, (caller, q) -> existing(caller.user())
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

    private Future<User> update(Caller caller, UpdateMe q) {
        UUID id = caller.user();
        String password = q.password();
        return existing(id).compose(account -> {
            refuseToBecomeAdmin(q, account);
            return password == null
                    ? users.update(id, changes(q, null), account.passwordHash())
                    : changePassword(caller, q, password, account);
        });
    }

    /** Nobody has shown that an address is theirs, so an address alone must not turn an account into an administrator's. */
    private void refuseToBecomeAdmin(UpdateMe q, Account account) {
        boolean becomes =
                admins.contains(q.email()) && !admins.contains(account.user().email());
        if (becomes && !account.user().roles().contains(Caller.ADMIN)) {
            throw Fault.EMAIL_TAKEN.because("This email address has an account already.");
        }
    }

    private Future<User> changePassword(Caller caller, UpdateMe q, String password, Account account) {
        UUID id = account.user().id();
        return passwords
                .matches(String.valueOf(q.currentPassword()), account.passwordHash())
                // The bus repeats a request whose answer was lost: then the new password is the current one already.
                .compose(good ->
                        good ? Future.succeededFuture(true) : passwords.matches(password, account.passwordHash()))
                .compose(good -> good
                        ? passwords.hash(password)
                        : Future.failedFuture(Fault.INVALID_CREDENTIALS.because("The current password is wrong.")))
                .compose(hash -> users.update(id, changes(q, hash), account.passwordHash()))
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
