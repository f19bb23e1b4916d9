package dev.switchboard.meeting;

import dev.switchboard.bus.Handlers;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.Meeting;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.MeetingOperations.Change;
import dev.switchboard.protocol.MeetingOperations.Create;
import dev.switchboard.protocol.MeetingOperations.Find;
import dev.switchboard.protocol.MeetingOperations.FindStays;
import dev.switchboard.protocol.MeetingOperations.Get;
import dev.switchboard.protocol.MeetingOperations.Stay;
import dev.switchboard.protocol.MeetingOperations.Stays;
import dev.switchboard.protocol.Nothing;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Making, finding and changing meetings, whether or not somebody is in them. */
final class MeetingRequests {
    private static final int PAGE = 50;

    private final Meetings meetings;
    private final MeetingLog log;
    private final IntSupplier maxParticipants;

    MeetingRequests(Meetings meetings, MeetingLog log, IntSupplier maxParticipants) {
        this.meetings = meetings;
        this.log = log;
        this.maxParticipants = maxParticipants;
    }

    void register(Handlers handlers) {
        handlers.on(MeetingOperations.CREATE, this::create)
                .on(MeetingOperations.FIND, this::find)
                .on(MeetingOperations.GET, this::get)
                .on(MeetingOperations.CHANGE, this::change)
                .on(MeetingOperations.DELETE, this::delete)
                .on(MeetingOperations.PARTICIPANTS, this::participants);
    }

    private Future<Meeting> create(Caller caller, Create q) {
        Terms terms = new Terms(
                Ids.next(),
                q.title(),
                q.description(),
                caller.user(),
                capacity(q.capacity(), maxParticipants.getAsInt()),
                false,
                q.lobby() != null && q.lobby(),
                meetings.now(),
                null);
        return log.create(terms, q.clientId()).map(made -> MeetingRecord.view(made, List.of()));
    }

    private static int capacity(@Nullable Integer wanted, int most) {
        if (wanted != null && wanted > most) {
            throw FaultException.invalid("capacity", "must be at most " + most);
        }
        return wanted == null ? most : wanted;
    }

    private Future<MeetingOperations.Meetings> find(Caller caller, Find q) {
        int limit = q.limit() == null ? PAGE : q.limit();
        return log.list(caller.user(), q.cursor(), limit + 1).compose(found -> {
            List<Terms> page = found.subList(0, Math.min(limit, found.size()));
            List<UUID> ids = page.stream().map(Terms::id).toList();
            var live = meetings.findAll(ids);
            var ever = log.ever(ids);
            return Future.all(live, ever).map(both -> {
                List<Meeting> items = new ArrayList<>(page.size());
                for (Terms terms : page) {
                    MeetingEntry entry = live.result().get(terms.id());
                    List<UUID> users = ever.result().getOrDefault(terms.id(), List.of());
                    items.add(view(terms, entry == null ? null : entry.meeting(), users));
                }
                return new MeetingOperations.Meetings(items, found.size() > limit ? ids.get(limit - 1) : null);
            });
        });
    }

    private static Meeting view(Terms terms, @Nullable MeetingRecord live, List<UUID> ever) {
        return live == null ? MeetingRecord.view(terms, ever) : live.view(withThose(live, ever));
    }

    private static List<UUID> withThose(MeetingRecord live, List<UUID> ever) {
        Set<UUID> all = new LinkedHashSet<>(ever);
        live.seats().forEach(seat -> all.add(seat.userId()));
        return List.copyOf(all);
    }

    private Future<Meeting> get(Caller caller, Get q) {
        return known(q.id()).compose(known -> shown(known, caller.user()));
    }

    /** A meeting as it is stored and, perhaps, as it lives. */
    private record Known(Terms terms, @Nullable MeetingRecord live) {}

    private Future<Known> known(UUID id) {
        return meetings.find(id)
                .compose(live -> live.isPresent()
                        ? Future.succeededFuture(new Known(live.get().terms(), live.get()))
                        : log.load(id)
                                .map(stored -> new Known(
                                        stored.orElseThrow(() -> Fault.NOT_FOUND.because("No such meeting."))
                                                .terms(),
                                        null)));
    }

    /** Who was in a meeting is shown to those who were, and to its owner. */
    private Future<Meeting> shown(Known known, UUID user) {
        UUID id = known.terms().id();
        return log.ever(List.of(id)).map(found -> {
            Meeting whole = view(known.terms(), known.live(), found.getOrDefault(id, List.of()));
            boolean may = user.equals(whole.ownerId()) || whole.participants().contains(user);
            return may ? whole : view(known, List.of());
        });
    }

    private static Meeting view(Known known, List<UUID> ever) {
        MeetingRecord live = known.live();
        return live == null ? MeetingRecord.view(known.terms(), ever) : live.view(ever);
    }

    private Future<Meeting> change(Caller caller, Change q) {
        return meetings.change(q.id(), meeting -> {
                    if (!meeting.leads(caller.user())) {
                        throw Fault.FORBIDDEN.because("Only the host of the meeting may change it.");
                    }
                    return MeetingRules.terms(meeting, changed(meeting.terms(), q), meetings.now());
                })
                .compose(meeting -> meetings.keep(meeting).map(meeting))
                .compose(meeting -> shown(new Known(meeting.terms(), meeting), caller.user()));
    }

    private Terms changed(Terms terms, Change q) {
        return new Terms(
                terms.id(),
                Objects.requireNonNullElse(q.title(), terms.title()),
                q.description() == null ? terms.description() : q.description(),
                terms.ownerId(),
                capacity(q.capacity(), terms.capacity()),
                Objects.requireNonNullElse(q.locked(), terms.locked()),
                Objects.requireNonNullElse(q.lobby(), terms.lobby()),
                terms.createdAt(),
                terms.endedAt());
    }

    private Future<Nothing> delete(Caller caller, Get q) {
        return known(q.id()).compose(known -> {
            if (!known.terms().ownerId().equals(caller.user())) {
                throw Fault.FORBIDDEN.because("Only the owner of the meeting may delete it.");
            }
            return meetings.delete(q.id()).map(Nothing.NOTHING);
        });
    }

    private Future<Stays> participants(Caller caller, FindStays q) {
        int limit = q.limit() == null ? PAGE : q.limit();
        return known(q.id()).compose(known -> shown(known, caller.user()).compose(meeting -> {
            boolean may = caller.user().equals(meeting.ownerId())
                    || meeting.participants().contains(caller.user());
            if (!may) {
                throw Fault.NOT_A_MEMBER.because("You were never in this meeting.");
            }
            return log.stays(q.id(), q.cursor(), limit + 1).map(found -> stays(known.live(), found, limit));
        }));
    }

    private static Stays stays(@Nullable MeetingRecord live, List<Stay> found, int limit) {
        List<Stay> items = List.copyOf(found.subList(0, Math.min(limit, found.size())));
        return new Stays(
                live == null ? List.of() : live.participants(),
                items,
                found.size() > limit ? items.get(limit - 1).id() : null);
    }
}
