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
    private final ConversationViews views;
    private final UserNotices notices;

    Membership(RoomShard shard, ConversationStore store, ConversationViews views, UserNotices notices) {
        this.shard = shard;
        this.store = store;
        this.views = views;
        this.notices = notices;
    }

    /** Lets a member pass, and makes whoever enters a channel a member of it. */
    Future<Member> admit(LiveRoom live, Caller caller) {
        Member member = live.room().members().get(caller.user());
        if (member != null || !live.room().kind().equals(Conversation.CHANNEL)) {
            return Future.succeededFuture(live.room().member(caller.user()));
        }
        return add(live, caller.user(), List.of(caller.user()))
                .map(added -> live.room().member(caller.user()));
    }

    /** Adds people in the name of a manager; who is a member already stays as they are. Everybody may enter a channel. */
    Future<Void> add(LiveRoom live, UUID by, Collection<UUID> users) {
        // Thousands may enter a channel at once: they need not wait for each other.
        return live.membership().shared(() -> {
            shard.check(live);
            boolean enters = live.room().kind().equals(Conversation.CHANNEL)
                    && List.of(by).equals(List.copyOf(users));
            if (!enters) {
                live.room().manager(by);
            }
            return addNow(live, users);
        });
    }

    private Future<Void> addNow(LiveRoom live, Collection<UUID> users) {
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
                        return views.of(room.id(), missing);
                    })
                    .map(seen -> {
                        seen.forEach((user, view) ->
                                notices.tell(List.of(user), Event.personal(Event.CONVERSATION_ADDED, view)));
                        return null;
                    });
        });
    }

    /** Removes somebody, who also stops hearing of the room; a manager anybody but owners, everybody oneself. */
    Future<Void> remove(LiveRoom live, UUID by, UUID user) {
        return live.membership().alone(() -> {
            shard.check(live);
            Room room = live.room();
            Member target = room.members().get(user);
            if (!user.equals(by)) {
                room.manager(by);
                if (target != null && target.role().equals(Member.OWNER)) {
                    throw Fault.FORBIDDEN.because("The owner cannot be removed.");
                }
            }
            if (target == null) {
                // Removed before: by this request, too, if its first answer was lost, and maybe its eviction with it.
                shard.evict(live, user);
                return Future.succeededFuture();
            }
            return store.removeMember(room.id(), user).compose(removal -> {
                shard.evict(live, user);
                notices.tell(List.of(user), Event.personal(Event.CONVERSATION_REMOVED, new Removed(room.id())));
                return shard.changed(live, removal.version() - 1, removal.version(), () -> {
                            room.remove(user);
                            UUID heir = removal.heir();
                            if (heir != null) {
                                raise(room, heir, Member.OWNER);
                            }
                        })
                        .onSuccess(known -> tellMembers(live));
            });
        });
    }

    /** Sets a role in the name of an owner. Somebody must remain who may do that: else {@code conflict}. */
    Future<Void> setRole(LiveRoom live, UUID by, UUID user, String role) {
        return live.membership().alone(() -> {
            shard.check(live);
            Room room = live.room();
            Member self = room.member(by);
            if (user.equals(by) && self.role().equals(role)) {
                // Sent again, maybe, by somebody who is no owner since the first time.
                return Future.succeededFuture();
            }
            if (!self.role().equals(Member.OWNER)) {
                throw Fault.FORBIDDEN.because("Only owners of the conversation may set roles.");
            }
            Member target = room.members().get(user);
            if (target == null) {
                throw Fault.NOT_FOUND.because("No such member.");
            }
            if (target.role().equals(Member.OWNER) && !role.equals(Member.OWNER) && owners(room) == 1) {
                throw Fault.CONFLICT.because("Somebody must own the conversation: make somebody else an owner first.");
            }
            return store.setRole(room.id(), user, role)
                    .compose(version -> shard.changed(live, version - 1, version, () -> raise(room, user, role)))
                    .onSuccess(known -> tellMembers(live));
        });
    }

    private static long owners(Room room) {
        return room.members().values().stream()
                .filter(member -> member.role().equals(Member.OWNER))
                .count();
    }

    /** Gives a role to whoever is still a member. */
    private static void raise(Room room, UUID user, String role) {
        Member member = room.members().get(user);
        if (member != null) {
            room.put(member.withRole(role));
        }
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
