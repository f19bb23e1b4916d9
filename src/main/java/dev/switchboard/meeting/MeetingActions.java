package dev.switchboard.meeting;

import dev.switchboard.meeting.MeetingChange.Effect;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.MeetingEvents.Word;
import dev.switchboard.protocol.MeetingOperations.Update;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What participants do during a meeting, and what its host does with them. Asking again changes nothing more. */
final class MeetingActions {
    private static final int MAX_BARRED = 1_000;

    private final MeetingRecord meeting;
    private final MeetingDraft draft;
    private final Seat self;
    private final Instant now;
    private final MeetingTimes times;

    private MeetingActions(MeetingRecord meeting, Seat self, Instant now, MeetingTimes times) {
        this.meeting = meeting;
        this.draft = new MeetingDraft(meeting, now);
        this.self = self;
        this.now = now;
        this.times = times;
    }

    /**
     * @param socket the caller's, which must be in the meeting
     * @throws FaultException {@code not_a_member}, {@code forbidden}, {@code not_found}, {@code conflict}, {@code meeting_full}
     */
    static MeetingChange apply(
            MeetingRecord meeting, UUID user, @Nullable String socket, Update q, Instant now, MeetingTimes times) {
        MeetingRules.requireLive(meeting);
        Seat self = meeting.seat(user);
        if (self == null || !Objects.equals(self.hold().socketId(), socket)) {
            throw Fault.NOT_A_MEMBER.because("You are not in this meeting.");
        }
        MeetingActions actions = new MeetingActions(meeting, self, now, times);
        actions.apply(q);
        return actions.draft.done();
    }

    private void apply(Update q) {
        switch (q.action()) {
            case HAND -> draft.update(self, seat -> hand(seat, q.isOn()));
            case MUTED -> draft.update(self, seat -> seat.withMuted(q.isOn()));
            case CAMERA -> draft.update(self, seat -> seat.withCameraOff(!q.isOn()));
            case SHARE -> share(q.isOn());
            default -> lead(q);
        }
    }

    private void lead(Update q) {
        if (!meeting.leads(self.userId())) {
            throw Fault.FORBIDDEN.because("Only the host of the meeting may do this.");
        }
        switch (q.action()) {
            case MUTE -> mute(q.userId());
            case UNSHARE -> unshare();
            case LOWER_HAND -> draft.update(there(q), seat -> seat.withHand(null));
            case REMOVE -> remove(about(q));
            case UNBAR -> unbar(about(q));
            case LOCK -> lock(q.isOn());
            case LOBBY -> lobby(q.isOn());
            case ADMIT -> admit(q.userId());
            case DENY -> waiting(q.userId()).forEach(waiter -> draft.dismiss(waiter, Word.DENIED));
            case TRANSFER -> transfer(there(q));
            case END -> draft.over();
            default -> throw new IllegalStateException("not a host's: " + q.action());
        }
    }

    private Seat hand(Seat seat, boolean up) {
        if (up) {
            return seat.handNo() == null ? seat.withHand(draft.nextHand()) : seat;
        }
        return seat.withHand(null);
    }

    /** One screen at a time; who shares already goes on. */
    private void share(boolean on) {
        if (on && draft.seats.stream().anyMatch(seat -> seat.sharing() && !seat.equals(self))) {
            throw Fault.CONFLICT.because("Somebody else shares a screen.");
        }
        draft.update(self, seat -> seat.withSharing(on));
    }

    private void mute(@Nullable UUID user) {
        for (Seat seat : meeting.seats()) {
            boolean meant = user == null ? !seat.equals(self) : seat.userId().equals(user);
            if (meant && !seat.hold().lost()) {
                draft.tell(Effect.asked(seat.hold(), Word.MUTE, self.person()));
            }
        }
    }

    private void unshare() {
        for (Seat seat : meeting.seats()) {
            if (seat.sharing()) {
                draft.update(seat, s -> s.withSharing(false));
                draft.tell(Effect.asked(seat.hold(), Word.UNSHARE, self.person()));
            }
        }
    }

    private void remove(UUID user) {
        if (user.equals(meeting.terms().ownerId()) || user.equals(self.userId())) {
            throw Fault.FORBIDDEN.because("Neither the owner of the meeting nor oneself can be removed.");
        }
        if (!draft.barred.contains(user)) {
            if (draft.barred.size() >= MAX_BARRED) {
                throw Fault.CONFLICT.because("Too many were removed from this meeting; lock it.");
            }
            draft.barred.add(user);
            draft.changed();
        }
        draft.passes.removeIf(pass -> pass.userId().equals(user));
        meeting.waiting().stream()
                .filter(waiter -> waiter.person().id().equals(user))
                .forEach(waiter -> draft.dismiss(waiter, Word.DENIED));
        Seat seat = meeting.seat(user);
        if (seat != null) {
            draft.tell(Effect.asked(seat.hold(), Word.REMOVED, null));
            draft.tell(Effect.evicted(user, seat.hold()));
            draft.end(seat, MeetingDraft.REMOVED);
        }
    }

    private void unbar(UUID user) {
        if (draft.barred.remove(user)) {
            draft.changed();
        }
    }

    private void lock(boolean on) {
        if (on != draft.terms.locked()) {
            draft.terms = draft.terms.withLocked(on);
            draft.changed();
        }
    }

    private void lobby(boolean on) {
        if (on != draft.terms.lobby()) {
            draft.terms = draft.terms.withLobby(on);
            draft.changed();
            if (!on) {
                List.copyOf(draft.waiting).forEach(waiter -> draft.dismiss(waiter, Word.ADMITTED));
            }
        }
    }

    /** Keeps a seat for each; of all, for as many as there are seats. */
    private void admit(@Nullable UUID user) {
        for (Waiter waiter : waiting(user)) {
            if (draft.isFull()) {
                if (user != null) {
                    throw Fault.MEETING_FULL.because("The meeting is full.");
                }
                return;
            }
            draft.passes.add(MeetingRules.pass(waiter.person().id(), now, times));
            draft.dismiss(waiter, Word.ADMITTED);
        }
    }

    private List<Waiter> waiting(@Nullable UUID user) {
        return meeting.waiting().stream()
                .filter(waiter -> user == null || waiter.person().id().equals(user))
                .toList();
    }

    private void transfer(Seat seat) {
        if (seat.hold().lost()) {
            throw Fault.CONFLICT.because("Who is away cannot lead.");
        }
        draft.lead(seat.userId(), !seat.userId().equals(meeting.terms().ownerId()));
    }

    private static UUID about(Update q) {
        UUID user = q.userId();
        if (user == null) {
            throw FaultException.invalid("userId", "is required");
        }
        return user;
    }

    private Seat there(Update q) {
        Seat seat = meeting.seat(about(q));
        if (seat == null) {
            throw Fault.NOT_FOUND.because("That user is not in the meeting.");
        }
        return seat;
    }
}
