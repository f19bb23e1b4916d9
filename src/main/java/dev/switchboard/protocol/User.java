package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A user as others see it; {@code email} and {@code phoneNumber} only for the user and for administrators. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record User(
        UUID id,
        String username,
        String displayName,
        @Nullable String email,
        @Nullable String phoneNumber,
        List<String> roles,
        @Nullable String avatarUrl,
        Instant createdAt) {

    /** What everybody may see. */
    public User publicView() {
        return new User(id, username, displayName, null, null, roles, avatarUrl, createdAt);
    }
}
