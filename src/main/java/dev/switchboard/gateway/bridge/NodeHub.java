package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Json;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.MeetingEvents.Over;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node follows: one subscription for each room and node, whatever the number of sockets, handed to the event
 * loops encoded once; and who of its users is here.
 *
 * <p>One on each node that has a door, with a context of its own. Deliveries, joins and attachments pass through it one
 * after the other, and each loop hears of them in that order: so nothing falls between what a socket was told in a reply
 * and what it hears live.
 */
public final class NodeHub extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(NodeHub.class);

    /** Every room is compared with its owner this often: a safety net under lost deliveries. */
    private static final long CHECK_MS = 20_000;

    private static final long SETTLE_MS = 50;

    private static final long WATCH_MS = 500;

    /** Shorter than it takes the others to give a frozen node up. */
    private static final long STANDSTILL_MS = 5_000;

    private final Bus bus;
    private final BridgeMeters meters;
    private final List<LoopHub> loops = new ArrayList<>();
    private final UserAnnouncer users;
    private @Nullable NodeRooms followed;
    private boolean settling;
    private Set<String> known = Set.of();
    private long watchedAt = System.nanoTime();
    private Runnable stopListening = () -> {};

    public NodeHub(Bus bus, BridgeMeters meters) {
        this.bus = bus;
        this.meters = meters;
        this.users = new UserAnnouncer(bus);
    }

    @Override
    public Future<?> start() {
        NodeRooms rooms = new NodeRooms(vertx, bus, new Listener());
        followed = rooms;
        stopListening = bus.ownership().onChange(() -> context.runOnContext(v -> settle()));
        known = bus.ownership().nodes();
        vertx.setPeriodic(WATCH_MS, t -> watch());
        vertx.setPeriodic(CHECK_MS, t -> {
            rooms.followAll();
            users.announceAll();
        });
        users.start(vertx);
        return bus.onDelivery(this::deliver);
    }

    private final class Listener implements NodeRooms.Listener {
        @Override
        public void events(UUID roomId, long position, List<EventFrame> frames) {
            onLoops(loop -> loop.deliverRoom(roomId, position, frames));
        }

        @Override
        public void over(UUID roomId, Entering.Kind kind, List<UUID> users) {
            if (kind == Entering.Kind.MEETING) {
                // It lived in memory alone: its owner was lost with it, and nobody else says so.
                Event<Over> event = Event.state(Event.MEETING_ENDED, roomId, new Over(roomId, "lost"));
                List<EventFrame> frames = List.of(new EventFrame(Delivery.ROOM + roomId, Json.bytes(event)));
                onLoops(loop -> loop.deliverRoom(roomId, 0, frames));
            }
            users.forEach(user -> onLoops(loop -> loop.evict(roomId, user)));
        }
    }

    @Override
    public Future<?> stop() {
        stopListening.run();
        return Future.succeededFuture();
    }

    void addLoop(LoopHub loop) {
        context.runOnContext(v -> loops.add(loop));
    }

    void removeLoop(LoopHub loop) {
        context.runOnContext(v -> loops.remove(loop));
    }

    void userConnected(UUID userId) {
        context.runOnContext(v -> users.connected(userId));
    }

    /** Completes once the user's owner has heard that the user has a socket on this node. */
    Future<Void> userKnown(LoopHub loop, UUID userId) {
        return inOrder(loop, () -> users.known(userId));
    }

    void userDisconnected(UUID userId) {
        context.runOnContext(v -> users.disconnected(userId));
    }

    /** @param first whether the socket was not in the room before; then {@link #left} must be called once for it */
    <R> Future<R> join(LoopHub loop, UUID user, Entering<R> entering, boolean first) {
        return inOrder(loop, () -> rooms().join(user, entering, first));
    }

    /** A socket is not in the room any more. */
    void left(UUID roomId, UUID userId) {
        context.runOnContext(v -> rooms().left(roomId, userId));
    }

    Bus bus() {
        return bus;
    }

    BridgeMeters meters() {
        return meters;
    }

    /** What a socket at this position misses; from here on its loop hears what follows. */
    Future<NodeRooms.Missed> attach(LoopHub loop, UUID roomId, long position) {
        return inOrder(loop, () -> rooms().attach(roomId, position));
    }

    private NodeRooms rooms() {
        return Objects.requireNonNull(followed, "not started");
    }

    private void deliver(Delivery delivery) {
        String address = delivery.address();
        if (address.startsWith(Delivery.ROOM)) {
            rooms().deliver(UUID.fromString(address.substring(Delivery.ROOM.length())), delivery);
        } else if (address.startsWith(Delivery.USER)) {
            UUID userId = UUID.fromString(address.substring(Delivery.USER.length()));
            List<EventFrame> frames = EventFrame.of(delivery);
            onLoops(loop -> loop.deliverUser(userId, null, frames));
        } else if (address.startsWith(Delivery.OTHERS)) {
            String[] names = address.substring(Delivery.OTHERS.length()).split("/", 2);
            List<EventFrame> frames = EventFrame.of(Delivery.USER + names[0], delivery.events());
            onLoops(loop -> loop.deliverUser(UUID.fromString(names[0]), names[1], frames));
        } else if (address.startsWith(Delivery.SOCKET)) {
            String socketId = address.substring(Delivery.SOCKET.length());
            List<EventFrame> frames = EventFrame.of(delivery);
            onLoops(loop -> loop.deliverSocket(socketId, frames));
        } else if (address.startsWith(Delivery.UNSEAT)) {
            String[] names = address.substring(Delivery.UNSEAT.length()).split("/", 2);
            onLoops(loop -> loop.unseated(UUID.fromString(names[0]), names[1]));
        } else if (address.startsWith(Delivery.EVICT)) {
            UUID roomId = UUID.fromString(address.substring(Delivery.EVICT.length()));
            UUID userId = UUID.fromString(new String(delivery.events().get(0), StandardCharsets.UTF_8));
            onLoops(loop -> loop.evict(roomId, userId));
        }
    }

    private void onLoops(Consumer<LoopHub> action) {
        loops.forEach(loop -> loop.context().runOnContext(v -> action.accept(loop)));
    }

    /** Nodes came, went, or partitions moved: follow again whatever has another owner now, once the dust settles. */
    private void settle() {
        if (settling) {
            return;
        }
        settling = true;
        vertx.setTimer(SETTLE_MS, t -> {
            settling = false;
            Set<String> nodes = bus.ownership().nodes();
            if (known.containsAll(nodes)) {
                rooms().followMoved();
                users.announceMoved();
            } else {
                // Whoever came may have been away, or we were: then the owners do not count on us any more.
                rooms().followAll();
                users.announceAll();
            }
            known = nodes;
        });
    }

    /**
     * Notices that this node stood still: for so long that others took over what it owned and what it had to say. Its
     * sockets are better off elsewhere until it has found its place again.
     */
    private void watch() {
        long now = System.nanoTime();
        long stoodStill = (now - watchedAt) / 1_000_000 - WATCH_MS;
        watchedAt = now;
        if (stoodStill > STANDSTILL_MS) {
            LOG.warn("This node stood still for {} ms: its sockets are sent to other nodes", stoodStill);
            onLoops(LoopHub::sendAway);
        }
    }

    /**
     * Runs on the hub's context. The result is handed to the loop by the hub itself, in line with the deliveries: a future
     * that completed here could be looked at by the loop only after a delivery that came later.
     */
    private <T> Future<T> inOrder(LoopHub loop, Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(v -> {
            Future<T> result;
            try {
                result = action.get();
            } catch (RuntimeException e) {
                result = Future.failedFuture(e);
            }
            result.onComplete(done -> loop.context().runOnContext(x -> {
                if (done.succeeded()) {
                    promise.complete(done.result());
                } else {
                    promise.fail(done.cause());
                }
            }));
        });
        return promise.future();
    }
}
