package dev.switchboard.identity;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a verified access token says.
 *
 * @param subject {@code sub} as it stands there
 * @param userId the subject as a user of the platform; null when it can be none, as in tokens of others
 * @param sessionId which session can be revoked; null for tokens of others, which end only with {@code exp}
 */
public record Identity(
        String subject,
        @Nullable UUID userId,
        String username,
        String name,
        @Nullable String email,
        @Nullable String phoneNumber,
        Set<String> roles,
        @Nullable UUID sessionId,
        Instant expiresAt) {

    /**
     * The user of the platform.
     *
     * @throws dev.switchboard.protocol.FaultException {@code forbidden} when the subject is none
     */
    public UUID user() {
        if (userId == null) {
            throw Fault.FORBIDDEN.because("The token is good, but its subject is no user of this platform.");
        }
        return userId;
    }

    /**
     * This user as the caller of an operation.
     *
     * @throws dev.switchboard.protocol.FaultException {@code forbidden} when the subject is no user of the platform
     */
    public Caller caller(@Nullable String socketId, String requestId) {
        return new Caller(user(), username, name, roles, sessionId, socketId, requestId);
    }
}
