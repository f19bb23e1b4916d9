package dev.switchboard.meeting;

import dev.switchboard.meeting.MeetingChange.Effect;
import dev.switchboard.meeting.MeetingChange.Kind;
import dev.switchboard.meeting.MeetingRecord.Pass;
import dev.switchboard.protocol.MeetingEvents.Word;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A meeting while one rule changes it: the steps that rules have in common. */
final class MeetingDraft {
    static final String LEFT = "left";
    static final String LOST = "lost";
    static final String REMOVED = "removed";

    private final MeetingRecord before;
    private final Instant now;
    Terms terms;
    final List<Seat> seats;
    final List<Waiter> waiting;
    final List<Pass> passes;
    final List<UUID> barred;
    private final List<StoredStay> unsaved;
    private final List<Effect> effects = new ArrayList<>();
    private UUID hostId;
    private boolean chosen;
    private long hands;
    private @Nullable Instant idleSince;
    private boolean dirty;
    private boolean ahead;

    MeetingDraft(MeetingRecord before, Instant now) {
        this.before = before;
        this.now = now;
        this.terms = before.terms();
        this.seats = new ArrayList<>(before.seats());
        this.waiting = new ArrayList<>(before.waiting());
        this.passes = new ArrayList<>(before.passes());
        this.barred = new ArrayList<>(before.barred());
        this.unsaved = new ArrayList<>(before.unsaved());
        this.hostId = before.hostId();
        this.chosen = before.chosen();
        this.hands = before.hands();
        this.idleSince = before.idleSince();
        this.dirty = before.dirty();
    }

    /** What came of it; the very same meeting when nothing did. */
    MeetingChange done() {
        MeetingRecord same = record(before.version());
        if (effects.isEmpty()) {
            return new MeetingChange(same.equals(before) ? before : same, List.of());
        }
        return new MeetingChange(record(version()), List.copyOf(effects));
    }

    private MeetingRecord record(long version) {
        return new MeetingRecord(
                terms,
                hostId,
                chosen,
                List.copyOf(seats),
                List.copyOf(waiting),
                List.copyOf(passes),
                List.copyOf(barred),
                version,
                hands,
                idleSince,
                List.copyOf(unsaved),
                dirty);
    }

    private long version() {
        return ahead ? Math.max(before.version() + 1, now.toEpochMilli()) : before.version() + 1;
    }

    /** Somebody comes who may have heard of higher versions than this meeting has: see {@link Meetings#load}. */
    void goAhead() {
        ahead = true;
    }

    long nextHand() {
        return ++hands;
    }

    void tell(Effect effect) {
        effects.add(effect);
    }

    /** The terms, or who is barred, are others now, and everybody sees it. */
    void changed() {
        dirty = true;
        tell(Effect.changed());
    }

    boolean isFull() {
        return seats.size() + passes.size() >= terms.capacity();
    }

    void take(Seat seat) {
        seats.add(seat);
        idleSince = null;
        unsaved.add(seat.stay(null));
        tell(Effect.of(Kind.JOINED, seat.view(hostId, version())));
        if (seat.userId().equals(terms.ownerId()) && !chosen) {
            lead(seat.userId(), false);
        }
    }

    /** Changes a seat without anybody seeing it. */
    void keep(Seat seat, Seat other) {
        seats.set(seats.indexOf(seat), other);
    }

    void update(Seat seat, UnaryOperator<Seat> change) {
        Seat next = change.apply(seat);
        if (!next.equals(seat)) {
            keep(seat, next);
            tell(Effect.of(Kind.UPDATED, next.view(hostId, version())));
        }
    }

    void end(Seat seat, String reason) {
        seats.remove(seat);
        unsaved.add(seat.stay(now));
        tell(Effect.left(seat.view(hostId, version()), reason));
        if (seats.isEmpty()) {
            idleSince = now;
            hostId = terms.ownerId();
            chosen = false;
        } else if (seat.userId().equals(hostId)) {
            lead(oldest(), false);
        }
    }

    /** Who has been in it longest; who is there before who is away. */
    private UUID oldest() {
        return seats.stream()
                .min(Comparator.<Seat, Boolean>comparing(s -> s.hold().lost()).thenComparing(Seat::joinedAt))
                .orElseThrow()
                .userId();
    }

    /** Somebody leads from now on, and hears who waits. */
    void lead(UUID user, boolean byChoice) {
        chosen = byChoice;
        if (user.equals(hostId)) {
            return;
        }
        hostId = user;
        tell(Effect.changed());
        List.copyOf(waiting).forEach(waiter -> askLeaders(Word.KNOCK, waiter.person()));
    }

    void askLeaders(Word word, Person about) {
        for (Seat seat : seats) {
            boolean leads = seat.userId().equals(hostId) || seat.userId().equals(terms.ownerId());
            if (leads && !seat.hold().lost()) {
                tell(Effect.asked(seat.hold(), word, about));
            }
        }
    }

    /** Takes somebody out of the lobby with a last word. */
    void dismiss(Waiter waiter, Word word) {
        waiting.remove(waiter);
        tell(Effect.asked(waiter.hold(), word, null));
    }

    void withdraw(Waiter waiter) {
        waiting.remove(waiter);
        askLeaders(Word.WITHDRAWN, waiter.person());
    }

    /** Over for all. */
    void over() {
        tell(Effect.ended(List.copyOf(before.nodes())));
        for (Seat seat : List.copyOf(seats)) {
            unsaved.add(seat.stay(now));
            tell(Effect.evicted(seat.userId(), seat.hold()));
        }
        List.copyOf(waiting).forEach(waiter -> dismiss(waiter, Word.DENIED));
        seats.clear();
        passes.clear();
        idleSince = now;
        hostId = terms.ownerId();
        chosen = false;
        terms = terms.ended(now);
        dirty = true;
    }

    /** What was stored need not be stored again. */
    void saved(MeetingRecord stored) {
        unsaved.removeAll(stored.unsaved());
        dirty = dirty && !(terms.equals(stored.terms()) && barred.equals(stored.barred()));
    }
}
