package dev.switchboard.meeting;

import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations.Join;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is said in a meeting while it lives: the newest messages, bounded in number and size.
 *
 * @param head the number of the last message
 */
record Chat(UUID meetingId, long head, List<Message> messages) {
    private static final int MAX_CHARACTERS = 128 * 1024;
    private static final UUID NOBODY = new UUID(0, 0);

    static Chat empty(UUID meetingId) {
        return new Chat(meetingId, 0, List.of());
    }

    /** What this sender said with this {@code clientId} before; null when it is not remembered. */
    @Nullable
    Message said(UUID sender, String clientId) {
        for (Message message : messages) {
            if (message.senderId().equals(sender) && clientId.equals(message.clientId())) {
                return message;
            }
        }
        return null;
    }

    /** With another message, whose number must follow the head. */
    Chat with(Message message) {
        List<Message> kept = new ArrayList<>(messages);
        kept.add(message);
        int characters = kept.stream().mapToInt(Chat::size).sum();
        while (kept.size() > Join.MAX_EVENTS || (characters > MAX_CHARACTERS && kept.size() > 1)) {
            characters -= size(kept.remove(0));
        }
        return new Chat(meetingId, message.seq(), List.copyOf(kept));
    }

    private static int size(Message message) {
        String content = message.content();
        return 256 + (content == null ? 0 : content.length());
    }

    /** Whether all messages after a number are still there. */
    boolean holds(long after) {
        return after <= head && head - after <= messages.size();
    }

    /** The newest messages as events. */
    List<Event<Message>> newest(long count) {
        return messages.stream()
                .skip(Math.max(0, messages.size() - count))
                .map(Chat::event)
                .toList();
    }

    /** What follows a number, without a gap: messages that are not kept any more have lost all but their place. */
    List<Event<Message>> after(long seq) {
        List<Event<Message>> events = new ArrayList<>();
        long first = head - messages.size() + 1;
        for (long gone = seq + 1; gone < first && events.size() < Join.MAX_EVENTS; gone++) {
            events.add(forgotten(gone));
        }
        messages.stream()
                .filter(message -> message.seq() > seq)
                .limit(Join.MAX_EVENTS - events.size())
                .forEach(message -> events.add(event(message)));
        return events;
    }

    private static Event<Message> event(Message message) {
        return Event.numbered(Event.MESSAGE_NEW, message.seq(), message.createdAt(), message);
    }

    private Event<Message> forgotten(long seq) {
        UUID id = new UUID(meetingId.getMostSignificantBits(), seq);
        Instant at = Instant.EPOCH;
        Message message = new Message(id, meetingId, seq, NOBODY, "", "text", null, null, null, at, null, true, 2);
        return Event.numbered(Event.MESSAGE_DELETED, seq, at, message);
    }
}
