package dev.switchboard.room;

import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.ConversationOperations;
import dev.switchboard.protocol.ConversationOperations.AddMembers;
import dev.switchboard.protocol.ConversationOperations.Create;
import dev.switchboard.protocol.ConversationOperations.Created;
import dev.switchboard.protocol.ConversationOperations.Find;
import dev.switchboard.protocol.ConversationOperations.Get;
import dev.switchboard.protocol.ConversationOperations.GetMember;
import dev.switchboard.protocol.ConversationOperations.ListMembers;
import dev.switchboard.protocol.ConversationOperations.MemberState;
import dev.switchboard.protocol.ConversationOperations.Members;
import dev.switchboard.protocol.ConversationOperations.Page;
import dev.switchboard.protocol.ConversationOperations.RemoveMember;
import dev.switchboard.protocol.ConversationOperations.Removed;
import dev.switchboard.protocol.ConversationOperations.SetRole;
import dev.switchboard.protocol.ConversationOperations.Update;
import dev.switchboard.protocol.ConversationOperations.Updated;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.room.ConversationStore.NewConversation;
import dev.switchboard.room.ConversationStore.Outcome;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Making, finding and changing conversations. What changes one is done by its owner; finding needs no owner. */
final class Conversations {
    private static final int PAGE = 50;

    private final RoomShard shard;
    private final ConversationStore store;
    private final ConversationViews views;
    private final Membership membership;
    private final UserNotices notices;
    private final Blockers blockers;

    Conversations(
            RoomShard shard,
            ConversationStore store,
            ConversationViews views,
            Membership membership,
            UserNotices notices,
            Blockers blockers) {
        this.shard = shard;
        this.store = store;
        this.views = views;
        this.membership = membership;
        this.notices = notices;
        this.blockers = blockers;
    }

    void register(Handlers handlers) {
        handlers.on(ConversationOperations.CREATE, this::create)
                .on(ConversationOperations.FIND, this::find)
                .on(ConversationOperations.GET, this::get)
                .on(ConversationOperations.UPDATE, this::update)
                .on(ConversationOperations.DELETE, this::delete)
                .on(ConversationOperations.LIST_MEMBERS, this::listMembers)
                .on(ConversationOperations.GET_MEMBER, this::getMember)
                .on(ConversationOperations.ADD_MEMBERS, this::addMembers)
                .on(ConversationOperations.REMOVE_MEMBER, this::removeMember)
                .on(ConversationOperations.SET_ROLE, this::setRole);
    }

    private Future<Created> create(Caller caller, Create q) {
        UUID owner = caller.user();
        List<UUID> others = Objects.requireNonNull(q.memberIds()).stream()
                .filter(id -> !id.equals(owner))
                .distinct()
                .toList();
        boolean direct = q.kind().equals(Conversation.DIRECT);
        if (direct && others.isEmpty()) {
            return Future.failedFuture(FaultException.invalid("memberIds", "must name somebody else"));
        }
        if (q.kind().equals(Conversation.CHANNEL) && q.title() == null) {
            return Future.failedFuture(FaultException.invalid("title", "is required"));
        }
        var draft = new NewConversation(
                Ids.next(),
                q.kind(),
                q.title(),
                direct ? ConversationOperations.pairKey(owner, others.get(0)) : null,
                owner,
                others,
                q.clientId());
        return store.create(draft).compose(made -> view(made.id(), owner).map(conversation -> {
            if (made.outcome() == Outcome.NEW) {
                tellAdded(made.id(), others);
            }
            return new Created(conversation, made.outcome() != Outcome.EXISTING);
        }));
    }

    private void tellAdded(UUID roomId, List<UUID> users) {
        views.of(roomId, users)
                .onSuccess(seen -> seen.forEach((user, conversation) ->
                        notices.tell(List.of(user), Event.personal(Event.CONVERSATION_ADDED, conversation))));
    }

    private Future<Conversation> view(UUID roomId, UUID user) {
        return views.of(roomId, List.of(user)).map(seen -> {
            Conversation view = seen.get(user);
            if (view == null) {
                throw Fault.NOT_FOUND.because("No such conversation.");
            }
            return view;
        });
    }

    private Future<Page> find(Caller caller, Find q) {
        String slug = q.slug();
        if (slug != null) {
            return views.bySlug(slug, caller.user())
                    .map(found -> new Page(found == null ? List.of() : List.of(found), null));
        }
        int limit = q.limit() == null ? PAGE : q.limit();
        return views.list(caller.user(), q.cursor(), limit);
    }

    private Future<Conversation> get(Caller caller, Get q) {
        return shard.room(q.id()).compose(live -> {
            live.room().member(caller.user());
            return view(q.id(), caller.user());
        });
    }

    private Future<Conversation> update(Caller caller, Update q) {
        return shard.room(q.id()).compose(live -> {
            notDirect(live);
            live.room().manager(caller.user());
            return store.rename(q.id(), q.title())
                    .compose(version -> shard.changed(
                            live, version - 1, version, () -> live.room().rename(q.title())))
                    .compose(known -> {
                        shard.publishState(
                                live,
                                Event.state(Event.CONVERSATION_UPDATED, q.id(), Updated.title(q.id(), q.title())));
                        return view(q.id(), caller.user());
                    });
        });
    }

    private Future<Nothing> delete(Caller caller, Get q) {
        return shard.room(q.id())
                .compose(live -> delete(caller, live))
                .recover(e -> e instanceof FaultException fault && fault.fault() == Fault.NOT_FOUND
                        ? deletedBefore(caller, q.id(), fault)
                        : Future.failedFuture(e));
    }

    private Future<Nothing> delete(Caller caller, LiveRoom live) {
        UUID id = live.room().id();
        Member member = live.room().member(caller.user());
        if (!member.role().equals(Member.OWNER) || live.room().kind().equals(Conversation.DIRECT)) {
            throw Fault.FORBIDDEN.because("Only the owner of a group or channel may delete it.");
        }
        List<UUID> members = List.copyOf(live.room().members().keySet());
        return store.delete(id, caller.user()).map(done -> {
            members.forEach(user -> shard.evict(live, user));
            notices.tell(members, Event.personal(Event.CONVERSATION_REMOVED, new Removed(id)));
            shard.giveUp(id);
            return Nothing.NOTHING;
        });
    }

    /** By this very request, if its first answer was lost. */
    private Future<Nothing> deletedBefore(Caller caller, UUID id, FaultException notFound) {
        return store.wasDeleted(id, caller.user())
                .compose(deleted -> deleted ? Future.succeededFuture(Nothing.NOTHING) : Future.failedFuture(notFound));
    }

    private Future<Members> listMembers(Caller caller, ListMembers q) {
        return shard.room(q.id()).compose(live -> {
            live.room().member(caller.user());
            int limit = q.limit() == null ? PAGE : q.limit();
            return views.members(q.id(), q.query(), uuid(q.cursor()), limit + 1).map(found -> {
                boolean more = found.size() > limit;
                List<Member> items = more ? found.subList(0, limit) : found;
                return new Members(items, more ? items.get(limit - 1).userId().toString() : null);
            });
        });
    }

    private Future<MemberState> getMember(Caller caller, GetMember q) {
        return shard.room(q.id()).compose(live -> {
            live.room().member(caller.user());
            Member member = live.room().members().get(q.userId());
            if (member == null) {
                throw Fault.NOT_FOUND.because("No such member.");
            }
            Future<List<UUID>> known = notices.online(List.of(member.userId()));
            Future<Map<UUID, Set<UUID>>> hidden = blockers.among(List.of(member.userId(), caller.user()));
            return Future.all(known, hidden).map(both -> {
                boolean online = !known.result().isEmpty() || live.audience().has(member.userId());
                boolean blocked =
                        hidden.result().getOrDefault(caller.user(), Set.of()).contains(member.userId());
                return new MemberState(
                        member.userId(),
                        member.username(),
                        member.role(),
                        member.joinedAt(),
                        member.readSeq(),
                        online && !blocked);
            });
        });
    }

    private static @Nullable UUID uuid(@Nullable String cursor) {
        try {
            return cursor == null ? null : UUID.fromString(cursor);
        } catch (IllegalArgumentException e) {
            throw FaultException.invalid("cursor", "is not one that we gave");
        }
    }

    private Future<Conversation> addMembers(Caller caller, AddMembers q) {
        return shard.room(q.id()).compose(live -> {
            notDirect(live);
            List<UUID> users = Objects.requireNonNull(q.userIds());
            return membership.add(live, caller.user(), users).compose(done -> view(q.id(), caller.user()));
        });
    }

    private Future<Nothing> removeMember(Caller caller, RemoveMember q) {
        return shard.room(q.id()).compose(live -> {
            notDirect(live);
            return membership.remove(live, caller.user(), q.userId()).map(done -> Nothing.NOTHING);
        });
    }

    private Future<Conversation> setRole(Caller caller, SetRole q) {
        return shard.room(q.id()).compose(live -> {
            notDirect(live);
            return membership
                    .setRole(live, caller.user(), q.userId(), q.role())
                    .compose(done -> view(q.id(), caller.user()));
        });
    }

    private static void notDirect(LiveRoom live) {
        if (live.room().kind().equals(Conversation.DIRECT)) {
            throw Fault.FORBIDDEN.because("A direct conversation stays as it is.");
        }
    }
}
