package dev.switchboard.meeting;

import dev.switchboard.bus.RecordChanges;
import dev.switchboard.bus.RecordStore;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** The meetings that live: brings them to life, changes them by rules, stores what is to stay, forgets them. */
final class Meetings implements RecordChanges.Work<MeetingEntry> {
    private final RecordStore<MeetingEntry> store;
    private final RecordStore<Chat> chats;
    private final MeetingLog log;
    private final MeetingNews news;
    private final Supplier<MeetingTimes> times;
    private final Clock clock;
    private final RecordChanges<MeetingEntry> changes;
    private final Set<UUID> storing = new HashSet<>();

    Meetings(
            RecordStore<MeetingEntry> store,
            RecordStore<Chat> chats,
            MeetingLog log,
            MeetingNews news,
            Supplier<MeetingTimes> times,
            Clock clock) {
        this.store = store;
        this.chats = chats;
        this.log = log;
        this.news = news;
        this.times = times;
        this.clock = clock;
        this.changes = new RecordChanges<>(store, this);
    }

    /** As exactly as it is written. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    MeetingTimes times() {
        return times.get();
    }

    Future<Optional<MeetingRecord>> find(UUID meeting) {
        return store.find(meeting).map(found -> found.map(MeetingEntry::meeting));
    }

    Future<Map<UUID, MeetingEntry>> findAll(Collection<UUID> meetings) {
        return store.findAll(meetings);
    }

    Future<List<UUID>> owned(int shard) {
        return store.owned(shard);
    }

    /** Changes a meeting, which comes to life by it. */
    Future<MeetingRecord> change(UUID meeting, Function<MeetingRecord, MeetingChange> rule) {
        return changes.change(meeting, entry -> entry.after(rule.apply(entry.meeting())))
                .map(this::changed);
    }

    /** Changes a meeting that lives; fails with {@code not_found} when it does not. */
    Future<MeetingRecord> changeLive(UUID meeting, Function<MeetingRecord, MeetingChange> rule) {
        return changes.changeExisting(meeting, entry -> entry.after(rule.apply(entry.meeting())))
                .map(this::changed);
    }

    private MeetingRecord changed(MeetingEntry entry) {
        keep(entry.meeting());
        return entry.meeting();
    }

    @Override
    public Future<MeetingEntry> load(UUID meeting) {
        return log.load(meeting).compose(found -> {
            MeetingLog.Stored stored = found.orElseThrow(() -> Fault.NOT_FOUND.because("No such meeting."));
            if (stored.terms().endedAt() != null) {
                throw Fault.MEETING_ENDED.because("The meeting was ended.");
            }
            Instant now = now();
            // What the last life of the meeting left open, when all of its nodes died at once.
            return log.endStays(meeting, now)
                    // Versions go on rising from one life to the next.
                    .map(new MeetingEntry(
                            MeetingRecord.of(stored.terms(), stored.barred(), now.toEpochMilli(), now), List.of()));
        });
    }

    @Override
    public Future<Void> created(MeetingEntry entry) {
        UUID id = entry.meeting().id();
        return chats.put(id, Chat.empty(id));
    }

    @Override
    public Future<Void> perform(MeetingEntry entry) {
        news.tell(entry);
        return Future.succeededFuture();
    }

    @Override
    public MeetingEntry done(MeetingEntry entry) {
        return entry.done();
    }

    /** Stores what is not stored yet, unless that is under way. */
    Future<Void> keep(MeetingRecord meeting) {
        boolean needed = meeting.dirty() || !meeting.unsaved().isEmpty();
        if (!needed || !storing.add(meeting.id())) {
            return Future.succeededFuture();
        }
        Future<MeetingEntry> stored = log.save(meeting)
                .compose(done -> changes.changeExisting(
                        meeting.id(), e -> e.after(MeetingRules.saved(e.meeting(), meeting, now()))));
        return stored.onComplete(done -> storing.remove(meeting.id())).compose(entry -> keep(entry.meeting()));
    }

    /** Does what is due for one meeting, and forgets it when there is nothing to keep it for. */
    Future<Void> sweep(UUID meeting, Set<String> nodes) {
        return store.find(meeting).compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture();
            }
            MeetingEntry entry = found.get();
            if (!entry.pending().isEmpty()) {
                return changes.finish(meeting);
            }
            if (entry.meeting().isForgettable(now(), times())) {
                return forget(meeting);
            }
            return changeLive(meeting, m -> MeetingRules.tick(m, nodes, now(), times()))
                    .mapEmpty();
        });
    }

    private Future<Void> forget(UUID meeting) {
        return changes.inTurn(meeting, () -> store.find(meeting).compose(found -> {
            if (found.isEmpty() || !found.get().meeting().isForgettable(now(), times())) {
                return Future.succeededFuture();
            }
            changes.forget(meeting);
            return store.remove(meeting, found.get())
                    .compose(removed -> removed ? chats.remove(meeting) : Future.succeededFuture());
        }));
    }

    /** Ends a meeting and takes it away, with all that was stored. */
    Future<Void> delete(UUID meeting) {
        return changeLive(meeting, m -> MeetingRules.end(m, now()))
                .recover(failure -> Future.succeededFuture())
                .compose(done -> log.delete(meeting))
                .compose(done -> changes.inTurn(meeting, () -> {
                    changes.forget(meeting);
                    return store.remove(meeting);
                }))
                .compose(done -> chats.remove(meeting));
    }
}
