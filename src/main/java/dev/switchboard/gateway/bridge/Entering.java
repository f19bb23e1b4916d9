package dev.switchboard.gateway.bridge;

import dev.switchboard.protocol.MeetingInternals;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.RoomOperations;
import dev.switchboard.protocol.RoomOperations.Follow;
import dev.switchboard.protocol.RoomOperations.Followed;
import io.vertx.core.Future;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * How a socket enters a room, and who keeps the room.
 *
 * @param ask asks the owner
 * @param head the number of the room's last event by the owner's answer; {@link #OUTSIDE} when the socket is not in
 */
record Entering<R>(UUID roomId, Kind kind, Supplier<Future<R>> ask, ToLongFunction<R> head) {
    static final long OUTSIDE = -1;

    /** A room of either kind is followed alike. */
    enum Kind {
        CONVERSATION,
        MEETING;

        /** How a node goes on following such a room. */
        Operation<Follow, Followed> follow() {
            return this == MEETING ? MeetingInternals.FOLLOW : RoomOperations.FOLLOW;
        }
    }
}
