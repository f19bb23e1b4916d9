package dev.switchboard.protocol;

import dev.switchboard.protocol.CallOperations.LegNews;
import dev.switchboard.protocol.RoomOperations.Follow;
import dev.switchboard.protocol.RoomOperations.Followed;
import dev.switchboard.protocol.SignalOperations.IceCandidate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What nodes and parts ask of meetings. */
public final class MeetingInternals {
    private MeetingInternals() {}

    /**
     * A node tells of a socket that is in a meeting, or waits to be.
     *
     * @param node that holds the socket, if a seat that was given to it is to be given back where it was lost meanwhile:
     *     then the caller is who sits there; null for whoever waits, and for sockets that are gone
     */
    public record Seat(UUID meetingId, String socketId, LegNews news, @Nullable String node) {}

    /**
     * @param back whether the socket has its place again, which it had lost without knowing
     * @param version of the meeting
     */
    public record Seated(boolean back, long version) {}

    /**
     * A signal from the caller's socket to another one of the same meeting.
     *
     * @param type {@code offer}, {@code answer} or {@code ice-candidate}
     * @param sdp of an offer or an answer
     */
    public record Relay(
            UUID meetingId, String to, String type, @Nullable String sdp, @Nullable IceCandidate candidate) {}

    /**
     * Fails with {@code not_a_member} when the socket has no place in the meeting, and has been told if it could not have
     * it back; with {@code not_found} when nobody knows the meeting.
     */
    public static final Operation<Seat, Seated> SEAT = Operation.of(
                    "meeting:seat", Part.MEETING, Seat.class, Seated.class, (c, q) -> q.meetingId())
            .access(Operation.Access.INTERNAL);

    public static final Operation<Relay, Nothing> RELAY = Operation.of(
                    "meeting:relay", Part.MEETING, Relay.class, Nothing.class, (c, q) -> q.meetingId())
            .access(Operation.Access.INTERNAL);

    /** The chat as a room that a node follows, see {@link RoomOperations#FOLLOW}. */
    public static final Operation<Follow, Followed> FOLLOW = Operation.of(
                    "meeting:follow", Part.MEETING, Follow.class, Followed.class, (c, q) -> q.roomId())
            .access(Operation.Access.INTERNAL);

    public static final List<Operation<?, ?>> ALL = List.of(SEAT, RELAY, FOLLOW);
}
