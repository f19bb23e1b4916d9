package dev.switchboard.bus;

import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Events for single sockets of people who take part in something. What is for somebody who is away waits, in order, until
 * a socket takes the place of the lost one; not for long and not much: whoever comes back restarts ICE anyway. Used on one
 * context only.
 */
public final class Mailboxes {
    /** For one who is away. */
    private static final int MAX_WAITING = 64;

    /** For all of them: a session description may be large. */
    private static final long MAX_BYTES = 16L << 20;

    private final Bus bus;
    private final Map<UUID, Deque<Waiting>> waiting = new HashMap<>();
    private long bytes;

    /** Something for a user who is away. */
    private static final class Waiting {
        private final UUID userId;
        private final byte[] event;

        Waiting(UUID userId, byte[] event) {
            this.userId = userId;
            this.event = event;
        }
    }

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
        flush(place, whereabouts);
        Address address = whereabouts.apply(user);
        if (address != null && address.away()) {
            keep(place, new Waiting(user, Json.bytes(event)));
        } else if (address != null) {
            deliver(address, Json.bytes(event));
        }
    }

    private void keep(UUID place, Waiting mail) {
        Deque<Waiting> queue = waiting.getOrDefault(place, new ArrayDeque<>());
        long before =
                queue.stream().filter(other -> other.userId.equals(mail.userId)).count();
        if (before >= MAX_WAITING || bytes + mail.event.length > MAX_BYTES) {
            throw Fault.UNAVAILABLE.because("The other side is away, and too much waits for it already.");
        }
        bytes += mail.event.length;
        queue.add(mail);
        waiting.put(place, queue);
    }

    /** Delivers what waited, as far as its receivers are there; drops what is for those who are not coming back. */
    public void flush(UUID place, Function<UUID, @Nullable Address> whereabouts) {
        Deque<Waiting> queue = waiting.get(place);
        if (queue == null) {
            return;
        }
        queue.removeIf(mail -> {
            Address address = whereabouts.apply(mail.userId);
            if (address != null && address.away()) {
                return false;
            }
            bytes -= mail.event.length;
            if (address != null) {
                deliver(address, mail.event);
            }
            return true;
        });
        if (queue.isEmpty()) {
            waiting.remove(place);
        }
    }

    /** Forgets what waits in other places than these. */
    public void retain(Collection<UUID> places) {
        Set<UUID> gone = new HashSet<>(waiting.keySet());
        gone.removeAll(Set.copyOf(places));
        gone.forEach(place -> flush(place, user -> null));
    }

    private void deliver(Address address, byte[] event) {
        String node = address.nodeId();
        if (node != null) {
            bus.deliver(node, new Delivery(Delivery.SOCKET + address.socketId(), 0, List.of(event)));
        }
    }
}
