package dev.switchboard.protocol;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: stamped by the door from a verified token, never taken from what a client says.
 *
 * @param userId the user, or null for an anonymous caller
 * @param username the login name at the time the token was issued
 * @param name the display name at that time
 * @param roles for example {@code user}, {@code admin}
 * @param sessionId the session that the token belongs to
 * @param socketId the event-bus socket that the request came through, or null for HTTP
 * @param requestId ties log lines together
 */
public record Caller(
        @Nullable UUID userId,
        String username,
        String name,
        Set<String> roles,
        @Nullable UUID sessionId,
        @Nullable String socketId,
        String requestId) {

    public static final String ADMIN = "admin";

    public static Caller anonymous(String requestId) {
        return new Caller(null, "", "", Set.of(), null, null, requestId);
    }

    /** What the platform itself asks for, on nobody's behalf. */
    public static Caller system() {
        return new Caller(null, "system", "system", Set.of(), null, null, "system");
    }

    /**
     * The user.
     *
     * @throws FaultException {@link Fault#UNAUTHORIZED} for an anonymous caller
     */
    public UUID user() {
        if (userId == null) {
            throw Fault.UNAUTHORIZED.because("Sign in first.");
        }
        return userId;
    }

    public boolean isAdmin() {
        return roles.contains(ADMIN);
    }
}
