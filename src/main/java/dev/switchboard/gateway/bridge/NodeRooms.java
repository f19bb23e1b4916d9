package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Faults;
import dev.switchboard.bus.Json;
import dev.switchboard.bus.Ownership;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.RoomOperations.Follow;
import dev.switchboard.protocol.RoomOperations.Leave;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms that this node follows, each from its owner: puts what arrives in order, fetches what is missing, and says who
 * of this node's users has a room open. Used on the node hub's context only.
 */
final class NodeRooms {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRooms.class);

    /** A socket that misses more than this between its join and its registration must join again. */
    private static final int MAX_MISSED = 5_000;

    /** By these the owner says that it let nobody in; after any other failure it may have. */
    private static final Set<Fault> REFUSALS = Set.of(Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.VALIDATION_FAILED);

    private static final int FOLLOW_AT_ONCE = 200;
    private static final long FOLLOW_PAUSE_MS = 20;

    private final Vertx vertx;
    private final Bus bus;
    private final String nodeId;
    private final Listener listener;
    private final Map<UUID, NodeRoom> rooms = new HashMap<>();
    private final Set<UUID> unknown = new HashSet<>();

    /** Where events go, in order. */
    interface Listener {
        /** @param position the number of the last numbered event so far; 0 with state, which has no number */
        void events(UUID roomId, long position, List<EventFrame> frames);

        /** The room is no more; nobody hears of it from its owner. */
        void over(UUID roomId, Entering.Kind kind, List<UUID> users);
    }

    /** What a socket misses before it hears live. */
    record Missed(long position, List<EventFrame> frames) {}

    NodeRooms(Vertx vertx, Bus bus, Listener listener) {
        this.vertx = vertx;
        this.bus = bus;
        this.nodeId = bus.ownership().nodeId();
        this.listener = listener;
    }

    /**
     * @param user whose socket enters
     * @param first whether the socket was not in the room before; then {@link #left} must be called once for it, unless it
     *     is outside
     */
    <R> Future<R> join(UUID user, Entering<R> entering, boolean first) {
        UUID roomId = entering.roomId();
        NodeRoom room = rooms.computeIfAbsent(roomId, r -> new NodeRoom(entering.kind()));
        room.joining++;
        if (first) {
            room.users.merge(user, 1, Integer::sum);
        }
        return entering.ask().get().onComplete(done -> {
            room.joining--;
            long head = done.succeeded() ? entering.head().applyAsLong(done.result()) : Entering.OUTSIDE;
            if (head != Entering.OUTSIDE) {
                // Whoever asked first may have taken it for the other kind.
                room.kind = entering.kind();
                if (!room.feed.started()) {
                    room.owner = ownerOf(roomId);
                    passOn(roomId, room, room.feed.start(head));
                }
            } else if (first
                    && done.failed()
                    && REFUSALS.contains(Faults.of(done.cause()).fault())) {
                oneLess(room, user);
            } else if (first) {
                left(roomId, user);
            }
            forget(roomId, room);
        });
    }

    /** A socket of this user is not in the room any more. */
    void left(UUID roomId, UUID userId) {
        NodeRoom room = rooms.get(roomId);
        if (room == null || oneLess(room, userId)) {
            return;
        }
        forget(roomId, room);
        if (room.kind == Entering.Kind.MEETING) {
            // It knows its sockets one by one.
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
    }

    /** Whether the user has further sockets in the room. */
    private static boolean oneLess(NodeRoom room, UUID userId) {
        return room.users.computeIfPresent(userId, (u, n) -> n == 1 ? null : n - 1) != null;
    }

    private void forget(UUID roomId, NodeRoom room) {
        if (room.users.isEmpty() && room.joining == 0) {
            rooms.remove(roomId, room);
        }
    }

    /** What a socket at this position misses; what follows goes to everybody. */
    Future<Missed> attach(UUID roomId, long position) {
        NodeRoom room = rooms.get(roomId);
        return room == null
                ? Future.failedFuture(Fault.CONFLICT.because("Join the room again."))
                : attachNow(roomId, room, position);
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
        return bus.call(room.kind.follow(), Caller.system(), request(roomId, room, position))
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

    /** Something came from the owner of a room. */
    void deliver(UUID roomId, Delivery delivery) {
        NodeRoom room = rooms.get(roomId);
        if (room == null) {
            stopUnknown(roomId);
            return;
        }
        List<EventFrame> frames = EventFrame.of(delivery);
        if (!delivery.numbered()) {
            listener.events(roomId, 0, frames);
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
            listener.events(roomId, room.feed.position(), frames);
        }
    }

    /** Compares every room with its owner. */
    void followAll() {
        follow(List.copyOf(rooms.keySet()));
    }

    /** Goes on at the new owners of the rooms that moved. */
    void followMoved() {
        List<UUID> moved = new ArrayList<>();
        rooms.forEach((id, room) -> {
            if (!ownerOf(id).equals(room.owner)) {
                moved.add(id);
            }
        });
        follow(moved);
    }

    /** A few at a time: after a change many nodes do this at once. */
    private void follow(List<UUID> ids) {
        ids.stream().limit(FOLLOW_AT_ONCE).forEach(this::follow);
        if (ids.size() > FOLLOW_AT_ONCE) {
            vertx.setTimer(FOLLOW_PAUSE_MS, t -> follow(ids.subList(FOLLOW_AT_ONCE, ids.size())));
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

    private Follow request(UUID roomId, NodeRoom room, long afterSeq) {
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
        bus.call(room.kind.follow(), Caller.system(), request(roomId, room, from))
                .onComplete(done -> {
                    room.following = false;
                    if (rooms.get(roomId) != room) {
                        return;
                    }
                    if (done.failed()) {
                        failed(roomId, room, Faults.of(done.cause()));
                        return;
                    }
                    room.succeeded();
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

    private void failed(UUID roomId, NodeRoom room, FaultException failure) {
        LOG.debug("Following {} failed: {}", roomId, failure.getMessage());
        if (failure.fault() == Fault.NOT_FOUND && room.isOver()) {
            listener.over(roomId, room.kind, List.copyOf(room.users.keySet()));
        } else if (!room.retrying) {
            room.retrying = true;
            vertx.setTimer(room.nextRetryMs(), t -> {
                room.retrying = false;
                follow(roomId);
            });
        }
    }

    private static EventFrame frame(UUID roomId, byte[] event) {
        return new EventFrame(Delivery.ROOM + roomId, event);
    }
}
