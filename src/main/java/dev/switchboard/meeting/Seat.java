package dev.switchboard.meeting;

import dev.switchboard.protocol.Participant;
import dev.switchboard.protocol.Participant.Role;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's place in a meeting.
 *
 * @param stayId of what is stored about it
 * @param handNo the place of the raised hand; null when it is down
 */
record Seat(
        UUID stayId,
        Person person,
        Hold hold,
        Instant joinedAt,
        @Nullable Long handNo,
        boolean muted,
        boolean cameraOff,
        boolean sharing) {

    static Seat of(UUID stayId, Person person, Hold hold, Instant now) {
        return new Seat(stayId, person, hold, now, null, false, false, false);
    }

    UUID userId() {
        return person.id();
    }

    Seat with(Hold other) {
        return new Seat(stayId, person, other, joinedAt, handNo, muted, cameraOff, sharing);
    }

    Seat withHand(@Nullable Long number) {
        return new Seat(stayId, person, hold, joinedAt, number, muted, cameraOff, sharing);
    }

    Seat withMuted(boolean on) {
        return new Seat(stayId, person, hold, joinedAt, handNo, on, cameraOff, sharing);
    }

    Seat withCameraOff(boolean off) {
        return new Seat(stayId, person, hold, joinedAt, handNo, muted, off, sharing);
    }

    Seat withSharing(boolean on) {
        return new Seat(stayId, person, hold, joinedAt, handNo, muted, cameraOff, on);
    }

    Participant view(UUID hostId, long version) {
        return new Participant(
                hold.socketId(),
                person.id(),
                person.username(),
                person.displayName(),
                joinedAt,
                handNo != null,
                handNo,
                muted,
                cameraOff,
                sharing,
                hold.lost(),
                person.id().equals(hostId) ? Role.HOST : Role.PARTICIPANT,
                version);
    }

    StoredStay stay(@Nullable Instant leftAt) {
        return new StoredStay(stayId, person.id(), person.username(), joinedAt, leftAt);
    }
}
