package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Accounts: users, sign-in, tokens, sessions. */
public final class AccountOperations {
    private static final Pattern USERNAME = Pattern.compile("[\\p{L}\\p{N}._-]+");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+");
    private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9_-]{0,31}");

    private AccountOperations() {}

    /** Characters of a user agent that are kept, to tell one's sessions apart. */
    public static final int MAX_USER_AGENT = 256;

    /** @param userAgent what the session will be shown as; set by the door */
    public record Register(
            String username,
            String email,
            String password,
            @Nullable String displayName,
            @Nullable String phoneNumber,
            @Nullable String userAgent) {
        public Register {
            new Checks()
                    .text("username", username, 2, 32)
                    .matches("username", username, USERNAME, "may have letters, digits, dot, dash and underscore")
                    .text("email", email, 3, 254)
                    .matches("email", email, EMAIL, "must be an e-mail address")
                    .text("password", password, 8, 128)
                    .optionalText("displayName", displayName, 1, 64)
                    .optionalText("phoneNumber", phoneNumber, 3, 32)
                    .optionalText("userAgent", userAgent, 1, MAX_USER_AGENT)
                    .done();
        }
    }

    /**
     * Either name may be given; {@code username} may also hold an e-mail address.
     *
     * @param userAgent what the session will be shown as; set by the door
     */
    public record Login(
            @Nullable String username, @Nullable String email, String password, @Nullable String userAgent) {
        public Login {
            new Checks()
                    .that(username != null || email != null, "username", "or email is required")
                    .optionalText("username", username, 1, 254)
                    .optionalText("email", email, 1, 254)
                    .text("password", password, 1, 128)
                    .optionalText("userAgent", userAgent, 1, MAX_USER_AGENT)
                    .done();
        }

        public String name() {
            return username != null ? username : String.valueOf(email);
        }
    }

    /** The answer to signing in; the HTTP door adds the cookies. */
    public record SignedIn(User user, String accessToken, String refreshToken, String tokenType, long expiresIn) {}

    /** By body, or by the {@code refresh} cookie, which the HTTP door puts here. */
    public record Refresh(String refreshToken) {
        public Refresh {
            new Checks().text("refreshToken", refreshToken, 16, 256).done();
        }
    }

    public record Empty() {}

    public record ValidateToken(String token) {
        public ValidateToken {
            new Checks().text("token", token, 1, 8192).done();
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TokenStatus(boolean valid, @Nullable User user) {}

    /** What is absent stays as it is. A new password needs the current one and ends every other session. */
    public record UpdateMe(
            @Nullable String displayName,
            @Nullable String email,
            @Nullable String phoneNumber,
            @Nullable String avatarUrl,
            @Nullable String password,
            @Nullable String currentPassword) {
        public UpdateMe {
            new Checks()
                    .optionalText("displayName", displayName, 1, 64)
                    .optionalText("email", email, 3, 254)
                    .matches("email", email, EMAIL, "must be an e-mail address")
                    .optionalText("phoneNumber", phoneNumber, 3, 32)
                    .optionalText("avatarUrl", avatarUrl, 1, 2048)
                    .optionalText("password", password, 8, 128)
                    .that(password == null || currentPassword != null, "currentPassword", "is required")
                    .done();
        }
    }

    public record GetUser(UUID id) {
        public GetUser {
            new Checks().required("id", id).done();
        }
    }

    /** @param query a beginning of a username or display name; everybody when absent */
    public record FindUsers(@Nullable String query, @Nullable String cursor, @Nullable Integer limit) {
        public FindUsers {
            new Checks()
                    .optionalText("query", query, 0, 64)
                    .optionalText("cursor", cursor, 1, 128)
                    .range("limit", limit, 1, 100)
                    .done();
        }
    }

    public record Users(List<User> items, @Nullable String next) {}

    /** For administrators. */
    public record SetRoles(UUID id, Set<String> roles) {
        public SetRoles {
            var checks = new Checks().required("id", id).required("roles", roles);
            if (roles != null) {
                checks.that(roles.size() <= 16, "roles", "must be at most 16");
                roles.forEach(r -> checks.matches("roles", r, ROLE, "must be lower-case names of at most 32 letters"));
            }
            checks.done();
        }
    }

    /** For administrators: a disabled user is signed out everywhere and cannot sign in. */
    public record SetDisabled(UUID id, boolean disabled) {
        public SetDisabled {
            new Checks().required("id", id).done();
        }
    }

    public record Session(
            UUID id, Instant createdAt, Instant lastUsedAt, @Nullable String userAgent, boolean current) {}

    public record Sessions(List<Session> items, @Nullable String next) {}

    public record RevokeSession(UUID sessionId) {
        public RevokeSession {
            new Checks().required("sessionId", sessionId).done();
        }
    }

    private static Object self(Caller caller, Object request) {
        return caller.user();
    }

    public static final Operation<Register, SignedIn> REGISTER = Operation.of(
                    "account:register", Part.ACCOUNT, Register.class, SignedIn.class, (c, q) -> q.username())
            .access(Operation.Access.PUBLIC)
            .http("POST", "/auth/register", 201)
            .http("POST", "/auth/signup", 201);

    public static final Operation<Login, SignedIn> LOGIN = Operation.of(
                    "account:login", Part.ACCOUNT, Login.class, SignedIn.class, (c, q) -> q.name())
            .access(Operation.Access.PUBLIC)
            .http("POST", "/auth/login");

    public static final Operation<Refresh, SignedIn> REFRESH = Operation.of(
                    "account:refresh", Part.ACCOUNT, Refresh.class, SignedIn.class, (c, q) -> q.refreshToken())
            .access(Operation.Access.PUBLIC)
            .http("POST", "/auth/refresh");

    public static final Operation<Empty, Nothing> LOGOUT = Operation.of(
                    "account:logout", Part.ACCOUNT, Empty.class, Nothing.class, AccountOperations::self)
            .http("POST", "/auth/logout");

    public static final Operation<ValidateToken, TokenStatus> VALIDATE_TOKEN = Operation.of(
                    "account:validate-token", Part.ACCOUNT, ValidateToken.class, TokenStatus.class, (c, q) -> q.token()
                            .hashCode())
            .access(Operation.Access.PUBLIC)
            .http("POST", "/auth/validate-token");

    public static final Operation<Empty, User> GET_ME = Operation.of(
                    "user:me", Part.ACCOUNT, Empty.class, User.class, AccountOperations::self)
            .http("GET", "/users/me");

    public static final Operation<UpdateMe, User> UPDATE_ME = Operation.of(
                    "user:update", Part.ACCOUNT, UpdateMe.class, User.class, AccountOperations::self)
            .http("PUT", "/users/me");

    public static final Operation<Empty, Nothing> DELETE_ME = Operation.of(
                    "user:delete", Part.ACCOUNT, Empty.class, Nothing.class, AccountOperations::self)
            .http("DELETE", "/users/me");

    public static final Operation<Empty, Sessions> SESSIONS = Operation.of(
                    "session:list", Part.ACCOUNT, Empty.class, Sessions.class, AccountOperations::self)
            .http("GET", "/users/me/sessions");

    public static final Operation<RevokeSession, Nothing> REVOKE_SESSION = Operation.of(
                    "session:revoke", Part.ACCOUNT, RevokeSession.class, Nothing.class, AccountOperations::self)
            .http("DELETE", "/users/me/sessions/{sessionId}");

    public static final Operation<GetUser, User> GET_USER = Operation.of(
                    "user:get", Part.ACCOUNT, GetUser.class, User.class, (c, q) -> q.id())
            .http("GET", "/users/{id}");

    public static final Operation<FindUsers, Users> FIND_USERS = Operation.of(
                    "user:find", Part.ACCOUNT, FindUsers.class, Users.class, AccountOperations::self)
            .http("GET", "/users");

    public static final Operation<SetRoles, User> SET_ROLES = Operation.of(
                    "user:set-roles", Part.ACCOUNT, SetRoles.class, User.class, (c, q) -> q.id())
            .access(Operation.Access.ADMIN)
            .http("PUT", "/users/{id}/roles");

    public static final Operation<SetDisabled, User> SET_DISABLED = Operation.of(
                    "user:set-disabled", Part.ACCOUNT, SetDisabled.class, User.class, (c, q) -> q.id())
            .access(Operation.Access.ADMIN)
            .http("PUT", "/users/{id}/disabled");

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
