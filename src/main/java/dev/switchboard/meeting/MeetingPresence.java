package dev.switchboard.meeting;

import dev.switchboard.bus.Handlers;
import dev.switchboard.bus.Mailboxes;
import dev.switchboard.meeting.MeetingRules.Entrance;
import dev.switchboard.protocol.CallOperations.LegNews;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.MeetingInternals;
import dev.switchboard.protocol.MeetingInternals.Relay;
import dev.switchboard.protocol.MeetingInternals.Seated;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.MeetingOperations.Entry;
import dev.switchboard.protocol.MeetingOperations.Join;
import dev.switchboard.protocol.MeetingOperations.Joined;
import dev.switchboard.protocol.MeetingOperations.Leave;
import dev.switchboard.protocol.MeetingOperations.Say;
import dev.switchboard.protocol.MeetingOperations.State;
import dev.switchboard.protocol.MeetingOperations.Update;
import dev.switchboard.protocol.MeetingOperations.Waiting;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.Participant;
import dev.switchboard.protocol.RoomOperations.Sent;
import dev.switchboard.protocol.SignalOperations.RelayedCandidate;
import dev.switchboard.protocol.SignalOperations.RelayedDescription;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Being in a meeting: entering and leaving it, what is done and said in it, signals from one participant to another. */
final class MeetingPresence {
    private final Meetings meetings;
    private final MeetingChat chat;
    private final Mailboxes mail;

    MeetingPresence(Meetings meetings, MeetingChat chat, Mailboxes mail) {
        this.meetings = meetings;
        this.chat = chat;
        this.mail = mail;
    }

    void register(Handlers handlers) {
        handlers.on(MeetingOperations.JOIN, this::join)
                .on(MeetingOperations.LEAVE, this::leave)
                .on(MeetingOperations.UPDATE, this::update)
                .on(MeetingOperations.STATE, this::state)
                .on(MeetingOperations.SAY, this::say)
                .on(MeetingInternals.SEAT, this::seat)
                .on(MeetingInternals.RELAY, this::relay)
                .on(MeetingInternals.FOLLOW, (caller, q) -> chat.follow(q.roomId(), q.afterSeq()));
    }

    private Future<Joined> join(Caller caller, Join q) {
        String node = q.node();
        if (node == null) {
            throw new IllegalStateException("the door says which node holds the socket");
        }
        Entrance entrance = new Entrance(Person.of(caller), socket(caller), node, Ids.next(), q.oldSocketId());
        return meetings.change(q.meetingId(), meeting -> MeetingRules.enter(meeting, entrance, meetings.now()))
                .compose(meeting -> meeting.seat(caller.user()) == null
                        ? Future.succeededFuture(outside(meeting))
                        : chat.missed(q.meetingId(), q.afterSeq())
                                .map(missed -> inside(meeting, caller.user(), missed))
                                .onSuccess(joined -> flush(meeting)));
    }

    /** Who waits learns what the meeting is called, and not who is in it. */
    private static Joined outside(MeetingRecord meeting) {
        return new Joined(meeting.view(List.of()), Entry.WAITING, List.of(), null, null, 0, List.of(), true);
    }

    private static Joined inside(MeetingRecord meeting, UUID user, MeetingChat.Missed missed) {
        State state = view(meeting, user);
        return new Joined(
                state.meeting(),
                Entry.JOINED,
                state.participants(),
                state.self(),
                state.waiting(),
                missed.head(),
                missed.events(),
                missed.recovered());
    }

    private static State view(MeetingRecord meeting, UUID user) {
        Seat seat = meeting.seat(user);
        Participant self = seat == null ? null : seat.view(meeting.hostId(), meeting.version());
        List<Waiting> waiting = meeting.leads(user)
                ? meeting.waiting().stream().map(Waiter::view).toList()
                : null;
        return new State(meeting.view(List.of()), meeting.participants(), self, waiting);
    }

    private Future<Nothing> leave(Caller caller, Leave q) {
        String socket = socket(caller);
        return meetings.changeLive(q.meetingId(), meeting -> MeetingRules.leave(meeting, socket, meetings.now()))
                .map(Nothing.NOTHING)
                .recover(failure ->
                        isOver(failure) ? Future.succeededFuture(Nothing.NOTHING) : Future.failedFuture(failure));
    }

    private static boolean isOver(Throwable failure) {
        return failure instanceof FaultException fault && fault.fault() == Fault.NOT_FOUND;
    }

    private Future<State> update(Caller caller, Update q) {
        return meetings.changeLive(
                        q.meetingId(),
                        meeting -> MeetingActions.apply(
                                meeting, caller.user(), caller.socketId(), q, meetings.now(), meetings.times()))
                .map(meeting -> view(meeting, caller.user()));
    }

    private Future<State> state(Caller caller, Leave q) {
        return live(q.meetingId(), caller.user()).map(meeting -> view(meeting, caller.user()));
    }

    private Future<Sent> say(Caller caller, Say q) {
        return live(q.meetingId(), caller.user()).compose(meeting -> chat.say(Person.of(caller), q));
    }

    /** A meeting that the user is in. */
    private Future<MeetingRecord> live(UUID meeting, UUID user) {
        return meetings.find(meeting).map(found -> {
            MeetingRecord live = found.orElseThrow(() -> Fault.NOT_FOUND.because("Nobody is in such a meeting."));
            MeetingRules.requireLive(live);
            if (live.seat(user) == null) {
                throw Fault.NOT_A_MEMBER.because("You are not in this meeting.");
            }
            return live;
        });
    }

    /** A node tells of a socket. */
    private Future<Seated> seat(Caller caller, MeetingInternals.Seat q) {
        boolean[] back = new boolean[1];
        return meetings.changeLive(q.meetingId(), meeting -> {
                    MeetingChange change = news(meeting, caller, q);
                    back[0] = change.meeting().isPresent(q.socketId()) && !meeting.isPresent(q.socketId());
                    return change;
                })
                .map(meeting -> {
                    if (!meeting.holds(q.socketId())) {
                        throw Fault.NOT_A_MEMBER.because("The socket is not in the meeting.");
                    }
                    if (back[0]) {
                        flush(meeting);
                    }
                    return new Seated(back[0], meeting.version());
                });
    }

    private MeetingChange news(MeetingRecord meeting, Caller caller, MeetingInternals.Seat q) {
        if (q.news() == LegNews.LOST) {
            return MeetingRules.socketLost(meeting, q.socketId(), meetings.now(), meetings.times());
        }
        String node = q.node();
        if (node == null) {
            return MeetingRules.renew(meeting, q.socketId(), meetings.now());
        }
        Entrance entrance = new Entrance(Person.of(caller), q.socketId(), node, Ids.next(), null);
        return SeatClaim.apply(meeting, entrance, meetings.now());
    }

    private Future<Nothing> relay(Caller caller, Relay q) {
        String from = socket(caller);
        return live(q.meetingId(), caller.user()).map(meeting -> {
            Seat own = meeting.seatOn(from);
            Seat peer = meeting.seatOn(q.to());
            if (own == null || !own.userId().equals(caller.user())) {
                throw Fault.FORBIDDEN.because("This socket is not in the meeting.");
            }
            if (peer == null || peer.equals(own)) {
                throw Fault.FORBIDDEN.because("That socket is not in the meeting.");
            }
            mail.deliver(
                    q.meetingId(), peer.userId(), signal(from, caller.user(), q), user -> whereabouts(meeting, user));
            return Nothing.NOTHING;
        });
    }

    private static Mailboxes.@Nullable Address whereabouts(MeetingRecord meeting, UUID user) {
        Seat seat = meeting.seat(user);
        if (seat == null) {
            return null;
        }
        Hold hold = seat.hold();
        return new Mailboxes.Address(hold.nodeId(), hold.socketId(), hold.lost());
    }

    /** Delivers the signals that waited for people who are back. */
    void flush(MeetingRecord meeting) {
        mail.flush(meeting.id(), user -> whereabouts(meeting, user));
    }

    /** Forgets the signals of meetings that are not this shard's any more, or not there. */
    void retain(List<UUID> owned) {
        mail.retain(owned);
    }

    private static Event<?> signal(String from, UUID user, Relay q) {
        return q.candidate() != null
                ? Event.personal(q.type(), new RelayedCandidate(null, q.meetingId(), from, user, q.candidate()))
                : Event.personal(
                        q.type(),
                        new RelayedDescription(null, q.meetingId(), from, user, Objects.requireNonNull(q.sdp())));
    }

    private static String socket(Caller caller) {
        @Nullable String socket = caller.socketId();
        if (socket == null) {
            throw Fault.VALIDATION_FAILED.because("Meetings need a socket: ask by the event bus.");
        }
        return socket;
    }
}
