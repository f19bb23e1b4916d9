package dev.switchboard.room;

import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a log, bounded in number and size, without a gap up to the head. Messages stand in it as they are
 * now: the content of a deleted message is gone from here too.
 */
final class RecentEvents {
    private static final int MAX_EVENTS = 512;
    private static final int MAX_CHARACTERS = 256 * 1024;

    private Deque<Event<Message>> events = new ArrayDeque<>();
    private int characters;
    private long head;

    /** @param head the number of the last event before the ones that will be appended */
    RecentEvents(long head) {
        this.head = head;
    }

    long head() {
        return head;
    }

    void append(Event<Message> event) {
        long seq = seqOf(event);
        if (seq != head + 1) {
            throw new IllegalStateException("event " + seq + " does not follow " + head);
        }
        if (!event.type().equals(Event.MESSAGE_NEW)) {
            replace(event.data());
        }
        events.addLast(event);
        head = seq;
        characters += size(event);
        while (events.size() > MAX_EVENTS || (characters > MAX_CHARACTERS && events.size() > 1)) {
            characters -= size(events.removeFirst());
        }
    }

    private void replace(Message now) {
        if (events.stream().noneMatch(e -> e.data().id().equals(now.id()))) {
            return;
        }
        Deque<Event<Message>> replaced = new ArrayDeque<>(events.size() + 1);
        characters = 0;
        for (Event<Message> e : events) {
            Event<Message> kept = e.data().id().equals(now.id()) ? Event.numbered(e.type(), seqOf(e), e.at(), now) : e;
            replaced.addLast(kept);
            characters += size(kept);
        }
        events = replaced;
    }

    /** The events after {@code seq}, in order; null when some of them are not kept any more. */
    @Nullable
    List<Event<Message>> after(long seq) {
        if (seq >= head) {
            return List.of();
        }
        if (events.isEmpty() || seqOf(events.peekFirst()) > seq + 1) {
            return null;
        }
        List<Event<Message>> result = new ArrayList<>();
        var newestFirst = events.descendingIterator();
        while (newestFirst.hasNext()) {
            Event<Message> event = newestFirst.next();
            if (seqOf(event) <= seq) {
                break;
            }
            result.add(event);
        }
        java.util.Collections.reverse(result);
        return result;
    }

    @Nullable
    Message message(UUID id) {
        for (Event<Message> event : events) {
            if (event.data().id().equals(id)) {
                return event.data();
            }
        }
        return null;
    }

    private static long seqOf(Event<Message> event) {
        return java.util.Objects.requireNonNull(event.seq(), "a numbered event");
    }

    private static int size(Event<Message> event) {
        String content = event.data().content();
        return 256 + (content == null ? 0 : content.length());
    }
}
