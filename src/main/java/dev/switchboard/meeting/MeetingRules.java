package dev.switchboard.meeting;

import dev.switchboard.meeting.MeetingRecord.Pass;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.MeetingEvents.Word;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How people and their sockets come and go, as LiveKit, Jitsi and Nextcloud Talk do it: one seat for each user, kept for
 * whoever comes back in time; whoever waits enters by word of a host alone. Pure: nothing changes but by what is returned.
 */
final class MeetingRules {
    private static final int MAX_WAITING = 100;

    private MeetingRules() {}

    /**
     * A socket enters.
     *
     * @param stayId for a new seat
     * @param old the socket that the client had in the meeting; null when it says nothing about one
     */
    record Entrance(Person person, String socketId, String nodeId, UUID stayId, @Nullable String old) {}

    /** @throws FaultException why not: {@code meeting_ended}, {@code barred}, {@code meeting_locked}, {@code meeting_full}, {@code conflict} */
    static MeetingChange enter(MeetingRecord meeting, Entrance e, Instant now) {
        UUID user = e.person().id();
        requireLive(meeting);
        if (meeting.barred().contains(user)) {
            throw Fault.BARRED.because("The host removed you from this meeting.");
        }
        MeetingDraft draft = new MeetingDraft(meeting, now);
        Hold hold = Hold.of(e.socketId(), e.nodeId(), now);
        Seat own = meeting.seat(user);
        if (own != null) {
            return comeBack(draft, own, hold, e.old());
        }
        boolean admitted = draft.passes.removeIf(pass -> pass.userId().equals(user));
        if (!admitted) {
            boolean leads = meeting.leads(user);
            if (meeting.terms().locked() && !leads) {
                throw Fault.MEETING_LOCKED.because("The host lets nobody more in.");
            }
            if (meeting.terms().lobby() && !leads) {
                return waitOutside(draft, e.person(), hold, now);
            }
            if (draft.isFull()) {
                throw Fault.MEETING_FULL.because("The meeting is full.");
            }
        }
        draft.waiting.removeIf(waiter -> waiter.person().id().equals(user));
        draft.take(Seat.of(e.stayId(), e.person(), hold, now));
        return draft.done();
    }

    private static MeetingChange comeBack(MeetingDraft draft, Seat own, Hold hold, @Nullable String old) {
        boolean same = own.hold().on(hold.socketId());
        if (!same && !own.hold().lost()) {
            if (old != null && !own.hold().on(old)) {
                // A client that reconnects by itself must not drive out the one that its user turned to since.
                throw Fault.CONFLICT.because("Another device of yours is in the meeting now.");
            }
            draft.tell(MeetingChange.Effect.asked(own.hold(), Word.REPLACED, null));
        }
        if (same && !own.hold().lost()) {
            draft.keep(own, own.with(hold));
        } else {
            draft.update(own, seat -> seat.with(hold));
        }
        return draft.done();
    }

    private static MeetingChange waitOutside(MeetingDraft draft, Person person, Hold hold, Instant now) {
        for (Waiter waiter : draft.waiting) {
            if (waiter.person().id().equals(person.id())) {
                draft.waiting.set(draft.waiting.indexOf(waiter), waiter.with(hold));
                return draft.done();
            }
        }
        if (draft.waiting.size() >= MAX_WAITING) {
            throw Fault.MEETING_FULL.because("Too many wait to be admitted.");
        }
        draft.waiting.add(new Waiter(person, hold, now));
        draft.askLeaders(Word.KNOCK, person);
        return draft.done();
    }

    /** Whoever leaves from a socket that has no place changes nothing. */
    static MeetingChange leave(MeetingRecord meeting, String socket, Instant now) {
        MeetingDraft draft = new MeetingDraft(meeting, now);
        Seat seat = meeting.seatOn(socket);
        if (seat != null) {
            draft.end(seat, MeetingDraft.LEFT);
        }
        meeting.waiting().stream().filter(w -> w.hold().on(socket)).forEach(draft::withdraw);
        return draft.done();
    }

    /** A socket went away; its place is kept for a while. */
    static MeetingChange socketLost(MeetingRecord meeting, String socket, Instant now, MeetingTimes times) {
        return holds(meeting, now, hold -> hold.on(socket) ? hold.lose(now, times.grace()) : hold);
    }

    /** A node says that it still holds this socket. */
    static MeetingChange renew(MeetingRecord meeting, String socket, Instant now) {
        return holds(meeting, now, hold -> hold.on(socket) ? hold.renew(now) : hold);
    }

    private static MeetingChange holds(
            MeetingRecord meeting, Instant now, java.util.function.UnaryOperator<Hold> change) {
        MeetingDraft draft = new MeetingDraft(meeting, now);
        holds(draft, change);
        return draft.done();
    }

    private static void holds(MeetingDraft draft, java.util.function.UnaryOperator<Hold> change) {
        for (Seat seat : List.copyOf(draft.seats)) {
            Hold next = change.apply(seat.hold());
            if (next.lost() == seat.hold().lost()) {
                draft.keep(seat, seat.with(next));
            } else {
                draft.update(seat, s -> s.with(next));
            }
        }
        draft.waiting.replaceAll(waiter -> waiter.with(change.apply(waiter.hold())));
    }

    /**
     * Does what is due.
     *
     * @param nodes those that live: sockets on others are gone
     */
    static MeetingChange tick(MeetingRecord meeting, Set<String> nodes, Instant now, MeetingTimes times) {
        MeetingDraft draft = new MeetingDraft(meeting, now);
        // Whose grace is over goes before whose node just died: it must not get a second one.
        List.copyOf(draft.seats).stream()
                .filter(seat -> seat.hold().isOver(now))
                .forEach(seat -> draft.end(seat, MeetingDraft.LOST));
        List.copyOf(draft.waiting).stream().filter(w -> w.hold().isOver(now)).forEach(draft::withdraw);
        draft.passes.removeIf(pass -> !now.isBefore(pass.until()));
        holds(draft, hold -> hold.tick(nodes, now, times.grace()));
        return draft.done();
    }

    /** Other terms: told to whoever is in it. */
    static MeetingChange terms(MeetingRecord meeting, Terms terms, Instant now) {
        requireLive(meeting);
        MeetingDraft draft = new MeetingDraft(meeting, now);
        if (!terms.equals(meeting.terms())) {
            boolean opened = meeting.terms().lobby() && !terms.lobby();
            draft.terms = terms;
            draft.changed();
            if (opened) {
                List.copyOf(draft.waiting).forEach(waiter -> draft.dismiss(waiter, Word.ADMITTED));
            }
        }
        return draft.done();
    }

    /** Over for all; again changes nothing. */
    static MeetingChange end(MeetingRecord meeting, Instant now) {
        MeetingDraft draft = new MeetingDraft(meeting, now);
        if (!meeting.isOver()) {
            draft.over();
        }
        return draft.done();
    }

    static MeetingChange saved(MeetingRecord meeting, MeetingRecord stored, Instant now) {
        MeetingDraft draft = new MeetingDraft(meeting, now);
        draft.saved(stored);
        return draft.done();
    }

    static Pass pass(UUID user, Instant now, MeetingTimes times) {
        return new Pass(user, now.plus(times.admission()));
    }

    static void requireLive(MeetingRecord meeting) {
        if (meeting.isOver()) {
            throw Fault.MEETING_ENDED.because("The meeting was ended.");
        }
    }
}
