package dev.switchboard.gateway.bridge;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.RoomOperations;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Remembers what the bridge asked for; knows no rooms. Asked by tests from other threads, so everything is concurrent. */
final class FakeHub implements Hub {
    /** What was called, in order, for example {@code join <room>}. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    final Set<Connection> connected = Collections.synchronizedSet(new HashSet<>());
    final Map<UUID, List<Connection>> rooms = Collections.synchronizedMap(new HashMap<>());

    /** Whom this room lets in: nobody. */
    volatile @Nullable UUID closedRoom;

    /** Who registers for a room hears this as an event's data, when it is set. */
    volatile @Nullable String welcome;

    /** Joins wait for this, when it is set. */
    volatile @Nullable Promise<Void> gate;

    /** Users are reachable when this is complete, or at once when it is not set. */
    volatile @Nullable Promise<Void> announced;

    /** Who is told of sockets without a place. */
    BiConsumer<UUID, String> unseated = (meeting, socket) -> {};

    @Override
    public void connected(Connection socket, UUID userId) {
        calls.add("connected " + userId);
        connected.add(socket);
    }

    @Override
    public void disconnected(Connection socket) {
        calls.add("disconnected");
        connected.remove(socket);
        rooms.values().forEach(sockets -> sockets.remove(socket));
    }

    @Override
    public Future<RoomOperations.Joined> join(Connection socket, Caller caller, RoomOperations.Join request) {
        Promise<Void> wait = gate;
        Future<Void> when = wait == null ? Future.succeededFuture() : wait.future();
        return when.map(v -> {
            calls.add("join " + request.conversationId() + " listener " + request.listener());
            return new RoomOperations.Joined(
                    request.conversationId(), 7, List.of(), true, List.of(), List.of(caller.user()), 1, 1);
        });
    }

    @Override
    public Future<MeetingOperations.Joined> joinMeeting(
            Connection socket, Caller caller, MeetingOperations.Join request) {
        return Future.failedFuture(Fault.NOT_FOUND.because("No such meeting."));
    }

    @Override
    public Future<Nothing> leave(Connection socket, Caller caller, UUID roomId) {
        calls.add("leave " + roomId);
        return Future.succeededFuture(Nothing.NOTHING);
    }

    @Override
    public boolean isIn(Connection socket, UUID roomId) {
        return rooms.getOrDefault(roomId, List.of()).contains(socket);
    }

    @Override
    public Future<Void> registerRoom(Connection socket, Caller caller, UUID roomId) {
        calls.add("register " + roomId);
        if (roomId.equals(closedRoom)) {
            return Future.failedFuture(Fault.NOT_A_MEMBER.because("You are not a member."));
        }
        rooms.computeIfAbsent(roomId, id -> new ArrayList<>()).add(socket);
        String text = welcome;
        if (text != null) {
            push(socket, ServerFrames.rec("room:" + roomId, Event.state(Event.TYPING, roomId, text)));
        }
        return Future.succeededFuture();
    }

    @Override
    public void tellState(Connection socket, Caller caller, UUID meetingId) {
        calls.add("tellState " + meetingId);
    }

    @Override
    public void onUnseated(BiConsumer<UUID, String> listener) {
        unseated = listener;
    }

    @Override
    public void registerUser(Connection socket, UUID userId) {
        calls.add("registerUser " + userId);
    }

    @Override
    public Future<Void> reachable(UUID userId) {
        Promise<Void> wait = announced;
        return wait == null ? Future.succeededFuture() : wait.future();
    }

    @Override
    public void registerSocket(Connection socket) {
        calls.add("registerSocket " + socket.socketId());
    }

    @Override
    public void close() {
        calls.add("close");
    }

    @Override
    public void unregister(Connection socket, String address) {
        calls.add("unregister " + address);
    }

    /** As the real hub does: shared bytes where the carrier can take them. */
    private static void push(Connection socket, byte[] message) {
        if (socket.form() == Connection.Form.FALLBACK) {
            socket.send(message);
            return;
        }
        ByteBuf frame = BridgeFrames.frame(UnpooledByteBufAllocator.DEFAULT, socket.form(), message);
        socket.sendFrames(frame);
        frame.release();
    }
}
