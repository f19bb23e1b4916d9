package dev.switchboard.identity;

import dev.switchboard.protocol.Caller;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a verified access token says. */
public record Identity(
        UUID userId,
        String username,
        String name,
        @Nullable String email,
        Set<String> roles,
        UUID sessionId,
        Instant expiresAt) {

    /** This user as the caller of an operation. */
    public Caller caller(@Nullable String socketId, String requestId) {
        return new Caller(userId, username, name, roles, sessionId, socketId, requestId);
    }
}
