package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Faults;
import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.CallOperations;
import dev.switchboard.protocol.CallOperations.Leg;
import dev.switchboard.protocol.CallOperations.LegNews;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.MeetingEvents.Over;
import dev.switchboard.protocol.MeetingInternals;
import dev.switchboard.protocol.MeetingInternals.Seat;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which of an event loop's sockets take part in calls and meetings. Says now and then that they are there, and says at once
 * when they are not; what could not be said ends with the lease of the leg or seat.
 *
 * <p>When nodes come, or come back, the owners may have forgotten these sockets, or remember what the other half of the
 * cluster did: so everything is said soon, and a socket that has lost its place meanwhile has it again, or hears so. A
 * place is here only from the answer that gave it to the word that gives it up: a socket that is just entering or leaving
 * is never spoken for.
 */
final class Places {
    /** A third of a lease. */
    private static final long RENEW_MS = 30_000;

    /** Not all at once: each time a part of the sockets. */
    private static final int TURNS = 30;

    /** Nodes that met may still be putting together what each of them kept: until the last of these nothing is given up. */
    private static final List<Long> AFTER_MEETING_MS = List.of(1_000L, 5_000L, 15_000L);

    private final Vertx vertx;
    private final Context context;
    private final Bus bus;
    private final Hub hub;
    private final Map<String, Holder> bySocket = new HashMap<>();
    private final long timer;
    private final Runnable stopListening;
    private Set<String> known;

    /** How often nodes met whose state may not be put together yet. */
    private int reunions;

    private int turn;

    /** What a socket has a place in. */
    enum Kind {
        CALL,
        LOBBY,
        SEAT
    }

    /** Where a socket takes part. */
    record Place(Kind kind, UUID id) {}

    /** @param versions of meetings, as they were when the last word of them came */
    private record Holder(Connection socket, Caller caller, Map<UUID, Place> places, Map<UUID, Long> versions) {}

    /** Must be made on the event loop that it serves. */
    Places(Vertx vertx, Bus bus, Hub hub) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.bus = bus;
        this.hub = hub;
        this.known = bus.ownership().nodes();
        this.timer = vertx.setPeriodic(RENEW_MS / TURNS, t -> renewSome());
        this.stopListening = bus.ownership().onChange(() -> context.runOnContext(v -> changed()));
        hub.onUnseated(this::check);
    }

    /** How many places a socket has. */
    int count(String socketId) {
        Holder holder = bySocket.get(socketId);
        return holder == null ? 0 : holder.places().size();
    }

    /** @param caller who takes part */
    void taken(Connection socket, Caller caller, Place place) {
        bySocket.computeIfAbsent(socket.socketId(), s -> new Holder(socket, caller, new HashMap<>(2), new HashMap<>(2)))
                .places()
                .put(place.id(), place);
    }

    /** The socket takes part no more, and whoever keeps the place knows, or will. Null: it did not. */
    @Nullable
    Place left(String socketId, UUID id) {
        Holder holder = bySocket.get(socketId);
        if (holder == null) {
            return null;
        }
        Place place = holder.places().remove(id);
        holder.versions().remove(id);
        if (holder.places().isEmpty()) {
            bySocket.remove(socketId);
        }
        return place;
    }

    void gone(String socketId) {
        Holder holder = bySocket.remove(socketId);
        if (holder != null) {
            holder.places().values().forEach(place -> lost(socketId, place));
        }
    }

    private void lost(String socketId, Place place) {
        if (place.kind() == Kind.CALL) {
            bus.call(CallOperations.LEG, Caller.system(), new Leg(place.id(), socketId, LegNews.LOST));
        } else {
            bus.call(MeetingInternals.SEAT, Caller.system(), new Seat(place.id(), socketId, LegNews.LOST, null));
        }
    }

    private void changed() {
        Set<String> nodes = bus.ownership().nodes();
        if (!known.containsAll(nodes)) {
            reunions++;
            AFTER_MEETING_MS.forEach(wait -> vertx.setTimer(wait, t -> renew(socketId -> true)));
            vertx.setTimer(AFTER_MEETING_MS.get(AFTER_MEETING_MS.size() - 1) - 1, t -> reunions--);
        }
        known = nodes;
    }

    private void renewSome() {
        turn = (turn + 1) % TURNS;
        renew(socketId -> Math.floorMod(socketId.hashCode(), TURNS) == turn);
    }

    private void renew(Predicate<String> which) {
        bySocket.keySet().stream().filter(which).toList().forEach(socketId -> {
            Holder holder = bySocket.get(socketId);
            if (holder != null) {
                List.copyOf(holder.places().values()).forEach(place -> renew(holder, place));
            }
        });
    }

    private void renew(Holder holder, Place place) {
        if (place.kind() == Kind.CALL) {
            renewLeg(holder, place);
        } else {
            renewSeat(holder, place, place.kind() == Kind.SEAT, false);
        }
    }

    /** A call is over; or a socket heard that it has no place in a meeting any more, and may have entered again since. */
    private void check(UUID id, String socketId) {
        Holder holder = bySocket.get(socketId);
        Place place = holder == null ? null : holder.places().get(id);
        if (holder == null || place == null) {
            return;
        }
        if (place.kind() == Kind.CALL) {
            left(socketId, id);
        } else {
            renewSeat(holder, place, false, true);
        }
    }

    /**
     * @param claim whether a seat that was lost meanwhile is wanted back
     * @param told whether the socket has heard why, if it has none
     */
    private void renewSeat(Holder holder, Place place, boolean claim, boolean told) {
        String socketId = holder.socket().socketId();
        String node = claim ? bus.ownership().nodeId() : null;
        bus.call(MeetingInternals.SEAT, holder.caller(), new Seat(place.id(), socketId, LegNews.ALIVE, node))
                .onSuccess(seated -> {
                    if (holds(socketId, place)) {
                        // What changed was told; nothing says whether it arrived.
                        Long before = holder.versions().put(place.id(), seated.version());
                        boolean changed = before == null || before != seated.version();
                        if (seated.back() || (changed && place.kind() == Kind.SEAT)) {
                            hub.tellState(holder.socket(), holder.caller(), place.id());
                        }
                    } else if (seated.back()) {
                        // It went meanwhile, and this was slower than the word of it.
                        lost(socketId, place);
                    }
                })
                .onFailure(failure -> {
                    Fault fault = Faults.of(failure).fault();
                    boolean gone = fault == Fault.NOT_FOUND && reunions == 0;
                    if ((gone || fault == Fault.NOT_A_MEMBER) && forget(socketId, place) && gone && !told) {
                        tellLost(holder, place.id());
                    }
                });
    }

    private void renewLeg(Holder holder, Place place) {
        String socketId = holder.socket().socketId();
        bus.call(CallOperations.LEG, Caller.system(), new Leg(place.id(), socketId, LegNews.ALIVE))
                .onSuccess(renewed -> {
                    if (!holds(socketId, place)) {
                        // It went meanwhile, and this was slower than the word of it.
                        lost(socketId, place);
                    }
                })
                .onFailure(failure -> {
                    Fault fault = Faults.of(failure).fault();
                    boolean over = fault == Fault.CONFLICT || (fault == Fault.NOT_FOUND && reunions == 0);
                    if (over && forget(socketId, place)) {
                        tellEnd(holder, place.id());
                    }
                });
    }

    /** Nobody keeps the meeting any more; somebody else may begin it anew before this node's followers notice. */
    private void tellLost(Holder holder, UUID meeting) {
        Event<Over> event = Event.state(Event.MEETING_ENDED, meeting, new Over(meeting, "lost"));
        holder.socket().send(ServerFrames.rec(BridgeRegistrations.ROOM + meeting, event));
    }

    /** It ended, and no word of that has come here: such a word takes the place away. */
    private void tellEnd(Holder holder, UUID call) {
        Caller caller = holder.caller();
        bus.call(CallOperations.GET, caller, new CallOperations.Get(call))
                .map(found -> found.reason() == null ? Call.EndReason.DISCONNECTED : found.reason())
                .otherwise(Call.EndReason.DISCONNECTED)
                .onSuccess(reason -> holder.socket()
                        .send(ServerFrames.rec(
                                BridgeRegistrations.USER + caller.user(),
                                Event.personal(
                                        Event.CALL_END,
                                        new CallOperations.Ended(
                                                call, reason.name().toLowerCase(Locale.ROOT))))));
    }

    private boolean holds(String socketId, Place place) {
        Holder holder = bySocket.get(socketId);
        return holder != null && place.equals(holder.places().get(place.id()));
    }

    private boolean forget(String socketId, Place place) {
        return holds(socketId, place) && left(socketId, place.id()) != null;
    }

    void close() {
        vertx.cancelTimer(timer);
        stopListening.run();
        List.copyOf(bySocket.keySet()).forEach(this::gone);
    }
}
