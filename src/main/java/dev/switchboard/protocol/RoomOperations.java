package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.Rules.Example;
import dev.switchboard.protocol.Rules.FromDoor;
import dev.switchboard.protocol.Rules.Length;
import dev.switchboard.protocol.Rules.OneOf;
import dev.switchboard.protocol.Rules.Range;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages of a room: sending, changing, reading, following. Conversations themselves: {@link ConversationOperations}. */
public final class RoomOperations {
    private RoomOperations() {}

    /** {@code clientId} makes sending again safe; the door sets one where the client did not. */
    public record Send(
            UUID conversationId,
            @Length(max = Message.MAX_CHARACTERS, maxBytes = Message.MAX_BYTES) @Example("Hello!") String content,
            @Nullable @OneOf({"text", "file"}) String type,
            @Nullable @Length(max = 64) String clientId,
            @Nullable UUID replyTo) {
        public Send {
            Checks.of(Send.class, conversationId, content, type, clientId, replyTo)
                    .done();
        }

        public Send withClientId(String id) {
            return new Send(conversationId, content, type, id, replyTo);
        }
    }

    public record Sent(UUID id, long seq, Instant createdAt, boolean duplicate) {}

    public record Edit(
            UUID messageId,
            @Length(max = Message.MAX_CHARACTERS, maxBytes = Message.MAX_BYTES) @Example("Hello again!") String content,
            @Nullable UUID conversationId) {
        public Edit {
            Checks.of(Edit.class, messageId, content, conversationId).done();
        }
    }

    public record Delete(UUID messageId, @Nullable UUID conversationId) {
        public Delete {
            Checks.of(Delete.class, messageId, conversationId).done();
        }
    }

    public record Changed(int version) {}

    /** Marks everything up to this message as read. {@code conversationId} may be left out on HTTP. */
    public record Read(UUID messageId, @Nullable UUID conversationId) {
        public Read {
            Checks.of(Read.class, messageId, conversationId).done();
        }
    }

    public record Unread(long unread) {}

    public record History(
            UUID conversationId,
            @Nullable @Range(min = 1) Long before,
            @Nullable @Range(min = 0) Long after,
            @Nullable @Range(min = 1, max = 100) Integer limit) {
        public History {
            Checks.of(History.class, conversationId, before, after, limit).done();
        }
    }

    /** In rising order of {@code seq}; {@code next} is the {@code before} (or {@code after}) of the next page. */
    public record Messages(List<Message> messages, @Nullable String next) {}

    /**
     * Follows a room. What clients send are the first two fields; the door fills the others.
     *
     * @param afterSeq the last number that the client has; null for the newest messages
     * @param listener the node whose sockets will follow; set by the door
     */
    public record Join(
            UUID conversationId, @Nullable @Range(min = 0) Long afterSeq, @Nullable @FromDoor String listener) {
        /** A reply holds at most this many missed events; beyond it, {@code recovered} is false. */
        public static final int MAX_EVENTS = 500;

        /** How many of the newest messages a join without {@code afterSeq} brings. */
        public static final int NEWEST = 50;

        public Join {
            Checks.of(Join.class, conversationId, afterSeq, listener).done();
        }
    }

    /**
     * @param messages the events missed, in order
     * @param members everybody, in rooms of up to {@link Conversation#SMALL} members
     * @param online who of them is online, in such rooms
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Joined(
            UUID conversationId,
            long headSeq,
            List<Event<Message>> messages,
            boolean recovered,
            @Nullable List<Conversation.Member> members,
            @Nullable List<UUID> online,
            int memberCount,
            int onlineCount) {}

    public record Leave(UUID conversationId, @Nullable @FromDoor String listener) {
        public Leave {
            Checks.of(Leave.class, conversationId, listener).done();
        }
    }

    public record Typing(UUID conversationId) {
        public Typing {
            Checks.of(Typing.class, conversationId).done();
        }
    }

    /**
     * A node follows a room again after its ownership moved or a gap was seen.
     *
     * @param afterSeq the last number that the node passed on
     * @param users whose sockets on this node have the room open
     */
    public record Follow(UUID roomId, String listener, long afterSeq, List<UUID> users) {}

    /** The next events after {@code afterSeq}, at most {@link Join#MAX_EVENTS}; there are more while they end below the head. */
    public record Followed(long headSeq, List<Event<Message>> events) {}

    /** Data of {@code user:typing} and {@code user:stop-typing}. */
    public record TypingState(UUID userId, String username, UUID conversationId) {}

    /** Data of {@code message:read}. */
    public record ReadState(UUID userId, UUID messageId, long seq, UUID conversationId) {}

    /** Data of {@code participant:joined} and {@code participant:left}. */
    public record ParticipantState(UUID userId, String username, UUID conversationId) {}

    public static final Operation<Send, Sent> SEND = Operation.of(
                    "message:send", Part.ROOM, Send.class, Sent.class, (c, q) -> q.conversationId())
            .http("POST", "/messages", 201)
            .summary("Sends a message", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<Edit, Changed> EDIT = Operation.of(
                    "message:edit",
                    Part.ROOM,
                    Edit.class,
                    Changed.class,
                    (c, q) -> room(q.conversationId(), q.messageId()))
            .http("PUT", "/messages/{messageId}")
            .summary("Changes the content of a message of yours", Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.FORBIDDEN);

    public static final Operation<Delete, Changed> DELETE = Operation.of(
                    "message:delete",
                    Part.ROOM,
                    Delete.class,
                    Changed.class,
                    (c, q) -> room(q.conversationId(), q.messageId()))
            .http("DELETE", "/messages/{messageId}")
            .summary("Deletes a message; it keeps its place", Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.FORBIDDEN);

    public static final Operation<Read, Unread> READ = Operation.of(
                    "message:read",
                    Part.ROOM,
                    Read.class,
                    Unread.class,
                    (c, q) -> room(q.conversationId(), q.messageId()))
            .http("POST", "/messages/{messageId}/read")
            .summary("Marks everything up to a message as read", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<History, Messages> HISTORY = Operation.of(
                    "message:history", Part.ROOM, History.class, Messages.class, (c, q) -> q.conversationId())
            .http("GET", "/messages")
            .summary("Shows the messages of a conversation", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<Join, Joined> JOIN = Operation.of(
                    "join:conversation", Part.ROOM, Join.class, Joined.class, (c, q) -> q.conversationId())
            .summary("Follows a conversation and brings what was missed", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<Leave, Nothing> LEAVE = Operation.of(
                    "leave:conversation", Part.ROOM, Leave.class, Nothing.class, (c, q) -> q.conversationId())
            .summary("Follows a conversation no more");

    public static final Operation<Typing, Nothing> TYPING = Operation.of(
                    "user:typing", Part.ROOM, Typing.class, Nothing.class, (c, q) -> q.conversationId())
            .summary("Shows the others that you are typing", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<Typing, Nothing> STOP_TYPING = Operation.of(
                    "user:stop-typing", Part.ROOM, Typing.class, Nothing.class, (c, q) -> q.conversationId())
            .summary("Shows the others that you stopped typing", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<Follow, Followed> FOLLOW = Operation.of(
                    "room:follow", Part.ROOM, Follow.class, Followed.class, (c, q) -> q.roomId())
            .access(Operation.Access.INTERNAL);

    public static final List<Operation<?, ?>> ALL =
            List.of(SEND, EDIT, DELETE, READ, HISTORY, JOIN, LEAVE, TYPING, STOP_TYPING, FOLLOW);

    /** A change names the message; where the client left the room out, any node can find it and pass the request on. */
    private static Object room(@Nullable UUID roomId, UUID messageId) {
        return roomId != null ? roomId : messageId;
    }
}
