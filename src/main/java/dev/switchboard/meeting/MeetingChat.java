package dev.switchboard.meeting;

import dev.switchboard.bus.RecordChanges;
import dev.switchboard.bus.RecordStore;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.MeetingOperations.Say;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations.Followed;
import dev.switchboard.protocol.RoomOperations.Join;
import dev.switchboard.protocol.RoomOperations.Sent;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is said in meetings: numbered, told in order, kept while the meeting lives. */
final class MeetingChat implements RecordChanges.Work<Chat> {
    private final RecordStore<Chat> store;
    private final Meetings meetings;
    private final MeetingNews news;
    private final RecordChanges<Chat> changes;

    MeetingChat(RecordStore<Chat> store, Meetings meetings, MeetingNews news) {
        this.store = store;
        this.meetings = meetings;
        this.news = news;
        this.changes = new RecordChanges<>(store, this);
    }

    /** What was missed by whoever has everything up to a number. */
    record Missed(long head, List<Event<Message>> events, boolean recovered) {}

    Future<Sent> say(Person person, Say q) {
        String clientId =
                Objects.requireNonNullElseGet(q.clientId(), () -> Ids.next().toString());
        boolean[] repeated = new boolean[1];
        return changes.change(q.meetingId(), chat -> {
                    repeated[0] = chat.said(person.id(), clientId) != null;
                    return repeated[0] ? chat : chat.with(message(chat, person, q, clientId));
                })
                .map(chat -> {
                    Message said = Objects.requireNonNull(chat.said(person.id(), clientId));
                    return new Sent(said.id(), said.seq(), said.createdAt(), repeated[0]);
                });
    }

    private Message message(Chat chat, Person person, Say q, String clientId) {
        return new Message(
                Ids.next(),
                q.meetingId(),
                chat.head() + 1,
                person.id(),
                person.displayName(),
                q.type() == null ? "text" : q.type(),
                q.content(),
                clientId,
                q.replyTo(),
                meetings.now(),
                null,
                false,
                1);
    }

    Future<Missed> missed(UUID meeting, @Nullable Long afterSeq) {
        return store.find(meeting).map(found -> {
            Chat chat = found.orElseGet(() -> Chat.empty(meeting));
            if (afterSeq == null) {
                return new Missed(chat.head(), chat.newest(Join.NEWEST), true);
            }
            return chat.holds(afterSeq)
                    ? new Missed(chat.head(), chat.after(afterSeq), true)
                    : new Missed(chat.head(), chat.newest(Join.NEWEST), false);
        });
    }

    Future<Followed> follow(UUID meeting, long afterSeq) {
        return store.find(meeting)
                .compose(found -> found.isPresent() ? Future.succeededFuture(found.get()) : load(meeting))
                .map(chat -> new Followed(chat.head(), chat.after(Math.min(afterSeq, chat.head()))));
    }

    /** The chat of a meeting that lives, of which nobody has said anything. */
    @Override
    public Future<Chat> load(UUID meeting) {
        return meetings.find(meeting).map(found -> {
            if (found.isEmpty() || found.get().isOver()) {
                throw Fault.NOT_FOUND.because("The meeting is over.");
            }
            return Chat.empty(meeting);
        });
    }

    /** Tells the newest message, in its turn. */
    @Override
    public Future<Void> perform(Chat chat) {
        Message newest = chat.messages().get(chat.messages().size() - 1);
        return meetings.find(chat.meetingId())
                .onSuccess(found -> found.ifPresent(meeting -> news.said(meeting, newest)))
                .mapEmpty();
    }

    @Override
    public Chat done(Chat chat) {
        return chat;
    }
}
