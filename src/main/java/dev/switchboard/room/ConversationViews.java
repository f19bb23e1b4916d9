package dev.switchboard.room;

import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.ConversationOperations.Page;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Conversations and their members, as they are shown and listed. */
interface ConversationViews {
    /** The conversation as each of these members sees it. */
    Future<Map<UUID, Conversation>> of(UUID roomId, Collection<UUID> users);

    /** The conversations of a user, latest message first, from {@code cursor} on; throws when it is no cursor. */
    Future<Page> list(UUID user, @Nullable String cursor, int limit);

    /** A channel by its short name, as anybody sees it; null when there is none. */
    Future<@Nullable Conversation> bySlug(String slug, UUID user);

    /** Members after a user id, in the order of ids; with {@code prefix} those whose name begins with it. */
    Future<List<Member>> members(UUID roomId, @Nullable String prefix, @Nullable UUID after, int limit);
}
