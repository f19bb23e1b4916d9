package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is pushed to clients. A numbered event ({@code seq} present) is an entry of its room's log; one without a number
 * is state, true when it was sent and sent again whole on joining.
 *
 * @param <T> the type of {@code data}: a record of this package
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Event<T>(String type, @Nullable UUID roomId, @Nullable Long seq, Instant at, T data) {
    public static final String MESSAGE_NEW = "message:new";
    public static final String MESSAGE_UPDATED = "message:updated";
    public static final String MESSAGE_DELETED = "message:deleted";
    public static final String MESSAGE_READ = "message:read";
    public static final String TYPING = "user:typing";
    public static final String STOP_TYPING = "user:stop-typing";
    public static final String PARTICIPANT_JOINED = "participant:joined";
    public static final String PARTICIPANT_LEFT = "participant:left";
    public static final String PARTICIPANT_UPDATED = "participant:updated";
    public static final String MEETING_UPDATED = "meeting:updated";
    public static final String MEETING_ENDED = "meeting:ended";
    public static final String MEETING_STATE = "meeting:state";
    public static final String MEETING_REQUEST = "meeting:request";
    public static final String CONVERSATION_UPDATED = "conversation:updated";
    public static final String CONVERSATION_ADDED = "conversation:added";
    public static final String CONVERSATION_REMOVED = "conversation:removed";
    public static final String NOTIFICATION_NEW = "notification:new";
    public static final String USER_ONLINE = "user:online";
    public static final String USER_OFFLINE = "user:offline";
    public static final String CALL_INCOMING = "call:incoming";
    public static final String CALL_ACCEPTED = "call:accepted";
    public static final String CALL_REJECTED = "call:rejected";
    public static final String CALL_END = "call:end";
    public static final String OFFER = "offer";
    public static final String ANSWER = "answer";
    public static final String ICE_CANDIDATE = "ice-candidate";
    public static final String SESSION_EXPIRING = "session:expiring";

    /** An entry of a room's log. */
    public static Event<Message> numbered(String type, long seq, Instant at, Message message) {
        return new Event<>(type, message.roomId(), seq, at, message);
    }

    /** State of a room. */
    public static <T> Event<T> state(String type, UUID roomId, T data) {
        return new Event<>(type, roomId, null, Instant.now(), data);
    }

    /** Something for one user. */
    public static <T> Event<T> personal(String type, T data) {
        return new Event<>(type, null, null, Instant.now(), data);
    }
}
