package dev.switchboard.meeting;

import dev.switchboard.protocol.Meeting;
import dev.switchboard.protocol.Meeting.Status;
import dev.switchboard.protocol.Participant;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The whole of a meeting while it lives. What follows from what happens is in {@link MeetingRules}. Lists, not sets: equal
 * records must be equal texts.
 *
 * @param hostId who leads: somebody who is in it, or the owner
 * @param chosen whether the host is one by somebody's choice
 * @param seats in the order in which they were taken
 * @param waiting in the order in which they came
 * @param passes who was admitted and has not entered yet; each counts as a seat
 * @param barred who is not let in again
 * @param version grows with each change that anybody can see
 * @param hands how many hands were ever raised
 * @param idleSince since when nobody has been in it; null while somebody is
 * @param unsaved stays that began or ended and are not stored yet
 * @param dirty whether the terms, or who is barred, changed and are not stored yet
 */
record MeetingRecord(
        Terms terms,
        UUID hostId,
        boolean chosen,
        List<Seat> seats,
        List<Waiter> waiting,
        List<Pass> passes,
        List<UUID> barred,
        long version,
        long hands,
        @Nullable Instant idleSince,
        List<StoredStay> unsaved,
        boolean dirty) {

    /** Somebody may enter until then. */
    record Pass(UUID userId, Instant until) {}

    /** A meeting that comes to life. */
    static MeetingRecord of(Terms terms, List<UUID> barred, long version, Instant now) {
        return new MeetingRecord(
                terms,
                terms.ownerId(),
                false,
                List.of(),
                List.of(),
                List.of(),
                List.copyOf(barred),
                version,
                0,
                now,
                List.of(),
                false);
    }

    UUID id() {
        return terms.id();
    }

    boolean isOver() {
        return terms.endedAt() != null;
    }

    /** Whether there is nothing to keep it for: nobody is in it, nobody wants in, everything is stored. */
    boolean isForgettable(Instant now, MeetingTimes times) {
        boolean stored = unsaved.isEmpty() && !dirty;
        boolean left = waiting.isEmpty()
                && passes.isEmpty()
                && idleSince != null
                && !now.isBefore(idleSince.plus(times.empty()));
        return stored && (isOver() || left);
    }

    @Nullable
    Seat seat(UUID user) {
        for (Seat seat : seats) {
            if (seat.userId().equals(user)) {
                return seat;
            }
        }
        return null;
    }

    @Nullable
    Seat seatOn(String socket) {
        for (Seat seat : seats) {
            if (seat.hold().on(socket)) {
                return seat;
            }
        }
        return null;
    }

    /** Whether the socket has a seat, or a place in the lobby. */
    boolean holds(String socket) {
        return seatOn(socket) != null
                || waiting.stream().anyMatch(waiter -> waiter.hold().on(socket));
    }

    /** Whether the socket has a seat and is not taken for lost. */
    boolean isPresent(String socket) {
        Seat seat = seatOn(socket);
        return seat != null && !seat.hold().lost();
    }

    /** Who may do what a host may. */
    boolean leads(UUID user) {
        return user.equals(hostId) || user.equals(terms.ownerId());
    }

    /** Where events of the room go. */
    Set<String> nodes() {
        Set<String> nodes = new TreeSet<>();
        seats.stream()
                .filter(seat -> !seat.hold().lost())
                .forEach(seat -> nodes.add(seat.hold().nodeId()));
        return nodes;
    }

    List<Participant> participants() {
        return seats.stream().map(seat -> seat.view(hostId, version)).toList();
    }

    /** @param ever who was ever in it, for those who may know */
    Meeting view(List<UUID> ever) {
        return view(terms, hostId, seats.size(), version, ever);
    }

    /** A meeting that nobody is in. */
    static Meeting view(Terms terms, List<UUID> ever) {
        return view(terms, terms.ownerId(), 0, 0, ever);
    }

    private static Meeting view(Terms terms, UUID hostId, int active, long version, List<UUID> ever) {
        Status status = terms.endedAt() != null ? Status.ENDED : active > 0 ? Status.LIVE : Status.CREATED;
        return new Meeting(
                terms.id(),
                terms.title(),
                terms.description(),
                terms.ownerId(),
                hostId,
                terms.capacity(),
                terms.locked(),
                terms.lobby(),
                status,
                active,
                ever,
                version,
                terms.createdAt(),
                terms.endedAt());
    }
}
