package dev.switchboard.gateway.bridge;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.MeetingOperations;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.RoomOperations;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * What the sockets of one event loop follow. Each event loop has one; all calls and all completions are on that loop.
 *
 * <p>A socket follows a room once it has <em>joined</em> it and <em>registered</em> its address, in either order.
 */
interface Hub {
    /** A socket is authenticated: its user has a socket on this node. Called once for each socket. */
    void connected(Connection socket, UUID userId);

    /** A socket is gone, whatever it followed. Repeated calls do nothing. */
    void disconnected(Connection socket);

    /** {@code join:conversation}: the reply holds what was missed up to its {@code headSeq}. */
    Future<RoomOperations.Joined> join(Connection socket, Caller caller, RoomOperations.Join request);

    /** {@code meeting:join}: like {@link #join} for a meeting, once the socket is in it. */
    Future<MeetingOperations.Joined> joinMeeting(Connection socket, Caller caller, MeetingOperations.Join request);

    /** {@code leave:conversation}; meetings alike, for those who left. */
    Future<Nothing> leave(Connection socket, Caller caller, UUID roomId);

    /**
     * Registers {@code room:<id>}: from its completion on, events after the socket's position are sent to it, each once,
     * in order. Without a join before, the position is the head of the room. Fails with {@code not_a_member}.
     */
    Future<Void> registerRoom(Connection socket, Caller caller, UUID roomId);

    /** Whether the socket has joined the room, or registered it, and nobody has taken it out since. */
    boolean isIn(Connection socket, UUID roomId);

    /** Tells a socket that hears a meeting who is in it now. */
    void tellState(Connection socket, Caller caller, UUID meetingId);

    /** @param listener is told of a meeting, or a call, and a socket whose place in it may be gone */
    void onUnseated(BiConsumer<UUID, String> listener);

    /** Registers {@code user:<id>} of the socket's own user; the bridge has checked that. */
    void registerUser(Connection socket, UUID userId);

    /**
     * Completes once the whole cluster finds the socket's user online, or after two seconds without that; never fails. To
     * be asked after {@link #connected}.
     */
    Future<Void> reachable(UUID userId);

    /** Registers {@code socket:<id>} of the socket itself. */
    void registerSocket(Connection socket);

    /** Nothing is delivered to this loop any more. */
    void close();

    /** Unregisters {@code room:<id>}, {@code user:<id>} or {@code socket:<id>}; the socket stays joined. */
    void unregister(Connection socket, String address);
}
