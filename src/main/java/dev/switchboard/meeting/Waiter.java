package dev.switchboard.meeting;

import dev.switchboard.protocol.MeetingOperations.Waiting;
import java.time.Instant;

/** Somebody in the lobby. */
record Waiter(Person person, Hold hold, Instant since) {
    Waiter with(Hold other) {
        return new Waiter(person, other, since);
    }

    Waiting view() {
        return new Waiting(person.id(), person.username(), person.displayName(), since);
    }
}
