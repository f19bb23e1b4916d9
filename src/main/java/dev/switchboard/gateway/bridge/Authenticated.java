package dev.switchboard.gateway.bridge;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.identity.Identity;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The reply of {@code auth}. The user is what the token says: a herd that comes back asks no database. */
record Authenticated(UserOfToken user, String socketId, String resumeToken, Instant expiresAt) {

    /** The fields of {@link dev.switchboard.protocol.User} that a token carries. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record UserOfToken(UUID id, String username, String displayName, @Nullable String email, Set<String> roles) {}

    static Authenticated of(Identity identity, String socketId, String resumeToken) {
        var user = new UserOfToken(
                identity.user(), identity.username(), identity.name(), identity.email(), identity.roles());
        return new Authenticated(user, socketId, resumeToken, identity.expiresAt());
    }
}
