package dev.switchboard.room;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.ConversationOperations.Removed;
import dev.switchboard.protocol.ConversationOperations.Updated;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Who belongs to a conversation: decided by its owner, kept in the database, told to those concerned. */
final class Membership {
    private final RoomShard shard;
    private final ConversationStore store;
    private final UserNotices notices;

    Membership(RoomShard shard, ConversationStore store, UserNotices notices) {
        this.shard = shard;
        this.store = store;
        this.notices = notices;
    }

    /** Lets a member pass, and makes whoever enters a channel a member of it. */
    Future<Member> admit(LiveRoom live, Caller caller) {
        Member member = live.room().members().get(caller.user());
        if (member != null || !live.room().kind().equals(Conversation.CHANNEL)) {
            return Future.succeededFuture(live.room().member(caller.user()));
        }
        return add(live, List.of(caller.user())).map(added -> live.room().member(caller.user()));
    }

    /** Adds people; who is a member already stays as they are. */
    Future<Void> add(LiveRoom live, Collection<UUID> users) {
        Room room = live.room();
        List<UUID> missing = users.stream()
                .distinct()
                .filter(u -> !room.members().containsKey(u))
                .toList();
        if (missing.isEmpty()) {
            return Future.succeededFuture();
        }
        return store.addMembers(room.id(), missing).compose(added -> {
            if (added.members().size() < missing.size()) {
                return Future.failedFuture(Fault.NOT_FOUND.because("No such user."));
            }
            boolean counted = !room.kind().equals(Conversation.CHANNEL);
            return shard.changed(
                            live,
                            counted ? added.version() - 1 : added.version(),
                            added.version(),
                            () -> added.members().forEach(room::put))
                    .compose(known -> {
                        tellMembers(live);
                        return store.views(room.id(), missing);
                    })
                    .map(views -> {
                        views.forEach((user, view) ->
                                notices.tell(List.of(user), Event.personal(Event.CONVERSATION_ADDED, view)));
                        return null;
                    });
        });
    }

    /** Removes somebody, who also stops hearing of the room. */
    Future<Void> remove(LiveRoom live, UUID user) {
        Room room = live.room();
        return store.removeMember(room.id(), user).compose(version -> {
            shard.evict(live, user);
            notices.tell(List.of(user), Event.personal(Event.CONVERSATION_REMOVED, new Removed(room.id())));
            return shard.changed(live, version - 1, version, () -> room.remove(user))
                    .onSuccess(known -> tellMembers(live));
        });
    }

    Future<Void> setRole(LiveRoom live, UUID user, String role) {
        Member before = live.room().member(user);
        Room room = live.room();
        return store.setRole(room.id(), user, role)
                .compose(version -> shard.changed(live, version - 1, version, () -> room.put(before.withRole(role))))
                .onSuccess(known -> tellMembers(live));
    }

    /** In large rooms {@link Following#tellCount} does so, gathered: thousands may enter a channel at once. */
    private void tellMembers(LiveRoom live) {
        Room room = live.room();
        if (room.isSmall()) {
            shard.publishState(
                    live,
                    Event.state(
                            Event.CONVERSATION_UPDATED,
                            room.id(),
                            Updated.members(
                                    room.id(), List.copyOf(room.members().values()))));
        }
    }
}
