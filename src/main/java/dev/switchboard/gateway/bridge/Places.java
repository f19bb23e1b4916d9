package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Faults;
import dev.switchboard.protocol.CallOperations;
import dev.switchboard.protocol.CallOperations.Leg;
import dev.switchboard.protocol.CallOperations.LegNews;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.MeetingInternals;
import dev.switchboard.protocol.MeetingInternals.Seat;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Which of an event loop's sockets take part in calls and meetings. Says now and then that they are there, and says at once
 * when they are not; what could not be said ends with the lease of the leg or seat.
 */
final class Places {
    /** A third of a lease. */
    private static final long RENEW_MS = 30_000;

    private final Vertx vertx;
    private final Bus bus;
    private final Map<String, Set<Place>> bySocket = new HashMap<>();
    private final long timer;

    /** Where a socket takes part. */
    record Place(boolean meeting, UUID id) {
        static Place call(UUID id) {
            return new Place(false, id);
        }

        static Place meeting(UUID id) {
            return new Place(true, id);
        }
    }

    Places(Vertx vertx, Bus bus) {
        this.vertx = vertx;
        this.bus = bus;
        this.timer = vertx.setPeriodic(RENEW_MS, t -> renew());
    }

    /** How many places a socket has. */
    int count(String socketId) {
        return bySocket.getOrDefault(socketId, Set.of()).size();
    }

    void taken(String socketId, Place place) {
        bySocket.computeIfAbsent(socketId, s -> new HashSet<>(2)).add(place);
    }

    /** The socket takes part no more, and whoever keeps the place knows. */
    void left(String socketId, Place place) {
        bySocket.computeIfPresent(socketId, (s, places) -> {
            places.remove(place);
            return places.isEmpty() ? null : places;
        });
    }

    void gone(String socketId) {
        Set<Place> places = bySocket.remove(socketId);
        if (places != null) {
            places.forEach(place -> tell(place, socketId, LegNews.LOST));
        }
    }

    private void renew() {
        Map.copyOf(bySocket).forEach((socketId, places) -> List.copyOf(places)
                .forEach(place -> tell(place, socketId, LegNews.ALIVE)));
    }

    private void tell(Place place, String socketId, LegNews news) {
        Future<?> told = place.meeting()
                ? bus.call(MeetingInternals.SEAT, Caller.system(), new Seat(place.id(), socketId, news))
                : bus.call(CallOperations.LEG, Caller.system(), new Leg(place.id(), socketId, news));
        told.onFailure(failure -> {
            if (Faults.of(failure).fault() == Fault.NOT_FOUND) {
                left(socketId, place);
            }
        });
    }

    void close() {
        vertx.cancelTimer(timer);
        List.copyOf(bySocket.keySet()).forEach(this::gone);
    }
}
