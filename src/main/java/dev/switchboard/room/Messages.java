package dev.switchboard.room;

import dev.switchboard.bus.Faults;
import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.MeetingOperations.Say;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.RoomOperations.Changed;
import dev.switchboard.protocol.RoomOperations.Delete;
import dev.switchboard.protocol.RoomOperations.Edit;
import dev.switchboard.protocol.RoomOperations.History;
import dev.switchboard.protocol.RoomOperations.Read;
import dev.switchboard.protocol.RoomOperations.ReadState;
import dev.switchboard.protocol.RoomOperations.Send;
import dev.switchboard.protocol.RoomOperations.Sent;
import dev.switchboard.protocol.RoomOperations.Unread;
import dev.switchboard.room.Committer.AlreadySent;
import dev.switchboard.room.Room.ClientKey;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sending, changing and reading messages, by the owner of their room. */
final class Messages {
    private static final int PAGE = 50;

    private final RoomShard shard;
    private final UserNotices notices;
    /** Messages with a change under way, as they will stand: the next change builds on it, even if its room was reloaded. */
    private final Map<UUID, Message> changing = new HashMap<>();

    Messages(RoomShard shard, UserNotices notices) {
        this.shard = shard;
        this.notices = notices;
    }

    void register(Handlers handlers) {
        handlers.on(RoomOperations.SEND, this::send)
                .on(RoomOperations.EDIT, this::edit)
                .on(RoomOperations.DELETE, this::delete)
                .on(RoomOperations.READ, this::read)
                .on(RoomOperations.HISTORY, this::history);
    }

    private Future<Sent> send(Caller caller, Send q) {
        return shard.room(q.conversationId())
                .compose(live -> write(live, caller, q), missing -> inMeeting(caller, q, missing));
    }

    /** A room may be a meeting: its chat is not ours to keep. */
    private Future<Sent> inMeeting(Caller caller, Send q, Throwable missing) {
        if (Faults.of(missing).fault() != Fault.NOT_FOUND) {
            return Future.failedFuture(missing);
        }
        Say say = new Say(q.conversationId(), q.content(), q.type(), q.clientId(), q.replyTo());
        return shard.bus()
                .call(MeetingOperations.SAY, caller, say)
                .recover(e -> Future.failedFuture(Faults.of(e).fault() == Fault.NOT_FOUND ? missing : e));
    }

    private Future<Sent> write(LiveRoom live, Caller caller, Send q) {
        UUID sender = caller.user();
        Room room = live.room();
        room.member(sender);
        String clientId = q.clientId();
        Sent before = clientId == null ? null : room.recall(new ClientKey(sender, clientId));
        if (before != null) {
            return Future.succeededFuture(before);
        }
        Message message = new Message(
                Ids.next(),
                room.id(),
                0,
                sender,
                caller.name(),
                q.type() == null ? "text" : q.type(),
                q.content(),
                clientId,
                q.replyTo(),
                now(),
                null,
                false,
                1);
        return shard.committer()
                .append(room.id(), Draft.created(message))
                .map(event -> {
                    stopTyping(live, sender);
                    notices.message(live, event.data());
                    return new Sent(
                            event.data().id(), event.data().seq(), event.data().createdAt(), false);
                })
                .recover(e -> e instanceof AlreadySent already
                        ? Future.succeededFuture(already.sent())
                        : Future.failedFuture(e));
    }

    private void stopTyping(LiveRoom live, UUID user) {
        var ended = live.typists().stop(user);
        if (ended != null) {
            shard.publishState(live, Event.state(Event.STOP_TYPING, live.room().id(), ended));
        }
    }

    private Future<Changed> edit(Caller caller, Edit q) {
        return inRoomOf(
                q.messageId(),
                q.conversationId(),
                caller,
                RoomOperations.EDIT,
                id -> new Edit(q.messageId(), q.content(), id),
                live -> change(live, q.messageId(), Event.MESSAGE_UPDATED, (message, at) -> live.room()
                        .edit(message, caller.user(), q.content(), at)));
    }

    private Future<Changed> delete(Caller caller, Delete q) {
        return inRoomOf(
                q.messageId(),
                q.conversationId(),
                caller,
                RoomOperations.DELETE,
                id -> new Delete(q.messageId(), id),
                live -> change(live, q.messageId(), Event.MESSAGE_DELETED, (message, at) -> live.room()
                        .delete(message, caller.user(), at)));
    }

    /** @param rule what the message becomes; the same message when there is nothing to change */
    Future<Changed> change(LiveRoom live, UUID messageId, String type, BiFunction<Message, Instant, Message> rule) {
        return current(live, messageId).compose(read -> {
            // Other changes may have started while this one read, and ended, too.
            Message known = known(live, messageId);
            Message before = known == null ? read : known;
            Instant at = now();
            Message after = rule.apply(before, at);
            if (after.equals(before)) {
                // Asked for again. It is answered like the first time: after the commit.
                return changing.containsKey(messageId)
                        ? Future.failedFuture(Fault.MOVED.because("The change is being stored."))
                        : Future.succeededFuture(new Changed(before.version()));
            }
            changing.put(messageId, after);
            return shard.committer()
                    .append(live.room().id(), new Draft(type, at, after))
                    .onComplete(done -> changing.remove(messageId, after))
                    .map(event -> new Changed(after.version()));
        });
    }

    private Future<Message> current(LiveRoom live, UUID messageId) {
        Message known = known(live, messageId);
        if (known != null) {
            return Future.succeededFuture(known);
        }
        return shard.store().message(messageId).map(found -> {
            if (found == null || !found.roomId().equals(live.room().id())) {
                throw Fault.NOT_FOUND.because("No such message.");
            }
            return found;
        });
    }

    /** The message as far as the owner knows of its latest change; null when that is long ago. */
    private @Nullable Message known(LiveRoom live, UUID messageId) {
        Message underWay = changing.get(messageId);
        return underWay == null ? live.room().recentMessage(messageId) : underWay;
    }

    private Future<Unread> read(Caller caller, Read q) {
        UUID user = caller.user();
        return inRoomOf(
                q.messageId(),
                q.conversationId(),
                caller,
                RoomOperations.READ,
                id -> new Read(q.messageId(), id),
                live -> {
                    live.room().member(user);
                    return current(live, q.messageId()).compose(message -> shard.store()
                            .markRead(live.room().id(), user, message.seq())
                            .map(unread -> {
                                live.room().read(user, message.seq());
                                if (live.room().isSmall()) {
                                    shard.publishState(
                                            live,
                                            Event.state(
                                                    Event.MESSAGE_READ,
                                                    live.room().id(),
                                                    new ReadState(
                                                            user,
                                                            message.id(),
                                                            message.seq(),
                                                            live.room().id())));
                                }
                                return new Unread(unread);
                            }));
                });
    }

    private Future<RoomOperations.Messages> history(Caller caller, History q) {
        return shard.room(q.conversationId()).compose(live -> {
            live.room().member(caller.user());
            int limit = q.limit() == null ? PAGE : q.limit();
            return shard.store()
                    .history(q.conversationId(), q.before(), q.after(), limit + 1)
                    .map(found -> page(found, limit, q.after() != null));
        });
    }

    private static RoomOperations.Messages page(List<Message> found, int limit, boolean forward) {
        if (found.size() <= limit) {
            return new RoomOperations.Messages(found, null);
        }
        List<Message> page = new ArrayList<>(forward ? found.subList(0, limit) : found.subList(1, found.size()));
        long next = forward ? page.get(page.size() - 1).seq() : page.get(0).seq();
        return new RoomOperations.Messages(page, Long.toString(next));
    }

    /** Does something in the room of a message; when the client did not name the room, finds it and asks its owner. */
    private <Q extends Record, R extends Record> Future<R> inRoomOf(
            UUID messageId,
            @Nullable UUID roomId,
            Caller caller,
            Operation<Q, R> operation,
            Function<UUID, Q> inRoom,
            Function<LiveRoom, Future<R>> action) {
        if (roomId != null) {
            return shard.room(roomId).compose(action);
        }
        return shard.store().message(messageId).compose(message -> {
            if (message == null) {
                return Future.failedFuture(Fault.NOT_FOUND.because("No such message."));
            }
            return shard.bus().forward(operation, caller, inRoom.apply(message.roomId()));
        });
    }

    /** PostgreSQL keeps microseconds: what is answered is what will be read again. */
    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
