package dev.switchboard.gateway.bridge;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Call;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The reply of {@code auth}. The user is what the token says: a herd that comes back asks no database. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Authenticated(UserOfToken user, String socketId, String resumeToken, Instant expiresAt, @Nullable Call call) {

    /** The fields of {@link dev.switchboard.protocol.User} that a token carries. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record UserOfToken(UUID id, String username, String displayName, @Nullable String email, Set<String> roles) {}

    static Authenticated of(Identity identity, String socketId, String resumeToken) {
        var user = new UserOfToken(
                identity.user(), identity.username(), identity.name(), identity.email(), identity.roles());
        return new Authenticated(user, socketId, resumeToken, identity.expiresAt(), null);
    }

    /** The same with the call that goes on, if there is one. */
    Authenticated with(@Nullable Call resumed) {
        return new Authenticated(user, socketId, resumeToken, expiresAt, resumed);
    }
}
