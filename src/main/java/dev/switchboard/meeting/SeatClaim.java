package dev.switchboard.meeting;

import dev.switchboard.meeting.MeetingChange.Effect;
import dev.switchboard.meeting.MeetingRules.Entrance;
import dev.switchboard.protocol.MeetingEvents.Word;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A node says that it still holds a socket that was given a seat. The meeting may not know of it any more: the node was
 * out of sight for longer than the grace, or the cluster was in halves and the other half's record was kept. Whoever sat
 * there never left, so it has the seat again, whatever the terms for newcomers are now; or hears why not.
 */
final class SeatClaim {
    private SeatClaim() {}

    static MeetingChange apply(MeetingRecord meeting, Entrance claim, Instant now) {
        MeetingDraft draft = new MeetingDraft(meeting, now);
        UUID user = claim.person().id();
        Hold hold = Hold.of(claim.socketId(), claim.nodeId(), now);
        Seat own = meeting.seat(user);
        if (meeting.isOver()) {
            draft.tell(Effect.ended(List.of(claim.nodeId())));
            draft.tell(Effect.evicted(user, hold));
        } else if (own != null) {
            seated(draft, own, hold);
        } else if (meeting.barred().contains(user)) {
            draft.tell(Effect.asked(hold, Word.REMOVED, null));
            draft.tell(Effect.evicted(user, hold));
        } else {
            boolean admitted = draft.passes.removeIf(pass -> pass.userId().equals(user));
            if (!admitted && draft.isFull()) {
                draft.tell(Effect.asked(hold, Word.LOST, null));
                draft.tell(Effect.evicted(user, hold));
            } else {
                draft.goAhead();
                draft.waiting.removeIf(waiter -> waiter.person().id().equals(user));
                draft.take(Seat.of(claim.stayId(), claim.person(), hold, now));
            }
        }
        return draft.done();
    }

    /** One seat for each user: what it holds now stays, unless that was lost. */
    private static void seated(MeetingDraft draft, Seat own, Hold hold) {
        if (own.hold().lost()) {
            draft.goAhead();
            draft.update(own, seat -> seat.with(hold));
        } else if (own.hold().on(hold.socketId())) {
            draft.keep(own, own.with(hold));
        } else {
            draft.tell(Effect.asked(hold, Word.REPLACED, null));
        }
    }
}
