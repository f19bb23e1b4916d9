package dev.switchboard.bus;

import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Events for single sockets of people who take part in something. What is for somebody who is away waits, in order, until
 * a socket takes the place of the lost one; not for long and not much: whoever comes back restarts ICE anyway. Used on one
 * context only.
 */
public final class Mailboxes {
    private static final int MAX_WAITING = 64;

    /** Calls and meetings with somebody who is away. */
    private static final int MAX_PLACES = 10_000;

    private final Bus bus;
    private final Map<UUID, Deque<Waiting>> waiting = new HashMap<>();

    /** Something for a user who is away. */
    private record Waiting(UUID userId, Event<?> event) {}

    /**
     * Where somebody is.
     *
     * @param away whether the socket is gone and another one may take its place
     */
    public record Address(@Nullable String nodeId, @Nullable String socketId, boolean away) {}

    public Mailboxes(Bus bus) {
        this.bus = bus;
    }

    /**
     * Delivers an event after whatever waits in the same place, or keeps it.
     *
     * @param place the call or the meeting
     * @param whereabouts of its people; null for somebody who is not in it any more
     * @throws dev.switchboard.protocol.FaultException {@code unavailable} when too much waits
     */
    public void deliver(UUID place, UUID user, Event<?> event, Function<UUID, @Nullable Address> whereabouts) {
        Address address = whereabouts.apply(user);
        if (address != null && !address.away() && !waiting.containsKey(place)) {
            deliver(address, event);
            return;
        }
        keep(place, user, event);
        flush(place, whereabouts);
    }

    private void keep(UUID place, UUID user, Event<?> event) {
        Deque<Waiting> queue = waiting.get(place);
        if (queue == null && waiting.size() < MAX_PLACES) {
            queue = new ArrayDeque<>();
            waiting.put(place, queue);
        }
        if (queue == null || queue.size() >= MAX_WAITING) {
            throw Fault.UNAVAILABLE.because("The other side is away, and too much waits for it already.");
        }
        queue.add(new Waiting(user, event));
    }

    /** Delivers what waited, as far as its receivers are there; drops what is for those who are not coming back. */
    public void flush(UUID place, Function<UUID, @Nullable Address> whereabouts) {
        Deque<Waiting> queue = waiting.get(place);
        if (queue == null) {
            return;
        }
        queue.removeIf(mail -> {
            Address address = whereabouts.apply(mail.userId());
            if (address == null || address.away()) {
                return address == null;
            }
            deliver(address, mail.event());
            return true;
        });
        if (queue.isEmpty()) {
            waiting.remove(place);
        }
    }

    /** Forgets what waits in other places than these. */
    public void retain(Collection<UUID> places) {
        waiting.keySet().retainAll(places);
    }

    private void deliver(Address address, Event<?> event) {
        String node = address.nodeId();
        if (node != null) {
            bus.deliver(node, new Delivery(Delivery.SOCKET + address.socketId(), 0, List.of(Json.bytes(event))));
        }
    }
}
