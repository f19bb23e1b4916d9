package dev.switchboard.meeting;

import dev.switchboard.meeting.MeetingChange.Effect;
import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of a meeting.
 *
 * @param pending what changes asked for and nobody has finished yet: whoever finds it later does it again, so that nobody
 *     waits for the word of a node that died right after it had saved
 */
record MeetingEntry(MeetingRecord meeting, List<Effect> pending) {
    MeetingEntry after(MeetingChange change) {
        if (change.meeting().equals(meeting) && change.effects().isEmpty()) {
            return this;
        }
        List<Effect> all = new ArrayList<>(pending);
        all.addAll(change.effects());
        return new MeetingEntry(change.meeting(), List.copyOf(all));
    }

    MeetingEntry done() {
        return pending.isEmpty() ? this : new MeetingEntry(meeting, List.of());
    }
}
