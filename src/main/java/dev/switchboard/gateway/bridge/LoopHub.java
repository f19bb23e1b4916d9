package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Delivery;
import dev.switchboard.bus.Faults;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.RoomOperations.Join;
import dev.switchboard.protocol.RoomOperations.Joined;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The sockets of one event loop: which rooms each follows, and from where. */
final class LoopHub implements Hub {
    /**
     * Milliseconds that a socket waits for the node hub: longer than the bus looks for a room's owner. Whatever comes
     * later is not waited for any more, so that no lane of a socket stays closed for good.
     */
    private static final long PATIENCE_MS = 20_000;

    /** Longer than an owner that lives takes to hear who is here; one that does not must not keep a client waiting. */
    private static final long REACHABLE_MS = 2_000;

    private final Vertx vertx;
    private final Context context;
    private final NodeHub node;
    private final Patience patience;
    private final Patience announcing;
    private final Map<Connection, Follower> followers = new HashMap<>();
    private final Map<UUID, LoopRoom> rooms = new HashMap<>();
    private final Map<UUID, List<Connection>> registeredUsers = new HashMap<>();
    private final Map<String, Connection> registeredSockets = new HashMap<>();
    private BiConsumer<UUID, String> unseated = (meeting, socket) -> {};

    /** One socket. */
    private static final class Follower {
        private final UUID userId;
        private final Map<UUID, Place> rooms = new HashMap<>(4);

        Follower(UUID userId) {
            this.userId = userId;
        }
    }

    /** One socket in one room: it has everything up to {@code position}; live once it is attached. */
    private static final class Place {
        private final Entering.Kind kind;
        private long position;
        /** Null unless it is live or about to be. */
        private @Nullable Future<Void> attached;

        /** Counts attachments: one that was given up must not come through beside the next. */
        private int attachment;

        Place(Entering.Kind kind, long position) {
            this.kind = kind;
            this.position = position;
        }
    }

    /** Must be made on the event loop whose sockets it will serve. */
    LoopHub(Vertx vertx, NodeHub node) {
        this(vertx, node, PATIENCE_MS);
    }

    LoopHub(Vertx vertx, NodeHub node, long patienceMs) {
        this.patience = new Patience(vertx, patienceMs);
        this.announcing = new Patience(vertx, REACHABLE_MS);
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.node = node;
        node.addLoop(this);
    }

    Context context() {
        return context;
    }

    @Override
    public void connected(Connection socket, UUID userId) {
        if (followers.putIfAbsent(socket, new Follower(userId)) == null) {
            node.userConnected(userId);
        }
    }

    @Override
    public void disconnected(Connection socket) {
        Follower follower = followers.remove(socket);
        if (follower == null) {
            return;
        }
        follower.rooms.forEach((room, place) -> {
            detach(socket, room, place);
            node.left(room, follower.userId);
        });
        removeUser(socket, follower.userId);
        registeredSockets.remove(socket.socketId());
        node.userDisconnected(follower.userId);
    }

    @Override
    public Future<Joined> join(Connection socket, Caller caller, Join request) {
        return join(socket, conversation(caller, request));
    }

    private Entering<Joined> conversation(Caller caller, Join request) {
        UUID roomId = request.conversationId();
        Bus bus = node.bus();
        return new Entering<>(
                roomId,
                Entering.Kind.CONVERSATION,
                () -> bus.call(
                        RoomOperations.JOIN,
                        caller,
                        new Join(roomId, request.afterSeq(), bus.ownership().nodeId())),
                Joined::headSeq);
    }

    @Override
    public Future<MeetingOperations.Joined> joinMeeting(
            Connection socket, Caller caller, MeetingOperations.Join request) {
        UUID roomId = request.meetingId();
        return join(
                        socket,
                        new Entering<>(
                                roomId,
                                Entering.Kind.MEETING,
                                () -> node.bus().call(MeetingOperations.JOIN, caller, request),
                                joined -> joined.self() == null ? Entering.OUTSIDE : joined.headSeq()))
                // If it was registered before.
                .onSuccess(joined -> tellState(socket, caller, roomId));
    }

    private <R> Future<R> join(Connection socket, Entering<R> entering) {
        UUID roomId = entering.roomId();
        Place before = place(socket, roomId);
        if (before != null) {
            // The reply takes the socket to its head; live events wait until then.
            detach(socket, roomId, before);
        }
        return enter(socket, entering).onFailure(e -> resume(socket, roomId)).map(joined -> {
            Place place = place(socket, roomId);
            if (place != null) {
                place.position = entering.head().applyAsLong(joined);
                resume(socket, roomId);
            }
            return joined;
        });
    }

    /** Goes on live where the socket stands, if it wants to. */
    private void resume(Connection socket, UUID roomId) {
        Place place = place(socket, roomId);
        if (place != null && socket.hears(roomId)) {
            attach(socket, roomId, place)
                    .onFailure(e -> socket.close(
                            Faults.of(e).fault() == Fault.CONFLICT
                                    ? CloseCode.SLOW_CONSUMER
                                    : CloseCode.NODE_DRAINING));
        }
    }

    private <R> Future<R> enter(Connection socket, Entering<R> entering) {
        UUID roomId = entering.roomId();
        Follower follower = followers.get(socket);
        if (follower == null) {
            return Future.failedFuture(Fault.UNAUTHORIZED.because("Sign in first."));
        }
        boolean first = !follower.rooms.containsKey(roomId);
        Runnable undo = () -> {
            if (first) {
                node.left(roomId, follower.userId);
            }
        };
        return patience.with(node.join(this, follower.userId, entering, first), undo)
                .map(joined -> {
                    long head = entering.head().applyAsLong(joined);
                    if (head == Entering.OUTSIDE) {
                        exit(socket, roomId);
                        return joined;
                    }
                    if (!first) {
                        return joined;
                    }
                    if (!followers.containsKey(socket)
                            || follower.rooms.putIfAbsent(roomId, new Place(entering.kind(), head)) != null) {
                        // Gone, or joined by a twin request in the meantime: this one does not count.
                        undo.run();
                    }
                    return joined;
                });
    }

    @Override
    public Future<Nothing> leave(Connection socket, Caller caller, UUID roomId) {
        exit(socket, roomId);
        return Future.succeededFuture(Nothing.NOTHING);
    }

    private void exit(Connection socket, UUID roomId) {
        Follower follower = followers.get(socket);
        Place place = follower == null ? null : follower.rooms.remove(roomId);
        if (follower != null && place != null) {
            detach(socket, roomId, place);
            node.left(roomId, follower.userId);
        }
    }

    @Override
    public Future<Void> registerRoom(Connection socket, Caller caller, UUID roomId) {
        Place joined = place(socket, roomId);
        if (joined != null) {
            return attach(socket, roomId, joined).onSuccess(v -> tellState(socket, caller, roomId, joined.kind));
        }
        return enter(socket, conversation(caller, new Join(roomId, null, null))).compose(reply -> {
            Place place = place(socket, roomId);
            return place == null ? Future.succeededFuture() : attach(socket, roomId, place);
        });
    }

    /** Who is in a meeting, once its changes are heard: nothing is missed between the answer to a join and this. */
    private void tellState(Connection socket, Caller caller, UUID roomId, Entering.Kind kind) {
        if (kind == Entering.Kind.MEETING) {
            node.bus()
                    .call(MeetingOperations.STATE, caller, new MeetingOperations.Leave(roomId))
                    .onSuccess(state -> socket.send(
                            ServerFrames.rec(Delivery.ROOM + roomId, Event.state(Event.MEETING_STATE, roomId, state))));
        }
    }

    /**
     * From its completion on the socket hears the room: first what it misses since its position, then what comes. Fails
     * when it stands too far back.
     */
    private Future<Void> attach(Connection socket, UUID roomId, Place place) {
        Future<Void> before = place.attached;
        if (before != null) {
            return before;
        }
        int attachment = ++place.attachment;
        Future<Void> attached = patience.with(node.attach(this, roomId, place.position), () -> {})
                .<Void>map(missed -> {
                    if (place(socket, roomId) == place && place.attached != null && place.attachment == attachment) {
                        LoopRoom room = rooms.computeIfAbsent(roomId, r -> new LoopRoom(vertx, node.meters()));
                        send(socket, missed.frames());
                        room.add(socket, missed.position());
                    }
                    return null;
                })
                .onFailure(e -> {
                    if (place.attachment == attachment) {
                        place.attached = null;
                    }
                });
        // The hub answers in a later turn of the loop.
        place.attached = attached;
        return attached;
    }

    private void detach(Connection socket, UUID roomId, Place place) {
        if (place.attached == null) {
            return;
        }
        place.attached = null;
        LoopRoom room = rooms.get(roomId);
        if (room != null && room.remove(socket)) {
            place.position = room.position();
            if (room.isEmpty()) {
                rooms.remove(roomId);
            }
        }
    }

    @Override
    public boolean isIn(Connection socket, UUID roomId) {
        return place(socket, roomId) != null;
    }

    private @Nullable Place place(Connection socket, UUID roomId) {
        Follower follower = followers.get(socket);
        return follower == null ? null : follower.rooms.get(roomId);
    }

    @Override
    public void registerUser(Connection socket, UUID userId) {
        registeredUsers.computeIfAbsent(userId, u -> new ArrayList<>(1)).add(socket);
    }

    @Override
    public Future<Void> reachable(UUID userId) {
        return announcing.with(node.userKnown(this, userId), () -> {}).otherwiseEmpty();
    }

    private void removeUser(Connection socket, UUID userId) {
        registeredUsers.computeIfPresent(userId, (u, list) -> {
            list.remove(socket);
            return list.isEmpty() ? null : list;
        });
    }

    @Override
    public void registerSocket(Connection socket) {
        registeredSockets.put(socket.socketId(), socket);
    }

    @Override
    public void close() {
        List.copyOf(followers.keySet()).forEach(this::disconnected);
        node.removeLoop(this);
    }

    @Override
    public void unregister(Connection socket, String address) {
        Follower follower = followers.get(socket);
        if (follower == null) {
            return;
        }
        if (address.startsWith("user:")) {
            removeUser(socket, follower.userId);
        } else if (address.startsWith("socket:")) {
            registeredSockets.remove(socket.socketId());
        } else if (address.startsWith("room:")) {
            UUID roomId = UUID.fromString(address.substring("room:".length()));
            Place place = follower.rooms.get(roomId);
            if (place != null) {
                detach(socket, roomId, place);
            }
        }
    }

    /** Events of a room, in order; {@code position} is the number of the last numbered one so far. Called by the node hub, on this loop. */
    void deliverRoom(UUID roomId, long position, List<EventFrame> frames) {
        LoopRoom room = rooms.get(roomId);
        if (room != null) {
            room.deliver(position, frames);
        }
    }

    /**
     * Events for one user. Called by the node hub, on this loop.
     *
     * @param except a socket that is not told, or null
     */
    void deliverUser(UUID userId, @Nullable String except, List<EventFrame> frames) {
        List<Connection> sockets = registeredUsers.get(userId);
        if (sockets == null) {
            return;
        }
        for (Connection socket : List.copyOf(sockets)) {
            if (!socket.socketId().equals(except)) {
                send(socket, frames);
            }
        }
    }

    /** Events for one socket. Called by the node hub, on this loop. */
    void deliverSocket(String socketId, List<EventFrame> frames) {
        Connection socket = registeredSockets.get(socketId);
        if (socket != null) {
            send(socket, frames);
        }
    }

    private void send(Connection socket, List<EventFrame> frames) {
        frames.forEach(frame -> socket.send(frame.message()));
        node.meters().delivered(frames.size());
    }

    /** Tells every socket to go on through another node. Called by the node hub, on this loop. */
    void sendAway() {
        List.copyOf(followers.keySet()).forEach(socket -> socket.close(CloseCode.NODE_DRAINING));
    }

    @Override
    public void onUnseated(BiConsumer<UUID, String> listener) {
        unseated = listener;
    }

    /** A socket's place in a meeting, or a call, may be gone. Called by the node hub, on this loop. */
    void unseated(UUID id, String socketId) {
        unseated.accept(id, socketId);
    }

    @Override
    public void tellState(Connection socket, Caller caller, UUID meetingId) {
        Place place = place(socket, meetingId);
        Future<Void> attached = place == null ? null : place.attached;
        if (attached != null) {
            attached.onSuccess(v -> tellState(socket, caller, meetingId, Entering.Kind.MEETING));
        }
    }

    /** A user does not belong to a room any more. Called by the node hub, on this loop. */
    void evict(UUID roomId, UUID userId) {
        followers.forEach((socket, follower) -> {
            Place place = follower.userId.equals(userId) ? follower.rooms.remove(roomId) : null;
            if (place != null) {
                detach(socket, roomId, place);
                node.left(roomId, userId);
            }
        });
    }
}
