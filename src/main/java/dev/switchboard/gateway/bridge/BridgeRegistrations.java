package dev.switchboard.gateway.bridge;

import dev.switchboard.bus.Faults;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Nothing;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The addresses that one socket hears: rooms, its own user, itself. */
final class BridgeRegistrations {
    static final String ROOM = "room:";
    static final String USER = "user:";
    static final String SOCKET = "socket:";

    /** Up to this many rooms a list is smaller than a set, and as fast. */
    private static final int FEW = 16;

    private final BridgeSession socket;
    private Collection<UUID> rooms = List.of();
    private boolean user;
    private boolean own;

    BridgeRegistrations(BridgeSession socket) {
        this.socket = socket;
    }

    /** What is acknowledged to clients that ask for it by a reply address. */
    private record Acknowledged(String address, boolean registered) {}

    /** Whether the socket hears its own address. */
    boolean own() {
        return own;
    }

    boolean hears(UUID room) {
        return rooms.contains(room);
    }

    private int size() {
        return rooms.size() + (user ? 1 : 0) + (own ? 1 : 0);
    }

    void register(ClientFrame.Register frame) {
        Identity who = socket.identity();
        if (who == null) {
            refuse(frame, "not_logged_in", Fault.UNAUTHORIZED.because("Sign in first."));
            return;
        }
        String address = frame.address();
        UUID room = room(address);
        boolean isUser = address.equals(USER + who.user());
        boolean isOwn = address.equals(SOCKET + socket.carrier().socketId());
        if (room == null && !isUser && !isOwn) {
            refuse(frame, "access_denied", Fault.FORBIDDEN.because("This address is not yours to hear."));
        } else if ((room != null && rooms.contains(room) && socket.loop().hub().isIn(socket.carrier(), room))
                || (isUser && user)
                || (isOwn && own)) {
            refuse(frame, "address_already_registered", Fault.CONFLICT.because("The address is registered already."));
        } else if (size() >= socket.loop().options().maxRegistrations()) {
            refuse(frame, "max_handlers_reached", Fault.TOO_MANY_REQUESTS.because("Too many registrations."));
        } else if (room != null) {
            add(room);
            socket.run(room.toString(), () -> registerRoom(frame, room, who));
        } else if (isUser) {
            user = true;
            socket.loop().hub().registerUser(socket.carrier(), who.user());
            if (frame.replyAddress() != null) {
                // Whoever is told so may be called at once, by somebody on another node.
                socket.run(
                        address,
                        () -> socket.loop().hub().reachable(who.user()).onSuccess(v -> acknowledge(frame, true)));
            }
        } else {
            own = true;
            socket.loop().hub().registerSocket(socket.carrier());
            socket.reschedule();
            acknowledge(frame, true);
        }
    }

    private Future<Void> registerRoom(ClientFrame.Register frame, UUID room, Identity who) {
        return socket.loop()
                .hub()
                .registerRoom(socket.carrier(), socket.caller(who), room)
                .onSuccess(v -> acknowledge(frame, true))
                .onFailure(failure -> {
                    rooms.remove(room);
                    socket.inVain();
                    refuse(frame, "access_denied", Faults.of(failure));
                });
    }

    void unregister(ClientFrame.Unregister frame) {
        Identity who = socket.identity();
        if (who == null) {
            refuse(frame, "not_logged_in", Fault.UNAUTHORIZED.because("Sign in first."));
            return;
        }
        String address = frame.address();
        UUID room = room(address);
        if (room != null) {
            // In the room's lane: a registration that is still under way comes first.
            boolean registered = rooms.remove(room);
            socket.run(room.toString(), () -> {
                if (registered) {
                    socket.loop().hub().unregister(socket.carrier(), address);
                }
                acknowledge(frame, false);
                return Future.succeededFuture(Nothing.NOTHING);
            });
        } else if (address.equals(USER + who.user())) {
            if (user) {
                user = false;
                socket.loop().hub().unregister(socket.carrier(), address);
            }
            // After the acknowledgement of its registration.
            socket.run(address, () -> {
                acknowledge(frame, false);
                return Future.succeededFuture();
            });
        } else if (address.equals(SOCKET + socket.carrier().socketId())) {
            own = false;
            socket.loop().hub().unregister(socket.carrier(), address);
            acknowledge(frame, false);
        } else {
            refuse(frame, "access_denied", Fault.FORBIDDEN.because("This address is not yours to hear."));
        }
    }

    private void add(UUID room) {
        if (rooms.contains(room)) {
            // Registered, but taken out of the room, or left it: this enters it again.
            return;
        }
        if (rooms.isEmpty()) {
            rooms = new ArrayList<>(4);
        } else if (rooms.size() == FEW) {
            rooms = new HashSet<>(rooms);
        }
        rooms.add(room);
    }

    private void acknowledge(ClientFrame frame, boolean registered) {
        String replyAddress = frame.replyAddress();
        if (replyAddress != null) {
            String address = address(frame);
            socket.send(ServerFrames.rec(replyAddress, new Acknowledged(address, registered)));
        }
    }

    private void refuse(ClientFrame frame, String code, FaultException fault) {
        String replyAddress = frame.replyAddress();
        socket.refuse(code, replyAddress != null ? replyAddress : address(frame), fault);
    }

    private static String address(ClientFrame frame) {
        return frame instanceof ClientFrame.Register r ? r.address() : ((ClientFrame.Unregister) frame).address();
    }

    /** The room of {@code room:<id>}, or null. Only the usual spelling of an id counts, as events carry no other. */
    private static @Nullable UUID room(String address) {
        if (!address.startsWith(ROOM)) {
            return null;
        }
        String id = address.substring(ROOM.length());
        try {
            UUID room = UUID.fromString(id);
            return room.toString().equals(id) ? room : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
