package dev.switchboard.room;

import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.ConversationOperations.Page;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Membership in the memory of a {@link FakeRoomStore}. */
final class FakeConversationStore implements ConversationStore, ConversationViews {
    private final FakeRoomStore rooms;

    FakeConversationStore(FakeRoomStore rooms) {
        this.rooms = rooms;
    }

    @Override
    public Future<Added> addMembers(UUID roomId, Collection<UUID> users) {
        List<Member> added = users.stream().map(rooms::addMember).toList();
        return Future.succeededFuture(new Added(added, rooms.count()));
    }

    @Override
    public Future<Removal> removeMember(UUID roomId, UUID user) {
        rooms.removeMember(user);
        return Future.succeededFuture(new Removal(rooms.count(), null));
    }

    @Override
    public Future<Map<UUID, Conversation>> of(UUID roomId, Collection<UUID> users) {
        return Future.succeededFuture(Map.of());
    }

    @Override
    public Future<Made> create(NewConversation conversation) {
        throw new AssertionError("not used here");
    }

    @Override
    public Future<Page> list(UUID user, String cursor, int limit) {
        throw new AssertionError("not used here");
    }

    @Override
    public Future<Conversation> bySlug(String slug, UUID user) {
        throw new AssertionError("not used here");
    }

    @Override
    public Future<Long> setRole(UUID roomId, UUID user, String role) {
        return rooms.role(user, role)
                ? Future.succeededFuture(rooms.count())
                : Future.failedFuture(Fault.NOT_FOUND.because("No such member."));
    }

    @Override
    public Future<Long> rename(UUID roomId, String title) {
        throw new AssertionError("not used here");
    }

    @Override
    public Future<Void> delete(UUID roomId, UUID by) {
        rooms.delete();
        return Future.succeededFuture();
    }

    @Override
    public Future<Boolean> wasDeleted(UUID roomId, UUID by) {
        return Future.succeededFuture(true);
    }

    @Override
    public Future<List<Member>> members(UUID roomId, String prefix, UUID after, int limit) {
        throw new AssertionError("not used here");
    }
}
