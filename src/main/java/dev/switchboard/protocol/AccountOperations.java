package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.Rules.Example;
import dev.switchboard.protocol.Rules.Form;
import dev.switchboard.protocol.Rules.FromDoor;
import dev.switchboard.protocol.Rules.Items;
import dev.switchboard.protocol.Rules.Length;
import dev.switchboard.protocol.Rules.Range;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Accounts: users, sign-in, tokens, sessions. */
public final class AccountOperations {
    private static final String USERNAME = "[\\p{L}\\p{N}._-]+";
    private static final String EMAIL = "[^@\\s\\p{Cc}]+@[^@\\s\\p{Cc}]+";
    private static final String ROLE = "[a-z][a-z0-9_-]{0,31}";

    private AccountOperations() {}

    /** Characters of a user agent that are kept, to tell one's sessions apart. */
    public static final int MAX_USER_AGENT = 256;

    /** @param userAgent what the session will be shown as; set by the door */
    public record Register(
            @Length(min = 2, max = 32)
                    @Form(pattern = USERNAME, message = "may have letters, digits, dot, dash and underscore")
                    @Example("anna")
                    String username,
            @Length(min = 3, max = 254)
                    @Form(pattern = EMAIL, message = "must be an email address")
                    @Example("anna@example.org")
                    String email,
            @Length(min = 8, max = 128) @Example("correct horse battery") String password,
            @Nullable @Length(max = 64) @Example("Anna") String displayName,
            @Nullable @Length(min = 3, max = 32) @Example("+49 30 1234567") String phoneNumber,
            @Nullable @FromDoor @Length(max = MAX_USER_AGENT) String userAgent) {
        public Register {
            Checks.of(Register.class, username, email, password, displayName, phoneNumber, userAgent)
                    .done();
        }
    }

    /**
     * Either name may be given; {@code username} may also hold an email address.
     *
     * @param userAgent what the session will be shown as; set by the door
     */
    public record Login(
            @Nullable @Length(max = 254) @Example("anna") String username,
            @Nullable @Length(max = 254) @Example("anna@example.org") String email,
            @Length(max = 128) @Example("correct horse battery") String password,
            @Nullable @FromDoor @Length(max = MAX_USER_AGENT) String userAgent) {
        public Login {
            Checks.of(Login.class, username, email, password, userAgent)
                    .that(username != null || email != null, "username", "or email is required")
                    .done();
        }

        public String name() {
            return username != null ? username : String.valueOf(email);
        }
    }

    /** The answer to signing in; the HTTP door adds the cookies. */
    public record SignedIn(User user, String accessToken, String refreshToken, String tokenType, long expiresIn) {}

    /** By body, or by the {@code refresh} cookie, which the HTTP door puts here. */
    public record Refresh(@Length(min = 16, max = 256) @Example("the-refresh-token") String refreshToken) {
        public Refresh {
            Checks.of(Refresh.class, refreshToken).done();
        }
    }

    public record Empty() {}

    public record ValidateToken(@Length(max = 8192) @Example("the-access-token") String token) {
        public ValidateToken {
            Checks.of(ValidateToken.class, token).done();
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TokenStatus(boolean valid, @Nullable User user) {}

    /** What is absent stays as it is; an empty phone number or picture is removed. A new password needs the current one and ends every other session. */
    public record UpdateMe(
            @Nullable @Length(max = 64) @Example("Anna") String displayName,
            @Nullable @Length(min = 3, max = 254) @Form(pattern = EMAIL, message = "must be an email address")
                    String email,
            @Nullable @Length(min = 0, max = 32) @Example("+49 30 1234567") String phoneNumber,
            @Nullable @Length(min = 0, max = 2048) @Example("https://example.org/anna.png") String avatarUrl,
            @Nullable @Length(min = 8, max = 128) String password,
            @Nullable @Length(max = 128) String currentPassword) {
        public UpdateMe {
            Checks.of(UpdateMe.class, displayName, email, phoneNumber, avatarUrl, password, currentPassword)
                    .that(password == null || currentPassword != null, "currentPassword", "is required")
                    .done();
        }
    }

    public record GetUser(UUID id) {
        public GetUser {
            Checks.of(GetUser.class, id).done();
        }
    }

    /** @param query a beginning of a username or display name; everybody when absent */
    public record FindUsers(
            @Nullable @Length(min = 0, max = 64) @Example("an") String query,
            @Nullable @Length(max = 128) String cursor,
            @Nullable @Range(min = 1, max = 100) Integer limit) {
        public FindUsers {
            Checks.of(FindUsers.class, query, cursor, limit).done();
        }
    }

    public record Users(List<User> items, @Nullable String next) {}

    /** For administrators. */
    public record SetRoles(
            UUID id,
            @Items(max = 16)
                    Set<
                                    @Form(pattern = ROLE, message = "must be a lower-case name of at most 32 letters")
                                    @Example("user") String>
                            roles) {
        public SetRoles {
            Checks.of(SetRoles.class, id, roles).done();
        }
    }

    /** For administrators: a disabled user is signed out everywhere and cannot sign in. */
    public record SetDisabled(UUID id, Boolean disabled) {
        public SetDisabled {
            Checks.of(SetDisabled.class, id, disabled).done();
        }
    }

    public record Session(
            UUID id, Instant createdAt, Instant lastUsedAt, @Nullable String userAgent, boolean current) {}

    public record Sessions(List<Session> items, @Nullable String next) {}

    public record RevokeSession(UUID sessionId) {
        public RevokeSession {
            Checks.of(RevokeSession.class, sessionId).done();
        }
    }

    private static Object self(Caller caller, Object request) {
        return caller.user();
    }

    public static final Operation<Register, SignedIn> REGISTER = Operation.of(
                    "account:register", Part.ACCOUNT, Register.class, SignedIn.class, (c, q) -> q.username())
            .access(Operation.Access.PUBLIC)
            .http("POST", "/auth/register", 201)
            .http("POST", "/auth/signup", 201)
            .summary("Makes an account and signs in", Fault.USERNAME_TAKEN, Fault.EMAIL_TAKEN);

    public static final Operation<Login, SignedIn> LOGIN = Operation.of(
                    "account:login", Part.ACCOUNT, Login.class, SignedIn.class, (c, q) -> q.name())
            .access(Operation.Access.PUBLIC)
            .http("POST", "/auth/login")
            .summary("Signs in", Fault.INVALID_CREDENTIALS);

    public static final Operation<Refresh, SignedIn> REFRESH = Operation.of(
                    "account:refresh", Part.ACCOUNT, Refresh.class, SignedIn.class, (c, q) -> q.refreshToken())
            .access(Operation.Access.PUBLIC)
            .http("POST", "/auth/refresh")
            .summary(
                    "Brings new tokens for a refresh token",
                    Fault.UNAUTHORIZED,
                    Fault.SESSION_REVOKED,
                    Fault.XSRF_MISMATCH);

    public static final Operation<Empty, Nothing> LOGOUT = Operation.of(
                    "account:logout", Part.ACCOUNT, Empty.class, Nothing.class, AccountOperations::self)
            .http("POST", "/auth/logout")
            .summary("Ends this session");

    public static final Operation<ValidateToken, TokenStatus> VALIDATE_TOKEN = Operation.of(
                    "account:validate-token", Part.ACCOUNT, ValidateToken.class, TokenStatus.class, (c, q) -> q.token()
                            .hashCode())
            .access(Operation.Access.PUBLIC)
            .http("POST", "/auth/validate-token")
            .summary("Tells whether an access token is valid");

    public static final Operation<Empty, User> GET_ME = Operation.of(
                    "user:me", Part.ACCOUNT, Empty.class, User.class, AccountOperations::self)
            .http("GET", "/users/me")
            .summary("Shows your account");

    public static final Operation<UpdateMe, User> UPDATE_ME = Operation.of(
                    "user:update", Part.ACCOUNT, UpdateMe.class, User.class, AccountOperations::self)
            .http("PUT", "/users/me")
            .summary("Changes your account", Fault.INVALID_CREDENTIALS, Fault.EMAIL_TAKEN, Fault.CONFLICT);

    public static final Operation<Empty, Nothing> DELETE_ME = Operation.of(
                    "user:delete", Part.ACCOUNT, Empty.class, Nothing.class, AccountOperations::self)
            .http("DELETE", "/users/me")
            .summary("Deletes your account");

    public static final Operation<Empty, Sessions> SESSIONS = Operation.of(
                    "session:list", Part.ACCOUNT, Empty.class, Sessions.class, AccountOperations::self)
            .http("GET", "/users/me/sessions")
            .summary("Lists where you are signed in");

    public static final Operation<RevokeSession, Nothing> REVOKE_SESSION = Operation.of(
                    "session:revoke", Part.ACCOUNT, RevokeSession.class, Nothing.class, AccountOperations::self)
            .http("DELETE", "/users/me/sessions/{sessionId}")
            .summary("Ends one of your sessions", Fault.NOT_FOUND);

    public static final Operation<GetUser, User> GET_USER = Operation.of(
                    "user:get", Part.ACCOUNT, GetUser.class, User.class, (c, q) -> q.id())
            .http("GET", "/users/{id}")
            .summary("Shows a user", Fault.NOT_FOUND);

    public static final Operation<FindUsers, Users> FIND_USERS = Operation.of(
                    "user:find", Part.ACCOUNT, FindUsers.class, Users.class, AccountOperations::self)
            .http("GET", "/users")
            .summary("Finds users by the beginning of a name");

    public static final Operation<SetRoles, User> SET_ROLES = Operation.of(
                    "user:set-roles", Part.ACCOUNT, SetRoles.class, User.class, (c, q) -> q.id())
            .access(Operation.Access.ADMIN)
            .http("PUT", "/users/{id}/roles")
            .summary("Sets the roles of a user", Fault.NOT_FOUND);

    public static final Operation<SetDisabled, User> SET_DISABLED = Operation.of(
                    "user:set-disabled", Part.ACCOUNT, SetDisabled.class, User.class, (c, q) -> q.id())
            .access(Operation.Access.ADMIN)
            .http("PUT", "/users/{id}/disabled")
            .summary("Disables a user, or lets them in again", Fault.NOT_FOUND);

    public static final List<Operation<?, ?>> ALL = List.of(
            REGISTER,
            LOGIN,
            REFRESH,
            LOGOUT,
            VALIDATE_TOKEN,
            GET_ME,
            UPDATE_ME,
            DELETE_ME,
            SESSIONS,
            REVOKE_SESSION,
            GET_USER,
            FIND_USERS,
            SET_ROLES,
            SET_DISABLED);
}
