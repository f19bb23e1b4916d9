package dev.switchboard.account;

import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The users, kept for good. Names and email addresses are compared without regard to case. */
interface UserStore {
    /** A user with what only this package may see. */
    record Account(User user, @Nullable String passwordHash, boolean disabled) {}

    /** What an update leaves null stays as it is. */
    record Changes(
            @Nullable String displayName,
            @Nullable String email,
            @Nullable String phoneNumber,
            @Nullable String avatarUrl,
            @Nullable String passwordHash) {}

    /** Fails with {@code username_taken} or {@code email_taken}. */
    Future<User> insert(User user, String passwordHash);

    /** By name or email address; null when there is none. */
    Future<@Nullable Account> byName(String name);

    /** Null when there is none, or none any more. */
    Future<@Nullable Account> byId(UUID id);

    /**
     * Fails with {@code email_taken}, or with {@code conflict} when the account does not have this password any more: it
     * was deleted, or its password changed, while the caller looked at it.
     */
    Future<User> update(UUID id, Changes changes, @Nullable String passwordHash);

    /** Adds a role that the user may have already. Fails with {@code not_found}. */
    Future<User> grant(UUID id, String role);

    /** Takes all roles away and gives these. Fails with {@code not_found}. */
    Future<User> setRoles(UUID id, Collection<String> roles);

    /** Fails with {@code not_found}. */
    Future<User> setDisabled(UUID id, boolean disabled);

    /** Takes everything personal away and gives the name free; what the user wrote stays. */
    Future<Void> anonymise(UUID id);

    /** Users whose name or display name begins so, by name, after a name; at most {@code limit}. */
    Future<List<User>> find(String prefix, @Nullable String afterUsername, int limit);
}
