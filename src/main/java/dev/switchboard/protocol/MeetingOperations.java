package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.switchboard.protocol.Rules.Example;
import dev.switchboard.protocol.Rules.FromDoor;
import dev.switchboard.protocol.Rules.Length;
import dev.switchboard.protocol.Rules.OneOf;
import dev.switchboard.protocol.Rules.Range;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Meetings: making them, being in them. What they tell: {@link MeetingEvents}; what nodes ask of them:
 * {@link MeetingInternals}.
 */
public final class MeetingOperations {
    private static final int MAX_TITLE = 100;
    private static final int MAX_DESCRIPTION = 2_000;
    private static final int MAX_CAPACITY = 1_000;

    private MeetingOperations() {}

    /** @param clientId makes asking again safe; the door sets one where the client did not */
    public record Create(
            @Length(max = MAX_TITLE) @Example("Monday") String title,
            @Nullable @Length(min = 0, max = MAX_DESCRIPTION) String description,
            @Nullable @Range(min = 1, max = MAX_CAPACITY) Integer capacity,
            @Nullable Boolean lobby,
            @Nullable @Length(max = 64) String clientId) {
        public Create {
            Checks.of(Create.class, title, description, capacity, lobby, clientId)
                    .done();
        }

        public Create withClientId(String id) {
            return new Create(title, description, capacity, lobby, id);
        }
    }

    public record Get(UUID id) {
        public Get {
            Checks.of(Get.class, id).done();
        }
    }

    /** What is left out stays as it is. */
    public record Change(
            UUID id,
            @Nullable @Length(max = MAX_TITLE) @Example("Monday") String title,
            @Nullable @Length(min = 0, max = MAX_DESCRIPTION) String description,
            @Nullable @Range(min = 1, max = MAX_CAPACITY) Integer capacity,
            @Nullable Boolean locked,
            @Nullable Boolean lobby) {
        public Change {
            Checks.of(Change.class, id, title, description, capacity, locked, lobby)
                    .done();
        }
    }

    /** @param cursor the {@code next} of the page before */
    public record Find(@Nullable UUID cursor, @Nullable @Range(min = 1, max = 100) Integer limit) {
        public Find {
            Checks.of(Find.class, cursor, limit).done();
        }
    }

    /** The caller's own meetings and those it was in, the latest first. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Meetings(List<Meeting> items, @Nullable UUID next) {}

    /** @param cursor the {@code next} of the page before */
    public record FindStays(UUID id, @Nullable UUID cursor, @Nullable @Range(min = 1, max = 100) Integer limit) {
        public FindStays {
            Checks.of(FindStays.class, id, cursor, limit).done();
        }
    }

    /**
     * Somebody was in a meeting.
     *
     * @param leftAt null while it lasts
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Stay(UUID id, UUID userId, String username, Instant joinedAt, @Nullable Instant leftAt) {}

    /**
     * @param participants who is in it now
     * @param items who ever was, the latest first
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Stays(List<Participant> participants, List<Stay> items, @Nullable UUID next) {}

    /**
     * @param afterSeq the number of the last chat message that the client has; null for the newest
     * @param resume the {@code resumeToken} of the socket that was in it: refused when another one took its place
     * @param node the node that holds the socket; set by the door
     * @param oldSocketId what {@code resume} proves; set by the door
     */
    public record Join(
            UUID meetingId,
            @Nullable @Range(min = 0) Long afterSeq,
            @Nullable @Length(max = 256) String resume,
            @Nullable @FromDoor String node,
            @Nullable @FromDoor String oldSocketId) {
        public Join {
            Checks.of(Join.class, meetingId, afterSeq, resume, node, oldSocketId)
                    .done();
        }

        public Join from(String nodeId, @Nullable String old) {
            return new Join(meetingId, afterSeq, null, nodeId, old);
        }
    }

    /** Somebody who waits to be admitted. */
    public record Waiting(UUID userId, String username, String displayName, Instant since) {}

    /** Whether somebody is in, or waits. */
    public enum Entry {
        @JsonProperty("joined")
        JOINED,
        /** In the lobby; {@code meeting:request} tells when to join again, or that it is no use. */
        @JsonProperty("waiting")
        WAITING
    }

    /**
     * @param self null while waiting
     * @param waiting for the host: who wants in
     * @param headSeq the number of the last chat message
     * @param messages the chat that was missed, as events
     * @param recovered false when more was missed than is kept
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Joined(
            Meeting meeting,
            Entry entry,
            List<Participant> participants,
            @Nullable Participant self,
            @Nullable List<Waiting> waiting,
            long headSeq,
            List<Event<Message>> messages,
            boolean recovered) {}

    public record Leave(UUID meetingId) {
        public Leave {
            Checks.of(Leave.class, meetingId).done();
        }
    }

    /** What can be changed during a meeting. */
    public enum Action {
        /** Oneself: hand up or down. */
        @JsonProperty("hand")
        HAND,
        /** Oneself: says that the microphone is off, or on. */
        @JsonProperty("muted")
        MUTED,
        /** Oneself: says that the camera is on, or off. */
        @JsonProperty("camera")
        CAMERA,
        /** Oneself: begins or ends to share the screen; one at a time. */
        @JsonProperty("share")
        SHARE,
        /** Host: asks one, or all, to mute. */
        @JsonProperty("mute")
        MUTE,
        /** Host: ends somebody's screen share. */
        @JsonProperty("unshare")
        UNSHARE,
        /** Host: takes a hand down. */
        @JsonProperty("lower-hand")
        LOWER_HAND,
        /** Host: out, and never in again. */
        @JsonProperty("remove")
        REMOVE,
        /** Host: may come again. */
        @JsonProperty("unbar")
        UNBAR,
        /** Host: nobody more may enter, or may again. */
        @JsonProperty("lock")
        LOCK,
        /** Host: who enters waits first, or does no more. */
        @JsonProperty("lobby")
        LOBBY,
        /** Host: lets one, or all, in from the lobby. */
        @JsonProperty("admit")
        ADMIT,
        /** Host: refuses one, or all, in the lobby. */
        @JsonProperty("deny")
        DENY,
        /** Host: somebody else leads from now on. */
        @JsonProperty("transfer")
        TRANSFER,
        /** Host: over for all, for good. */
        @JsonProperty("end")
        END
    }

    /**
     * @param userId whom it is about, where it is about somebody else; null means all for mute, admit and deny
     * @param on true where it is left out
     */
    public record Update(UUID meetingId, Action action, @Nullable UUID userId, @Nullable Boolean on) {
        public Update {
            Checks.of(Update.class, meetingId, action, userId, on).done();
        }

        public boolean isOn() {
            return on == null || on;
        }
    }

    /** How it stands after what was asked for. {@code waiting}: for the host, who wants in. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record State(
            Meeting meeting,
            List<Participant> participants,
            @Nullable Participant self,
            @Nullable List<Waiting> waiting) {}

    /** A word in the chat of a meeting. {@code clientId} makes sending again safe; the door sets one where it is not. */
    public record Say(
            UUID meetingId,
            @Length(max = Message.MAX_CHARACTERS, maxBytes = Message.MAX_BYTES) @Example("Hello!") String content,
            @Nullable @OneOf({"text", "file"}) String type,
            @Nullable @Length(max = 64) String clientId,
            @Nullable UUID replyTo) {
        public Say {
            Checks.of(Say.class, meetingId, content, type, clientId, replyTo).done();
        }

        public Say withClientId(String id) {
            return new Say(meetingId, content, type, id, replyTo);
        }
    }

    public static final Operation<Create, Meeting> CREATE = Operation.of(
                    "meeting:create", Part.MEETING, Create.class, Meeting.class, (c, q) -> c.user())
            .http("POST", "/meetings", 201)
            .summary("Makes a meeting");

    public static final Operation<Find, Meetings> FIND = Operation.of(
                    "meeting:find", Part.MEETING, Find.class, Meetings.class, (c, q) -> c.user())
            .http("GET", "/meetings")
            .summary("Lists your meetings and those you were in, the latest first");

    public static final Operation<Get, Meeting> GET = Operation.of(
                    "meeting:get", Part.MEETING, Get.class, Meeting.class, (c, q) -> q.id())
            .http("GET", "/meetings/{id}")
            .summary("Shows a meeting", Fault.NOT_FOUND);

    public static final Operation<Change, Meeting> CHANGE = Operation.of(
                    "meeting:change", Part.MEETING, Change.class, Meeting.class, (c, q) -> q.id())
            .http("PUT", "/meetings/{id}")
            .summary("Changes a meeting", Fault.NOT_FOUND, Fault.FORBIDDEN, Fault.MEETING_ENDED);

    public static final Operation<Get, Nothing> DELETE = Operation.of(
                    "meeting:delete", Part.MEETING, Get.class, Nothing.class, (c, q) -> q.id())
            .http("DELETE", "/meetings/{id}")
            .summary("Ends a meeting and deletes it", Fault.NOT_FOUND, Fault.FORBIDDEN);

    public static final Operation<FindStays, Stays> PARTICIPANTS = Operation.of(
                    "meeting:participants", Part.MEETING, FindStays.class, Stays.class, (c, q) -> q.id())
            .http("GET", "/meetings/{id}/participants")
            .summary("Shows who is in a meeting and who ever was", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<Join, Joined> JOIN = Operation.of(
                    "meeting:join", Part.MEETING, Join.class, Joined.class, (c, q) -> q.meetingId())
            .summary("Enters a meeting", Fault.NOT_FOUND);

    public static final Operation<Leave, Nothing> LEAVE = Operation.of(
                    "meeting:leave", Part.MEETING, Leave.class, Nothing.class, (c, q) -> q.meetingId())
            .summary("Leaves a meeting");

    public static final Operation<Update, State> UPDATE = Operation.of(
                    "meeting:update", Part.MEETING, Update.class, State.class, (c, q) -> q.meetingId())
            .summary("Changes something during a meeting", Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.FORBIDDEN);

    public static final Operation<Leave, State> STATE = Operation.of(
                    "meeting:state", Part.MEETING, Leave.class, State.class, (c, q) -> q.meetingId())
            .summary("Shows who is in a meeting that you are in", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<Say, RoomOperations.Sent> SAY = Operation.of(
                    "meeting:send", Part.MEETING, Say.class, RoomOperations.Sent.class, (c, q) -> q.meetingId())
            .summary("Says something in the chat of a meeting", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final List<Operation<?, ?>> ALL =
            List.of(CREATE, FIND, GET, CHANGE, DELETE, PARTICIPANTS, JOIN, LEAVE, UPDATE, STATE, SAY);
}
