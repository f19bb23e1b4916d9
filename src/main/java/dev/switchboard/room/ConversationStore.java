package dev.switchboard.room;

import dev.switchboard.protocol.Conversation.Member;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Conversations and their members, as they are made and changed. */
interface ConversationStore {
    /**
     * What a new conversation starts with.
     *
     * @param directKey present for direct ones only
     * @param clientId the owner's word for this request; null when it is not to be repeated
     */
    record NewConversation(
            UUID id,
            String kind,
            @Nullable String title,
            @Nullable String directKey,
            UUID owner,
            List<UUID> others,
            @Nullable String clientId) {}

    /** Which conversation there is now, and how it came to be. */
    record Made(UUID id, Outcome outcome) {}

    /** What came of a request to make a conversation. */
    enum Outcome {
        NEW,
        /** The same request was carried out before. */
        REPEATED,
        /** The pair has a direct conversation already. */
        EXISTING
    }

    /** Fails with {@code not_found} when some member is no user. */
    Future<Made> create(NewConversation conversation);

    /** @param version the room's count of changes after this one; entering a channel is not counted */
    record Added(List<Member> members, long version) {}

    /**
     * Adds all of these different users, or nobody: when one of them does not exist.
     *
     * @return those added
     */
    Future<Added> addMembers(UUID roomId, Collection<UUID> users);

    /**
     * What came of a removal.
     *
     * @param version the room's count of changes after this one
     * @param heir who became an owner, or null
     */
    record Removal(long version, @Nullable UUID heir) {}

    /**
     * Removes somebody. When no owner remains, the oldest administrator becomes one, or else the oldest member.
     *
     * @return fails with {@code not_found} when there is no room
     */
    Future<Removal> removeMember(UUID roomId, UUID user);

    /** @return the room's count of changes after this one; {@code not_found} when there is no such member */
    Future<Long> setRole(UUID roomId, UUID user, String role);

    /** @return the room's count of changes after this one; {@code not_found} when there is no room */
    Future<Long> rename(UUID roomId, String title);

    /** Deletes a conversation with everything in it; who did it is known for some minutes. */
    Future<Void> delete(UUID roomId, UUID by);

    /** Whether this user deleted the conversation lately. */
    Future<Boolean> wasDeleted(UUID roomId, UUID by);
}
