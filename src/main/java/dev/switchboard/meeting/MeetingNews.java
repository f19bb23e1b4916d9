package dev.switchboard.meeting;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Json;
import dev.switchboard.meeting.MeetingChange.Effect;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.MeetingEvents.Gone;
import dev.switchboard.protocol.MeetingEvents.Over;
import dev.switchboard.protocol.MeetingEvents.Request;
import dev.switchboard.protocol.MeetingEvents.Word;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.Participant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells the sockets of a meeting what happened: those nodes know them that the meeting's seats name. */
final class MeetingNews {
    /** After these a socket has no place in the meeting. */
    private static final Set<Word> LAST_WORDS =
            EnumSet.of(Word.REPLACED, Word.REMOVED, Word.LOST, Word.DENIED, Word.ADMITTED);

    private final Bus bus;

    MeetingNews(Bus bus) {
        this.bus = bus;
    }

    /** Tells all of it, in order; telling again harms nothing, as everything bears the meeting's version. */
    void tell(MeetingEntry entry) {
        entry.pending().forEach(effect -> tell(entry.meeting(), effect));
    }

    private void tell(MeetingRecord meeting, Effect effect) {
        UUID id = meeting.id();
        Participant participant = effect.participant();
        switch (effect.kind()) {
            case JOINED -> room(meeting, effect, Event.PARTICIPANT_JOINED, Objects.requireNonNull(participant));
            case UPDATED -> room(meeting, effect, Event.PARTICIPANT_UPDATED, Objects.requireNonNull(participant));
            case LEFT -> room(meeting, effect, Event.PARTICIPANT_LEFT, gone(id, effect, participant));
            case CHANGED -> room(meeting, effect, Event.MEETING_UPDATED, meeting.view(List.of()));
            case ENDED -> room(meeting, effect, Event.MEETING_ENDED, new Over(id, String.valueOf(effect.reason())));
            case ASKED -> ask(id, effect);
            case EVICTED ->
                effect.nodes()
                        .forEach(node ->
                                bus.deliver(node, Delivery.eviction(id, Objects.requireNonNull(effect.userId()))));
        }
    }

    private static Gone gone(UUID meeting, Effect effect, @Nullable Participant who) {
        Participant participant = Objects.requireNonNull(who);
        return new Gone(
                meeting,
                participant.userId(),
                participant.username(),
                participant.socketId(),
                String.valueOf(effect.reason()),
                participant.version());
    }

    private <T> void room(MeetingRecord meeting, Effect effect, String type, T data) {
        Set<String> nodes = new TreeSet<>(meeting.nodes());
        nodes.addAll(effect.nodes());
        Event<T> event = Event.state(type, meeting.id(), data);
        Delivery delivery = new Delivery(Delivery.ROOM + meeting.id(), 0, List.of(Json.bytes(event)));
        nodes.forEach(node -> bus.deliver(node, delivery));
    }

    private void ask(UUID meeting, Effect effect) {
        Person about = effect.about();
        Request request = new Request(
                meeting,
                Objects.requireNonNull(effect.word()),
                about == null ? null : about.id(),
                about == null ? null : about.username(),
                about == null ? null : about.displayName());
        String socketId = Objects.requireNonNull(effect.socketId());
        effect.nodes().forEach(node -> {
            socket(node, socketId, Event.personal(Event.MEETING_REQUEST, request));
            if (LAST_WORDS.contains(request.kind())) {
                bus.deliver(node, Delivery.unseating(meeting, socketId));
            }
        });
    }

    private void socket(String node, String socketId, Event<?> event) {
        bus.deliver(node, new Delivery(Delivery.SOCKET + socketId, 0, List.of(Json.bytes(event))));
    }

    /** A message of the chat, to everybody who is there. */
    void said(MeetingRecord meeting, Message message) {
        Event<Message> event = Event.numbered(Event.MESSAGE_NEW, message.seq(), message.createdAt(), message);
        Delivery delivery = new Delivery(Delivery.ROOM + meeting.id(), message.seq(), List.of(Json.bytes(event)));
        meeting.nodes().forEach(node -> bus.deliver(node, delivery));
    }
}
