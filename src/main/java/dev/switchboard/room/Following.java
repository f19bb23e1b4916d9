package dev.switchboard.room;

import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.ConversationOperations.Updated;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.RoomOperations.Follow;
import dev.switchboard.protocol.RoomOperations.Followed;
import dev.switchboard.protocol.RoomOperations.Join;
import dev.switchboard.protocol.RoomOperations.Joined;
import dev.switchboard.protocol.RoomOperations.Leave;
import dev.switchboard.protocol.RoomOperations.ParticipantState;
import dev.switchboard.protocol.RoomOperations.Typing;
import dev.switchboard.protocol.RoomOperations.TypingState;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Following a room live: who joins and leaves, what they missed, who types. */
final class Following {
    private final RoomShard shard;
    private final Membership membership;
    private final UserNotices notices;
    private final Blockers blockers;
    private final Supplier<Duration> grace;

    /** @param grace how long users of a lost node have to come back before they count as gone */
    Following(
            RoomShard shard, Membership membership, UserNotices notices, Blockers blockers, Supplier<Duration> grace) {
        this.shard = shard;
        this.membership = membership;
        this.notices = notices;
        this.blockers = blockers;
        this.grace = grace;
    }

    void register(Handlers handlers) {
        handlers.on(RoomOperations.JOIN, this::join)
                .on(RoomOperations.LEAVE, this::leave)
                .on(RoomOperations.FOLLOW, this::follow)
                .on(RoomOperations.TYPING, this::typing)
                .on(RoomOperations.STOP_TYPING, this::stopTyping);
    }

    /**
     * From a node that this one has lost, a request can still come, late: nobody would say that it is gone once more, and
     * what it follows would be sent into the void.
     */
    private Future<LiveRoom> room(UUID roomId, @Nullable String listener) {
        return listener == null || shard.bus().ownership().nodes().contains(listener)
                ? shard.room(roomId)
                : Future.failedFuture(Fault.MOVED.because("This node is not in the cluster."));
    }

    private Future<Joined> join(Caller caller, Join q) {
        UUID user = caller.user();
        return room(q.conversationId(), q.listener())
                .compose(live -> membership.admit(live, caller).map(live))
                .compose(live -> {
                    shard.check(live);
                    // From here to the head that is answered there is no gap: the node follows before anything is read.
                    String listener = q.listener();
                    if (listener != null && live.audience().join(listener, user)) {
                        tellParticipant(live, Event.PARTICIPANT_JOINED, user, caller.username());
                    }
                    return current(live.room(), q.afterSeq())
                            .compose(v -> missed(live.room(), q.afterSeq()))
                            .compose(missed -> joined(live, user, missed))
                            .map(joined -> {
                                shard.check(live);
                                // Removed while this waited: an eviction passed before there was anything to end.
                                live.room().member(user);
                                return joined;
                            });
                });
    }

    /** A client that has seen more than this owner knows of: the room had another owner, unnoticed. */
    private Future<?> current(Room room, @Nullable Long seen) {
        return seen == null || seen <= room.head()
                ? Future.succeededFuture()
                : shard.committer().catchUp(room);
    }

    /** @param recovered false when more was missed than one reply holds */
    private record Missed(long head, List<Event<Message>> events, boolean recovered) {}

    private Future<Missed> missed(Room room, @Nullable Long afterSeq) {
        long head = room.head();
        long newest = Math.max(0, head - Join.NEWEST);
        if (afterSeq == null) {
            return after(room, newest, head).map(events -> new Missed(head, events, true));
        }
        // A number from the future is of another history than ours: that client must reload, too.
        boolean recovered = afterSeq <= head && head - afterSeq <= Join.MAX_EVENTS;
        return after(room, recovered ? afterSeq : newest, head).map(events -> new Missed(head, events, recovered));
    }

    private Future<List<Event<Message>>> after(Room room, long from, long to) {
        List<Event<Message>> recent = room.after(from);
        return recent != null && room.head() == to
                ? Future.succeededFuture(recent)
                : shard.store().events(room.id(), from, Math.toIntExact(to - from));
    }

    private Future<Joined> joined(LiveRoom live, UUID user, Missed missed) {
        Room room = live.room();
        if (!room.isSmall()) {
            return Future.succeededFuture(new Joined(
                    room.id(),
                    missed.head(),
                    missed.events(),
                    missed.recovered(),
                    null,
                    null,
                    room.members().size(),
                    live.audience().size()));
        }
        Set<UUID> members = room.members().keySet();
        Future<List<UUID>> known = live.online().get(() -> notices.online(List.copyOf(members)));
        Future<Map<UUID, Set<UUID>>> hidden = live.blockers().get(() -> blockers.among(members));
        return Future.all(known, hidden).map(both -> {
            List<UUID> online = online(live, known.result(), hidden.result().getOrDefault(user, Set.of()));
            return new Joined(
                    room.id(),
                    missed.head(),
                    missed.events(),
                    missed.recovered(),
                    List.copyOf(room.members().values()),
                    online,
                    room.members().size(),
                    online.size());
        });
    }

    /** Whoever has the room open is online, even if the news of it is still on its way. */
    private static List<UUID> online(LiveRoom live, List<UUID> known, Set<UUID> hidden) {
        Set<UUID> all = new HashSet<>(known);
        return live.room().members().keySet().stream()
                .filter(user -> all.contains(user) || live.audience().has(user))
                .filter(user -> !hidden.contains(user))
                .toList();
    }

    private Future<Nothing> leave(Caller caller, Leave q) {
        String listener = q.listener();
        if (listener == null) {
            return Future.failedFuture(Fault.VALIDATION_FAILED.because("Only a socket can leave."));
        }
        UUID user = caller.user();
        return shard.room(q.conversationId()).map(live -> {
            if (live.audience().leave(listener, user)) {
                gone(live, user, caller.username());
            }
            return Nothing.NOTHING;
        });
    }

    private Future<Followed> follow(Caller caller, Follow q) {
        return room(q.roomId(), q.listener()).compose(live -> follow(live, q)).recover(e -> {
            if (e instanceof FaultException fault && fault.fault() == Fault.NOT_FOUND) {
                // Deleted, and the word of it was lost with the owner that was to send it.
                q.users().forEach(user -> shard.evict(q.roomId(), user, q.listener()));
                return Future.succeededFuture(new Followed(q.afterSeq(), List.of()));
            }
            return Future.failedFuture(e);
        });
    }

    private Future<Followed> follow(LiveRoom live, Follow q) {
        Set<UUID> members = live.room().members().keySet();
        live.audience()
                .follow(
                        q.listener(),
                        q.users().stream().filter(members::contains).toList());
        // Removed, and the word of it was lost: with the owner that was to send it, or on its way.
        q.users().stream()
                .filter(user -> !members.contains(user))
                .forEach(user -> shard.evict(q.roomId(), user, q.listener()));
        return current(live.room(), q.users().isEmpty() ? null : q.afterSeq()).compose(v -> {
            long head = live.room().head();
            long from = Math.min(q.afterSeq(), head);
            long to = Math.min(head, from + Join.MAX_EVENTS);
            return after(live.room(), from, to).map(events -> {
                shard.check(live);
                return new Followed(head, events);
            });
        });
    }

    private Future<Nothing> typing(Caller caller, Typing q) {
        return shard.room(q.conversationId()).map(live -> {
            live.room().member(caller.user());
            TypingState state = new TypingState(caller.user(), caller.username(), q.conversationId());
            if (live.room().isSmall() && live.typists().start(state, System.currentTimeMillis())) {
                shard.publishState(live, Event.state(Event.TYPING, live.room().id(), state));
            }
            return Nothing.NOTHING;
        });
    }

    private Future<Nothing> stopTyping(Caller caller, Typing q) {
        return shard.room(q.conversationId()).map(live -> {
            live.room().member(caller.user());
            typingEnded(live, live.typists().stop(caller.user()));
            return Nothing.NOTHING;
        });
    }

    private void typingEnded(LiveRoom live, @Nullable TypingState ended) {
        if (ended != null) {
            shard.publishState(live, Event.state(Event.STOP_TYPING, live.room().id(), ended));
        }
    }

    private void gone(LiveRoom live, UUID user, String username) {
        typingEnded(live, live.typists().stop(user));
        tellParticipant(live, Event.PARTICIPANT_LEFT, user, username);
    }

    private void tellParticipant(LiveRoom live, String type, UUID user, String username) {
        if (live.room().isSmall()) {
            shard.publishState(
                    live,
                    Event.state(
                            type,
                            live.room().id(),
                            new ParticipantState(user, username, live.room().id())));
        }
    }

    /** A node is gone: its users have some time to come back through another one. */
    void nodeLost(String node) {
        long deadline = System.nanoTime() + grace.get().toNanos();
        shard.loaded().forEach(live -> live.audience().nodeLost(node, deadline));
    }

    /** Ends what has run out: typing, and the time of those who did not come back. */
    void expire(LiveRoom live) {
        live.typists().expire(System.currentTimeMillis()).forEach(ended -> typingEnded(live, ended));
        for (UUID user : live.audience().expire(System.nanoTime())) {
            Conversation.Member member = live.room().members().get(user);
            gone(live, user, member == null ? "" : member.username());
        }
    }

    /** Tells large rooms how many there are, when it changed. */
    void tellCount(LiveRoom live) {
        if (!live.room().isSmall() && live.countsChanged()) {
            shard.publishState(
                    live,
                    Event.state(
                            Event.CONVERSATION_UPDATED,
                            live.room().id(),
                            Updated.counts(
                                    live.room().id(),
                                    live.room().members().size(),
                                    live.audience().size())));
        }
    }
}
