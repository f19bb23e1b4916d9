package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Json;
import dev.switchboard.bus.Ownership;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.RoomOperations.Follow;
import dev.switchboard.protocol.RoomOperations.Join;
import dev.switchboard.protocol.RoomOperations.Joined;
import dev.switchboard.protocol.RoomOperations.Leave;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node follows: one subscription for each room and node, whatever the number of sockets. Puts deliveries in
 * order, fetches what is missing, and hands them to the event loops, encoded once.
 *
 * <p>One on each node that has a door, with a context of its own. Deliveries, joins and attachments pass through it one
 * after the other, and each loop hears of them in that order: so nothing falls between what a socket was told in a reply
 * and what it hears live.
 */
public final class NodeHub extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(NodeHub.class);

    /** Every room is compared with its owner this often: a safety net under lost deliveries. */
    private static final long CHECK_MS = 20_000;

    /** A socket that misses more than this between its join and its registration must join again. */
    private static final int MAX_MISSED = 5_000;

    private static final long SETTLE_MS = 50;
    private static final long RETRY_MS = 250;
    private static final int FOLLOW_AT_ONCE = 200;
    private static final long FOLLOW_PAUSE_MS = 20;

    private static final long WATCH_MS = 500;

    /** Shorter than it takes the others to give a frozen node up. */
    private static final long STANDSTILL_MS = 5_000;

    private final Bus bus;
    private final String nodeId;
    private final Map<UUID, NodeRoom> rooms = new HashMap<>();
    private final List<LoopHub> loops = new ArrayList<>();
    private final UserAnnouncer users;
    private final Set<UUID> unknown = new HashSet<>();
    private boolean settling;
    private Set<String> known = Set.of();
    private long watchedAt = System.nanoTime();
    private Runnable stopListening = () -> {};

    public NodeHub(Bus bus) {
        this.bus = bus;
        this.nodeId = bus.ownership().nodeId();
        this.users = new UserAnnouncer(bus);
    }

    /** One room as this node follows it. */
    private static final class NodeRoom {
        private final Feed<EventFrame> feed = new Feed<>();
        private final Map<UUID, Integer> users = new HashMap<>();
        private final List<Runnable> waiting = new ArrayList<>();
        private int joining;
        private boolean following;
        private boolean again;
        private String owner = "";
    }

    /** What a socket misses before it hears live. */
    record Missed(long position, List<EventFrame> frames) {}

    @Override
    public Future<?> start() {
        stopListening = bus.ownership().onChange(() -> context.runOnContext(v -> settle()));
        known = bus.ownership().nodes();
        vertx.setPeriodic(WATCH_MS, t -> watch());
        vertx.setPeriodic(CHECK_MS, t -> {
            followAgain(List.copyOf(rooms.keySet()));
            users.announceAll();
        });
        users.start(vertx);
        return bus.onDelivery(this::deliver);
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

    void userDisconnected(UUID userId) {
        context.runOnContext(v -> users.disconnected(userId));
    }

    /** @param first whether the socket was not in the room before; then {@link #left} must be called once for it */
    Future<Joined> join(LoopHub loop, Caller caller, Join request, boolean first) {
        return inOrder(loop, () -> {
            UUID roomId = request.conversationId();
            NodeRoom room = rooms.computeIfAbsent(roomId, r -> new NodeRoom());
            UUID user = caller.user();
            room.joining++;
            if (first) {
                room.users.merge(user, 1, Integer::sum);
            }
            return bus.call(RoomOperations.JOIN, caller, new Join(roomId, request.afterSeq(), nodeId))
                    .onComplete(done -> {
                        room.joining--;
                        if (done.succeeded()) {
                            if (!room.feed.started()) {
                                room.owner = ownerOf(roomId);
                                passOn(
                                        roomId,
                                        room,
                                        room.feed.start(done.result().headSeq()));
                            }
                        } else if (first) {
                            drop(roomId, user);
                        }
                    });
        });
    }

    /** A socket is not in the room any more. */
    void left(UUID roomId, UUID userId) {
        context.runOnContext(v -> drop(roomId, userId));
    }

    private void drop(UUID roomId, UUID userId) {
        NodeRoom room = rooms.get(roomId);
        if (room == null || room.users.computeIfPresent(userId, (u, n) -> n == 1 ? null : n - 1) != null) {
            return;
        }
        Caller caller = new Caller(userId, "", "", Set.of(), null, null, "leave");
        bus.call(RoomOperations.LEAVE, caller, new Leave(roomId, nodeId)).onComplete(done -> {
            NodeRoom now = rooms.get(roomId);
            if (now != null && now.users.containsKey(userId)) {
                // Came back while leaving was under way: say anew who is here.
                follow(roomId);
            }
        });
        forget(roomId, room);
    }

    private void forget(UUID roomId, NodeRoom room) {
        if (room.users.isEmpty() && room.joining == 0) {
            rooms.remove(roomId, room);
        }
    }

    /** What a socket at this position misses; from here on its loop hears what follows. */
    Future<Missed> attach(LoopHub loop, UUID roomId, long position) {
        return inOrder(loop, () -> {
            NodeRoom room = rooms.get(roomId);
            if (room == null) {
                return Future.failedFuture(Fault.CONFLICT.because("Join the room again."));
            }
            return attachNow(roomId, room, position);
        });
    }

    private Future<Missed> attachNow(UUID roomId, NodeRoom room, long position) {
        if (room.feed.position() < position) {
            // The reply to the join was faster than the deliveries before it.
            Promise<Missed> later = Promise.promise();
            room.waiting.add(() -> attachNow(roomId, room, position).onComplete(later));
            follow(roomId);
            return later.future();
        }
        List<EventFrame> missed = room.feed.after(position);
        return missed != null
                ? Future.succeededFuture(new Missed(room.feed.position(), missed))
                : fetch(roomId, room, position, new ArrayList<>());
    }

    private Future<Missed> fetch(UUID roomId, NodeRoom room, long position, List<EventFrame> fetched) {
        return bus.call(RoomOperations.FOLLOW, Caller.system(), follow(roomId, room, position))
                .compose(followed -> {
                    // Only up to where the feed stands now: the rest comes live.
                    long at = position;
                    for (Event<Message> event : followed.events()) {
                        if (at < room.feed.position()) {
                            fetched.add(frame(roomId, Json.bytes(event)));
                            at++;
                        }
                    }
                    List<EventFrame> rest = room.feed.after(at);
                    if (rest != null) {
                        fetched.addAll(rest);
                        return Future.succeededFuture(new Missed(room.feed.position(), fetched));
                    }
                    return followed.events().isEmpty() || fetched.size() > MAX_MISSED
                            ? Future.failedFuture(Fault.CONFLICT.because("Join the room again."))
                            : fetch(roomId, room, at, fetched);
                });
    }

    private void deliver(Delivery delivery) {
        String address = delivery.address();
        if (address.startsWith(Delivery.ROOM)) {
            deliverRoom(UUID.fromString(address.substring(Delivery.ROOM.length())), delivery);
        } else if (address.startsWith(Delivery.USER)) {
            UUID userId = UUID.fromString(address.substring(Delivery.USER.length()));
            List<EventFrame> frames = frames(delivery);
            onLoops(loop -> loop.deliverUser(userId, null, frames));
        } else if (address.startsWith(Delivery.OTHERS)) {
            String[] names = address.substring(Delivery.OTHERS.length()).split("/", 2);
            List<EventFrame> frames = frames(Delivery.USER + names[0], delivery);
            onLoops(loop -> loop.deliverUser(UUID.fromString(names[0]), names[1], frames));
        } else if (address.startsWith(Delivery.SOCKET)) {
            String socketId = address.substring(Delivery.SOCKET.length());
            List<EventFrame> frames = frames(delivery);
            onLoops(loop -> loop.deliverSocket(socketId, frames));
        } else if (address.startsWith(Delivery.EVICT)) {
            UUID roomId = UUID.fromString(address.substring(Delivery.EVICT.length()));
            UUID userId = UUID.fromString(new String(delivery.events().get(0), StandardCharsets.UTF_8));
            onLoops(loop -> loop.evict(roomId, userId));
        }
    }

    private void deliverRoom(UUID roomId, Delivery delivery) {
        NodeRoom room = rooms.get(roomId);
        if (room == null) {
            stopUnknown(roomId);
            return;
        }
        List<EventFrame> frames = frames(delivery);
        if (!delivery.numbered()) {
            onLoops(loop -> loop.deliverRoom(roomId, 0, frames));
            return;
        }
        passOn(roomId, room, room.feed.accept(delivery.firstSeq(), frames));
        if (room.feed.started() && room.feed.hasGap()) {
            follow(roomId);
        }
    }

    /** The owner thinks that we follow a room that we do not (an answer to our join was lost): tell it. */
    private void stopUnknown(UUID roomId) {
        if (unknown.add(roomId)) {
            bus.call(RoomOperations.FOLLOW, Caller.system(), new Follow(roomId, nodeId, Long.MAX_VALUE, List.of()))
                    .onComplete(done -> {
                        unknown.remove(roomId);
                        // Somebody joined meanwhile, and was taken out by this.
                        follow(roomId);
                    });
        }
    }

    private void passOn(UUID roomId, NodeRoom room, List<EventFrame> frames) {
        if (!frames.isEmpty()) {
            long position = room.feed.position();
            onLoops(loop -> loop.deliverRoom(roomId, position, frames));
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
                followAgain(rooms.keySet().stream()
                        .filter(id -> !ownerOf(id).equals(Objects.requireNonNull(rooms.get(id)).owner))
                        .toList());
                users.announceMoved();
            } else {
                // Whoever came may have been away, or we were: then the owners do not count on us any more.
                followAgain(List.copyOf(rooms.keySet()));
                users.announceAll();
            }
            known = nodes;
        });
    }

    /** A few at a time: after a change many nodes do this at once. */
    private void followAgain(List<UUID> ids) {
        ids.stream().limit(FOLLOW_AT_ONCE).forEach(this::follow);
        if (ids.size() > FOLLOW_AT_ONCE) {
            vertx.setTimer(FOLLOW_PAUSE_MS, t -> followAgain(ids.subList(FOLLOW_AT_ONCE, ids.size())));
        }
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

    private String ownerOf(UUID roomId) {
        try {
            Ownership.Owner owner = bus.ownership().ownerOf(roomId.toString());
            return owner.nodeId();
        } catch (FaultException e) {
            return "";
        }
    }

    private Follow follow(UUID roomId, NodeRoom room, long afterSeq) {
        return new Follow(roomId, nodeId, afterSeq, List.copyOf(room.users.keySet()));
    }

    /** Compares with the owner: says who is here, and fetches what is missing. */
    private void follow(UUID roomId) {
        NodeRoom room = rooms.get(roomId);
        if (room == null || !room.feed.started()) {
            return;
        }
        if (room.following) {
            room.again = true;
            return;
        }
        room.following = true;
        String owner = ownerOf(roomId);
        long from = room.feed.position();
        bus.call(RoomOperations.FOLLOW, Caller.system(), follow(roomId, room, from))
                .onComplete(done -> {
                    room.following = false;
                    if (rooms.get(roomId) != room) {
                        return;
                    }
                    if (done.failed()) {
                        LOG.debug(
                                "Following {} again failed: {}",
                                roomId,
                                done.cause().getMessage());
                        vertx.setTimer(RETRY_MS, t -> follow(roomId));
                        return;
                    }
                    room.owner = owner;
                    List<EventFrame> frames = done.result().events().stream()
                            .map(event -> frame(roomId, Json.bytes(event)))
                            .toList();
                    passOn(roomId, room, room.feed.accept(from + 1, frames));
                    List<Runnable> waiting = List.copyOf(room.waiting);
                    room.waiting.clear();
                    waiting.forEach(Runnable::run);
                    if (room.again || room.feed.position() < done.result().headSeq()) {
                        room.again = false;
                        follow(roomId);
                    }
                });
    }

    private static List<EventFrame> frames(Delivery delivery) {
        return frames(delivery.address(), delivery);
    }

    private static List<EventFrame> frames(String address, Delivery delivery) {
        return delivery.events().stream()
                .map(event -> new EventFrame(address, event))
                .toList();
    }

    private static EventFrame frame(UUID roomId, byte[] event) {
        return new EventFrame(Delivery.ROOM + roomId, event);
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
