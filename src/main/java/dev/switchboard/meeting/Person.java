package dev.switchboard.meeting;

import dev.switchboard.protocol.Caller;
import java.util.UUID;

/** Who somebody is, as others see it. */
record Person(UUID id, String username, String displayName) {
    static Person of(Caller caller) {
        return new Person(caller.user(), caller.username(), caller.name());
    }
}
