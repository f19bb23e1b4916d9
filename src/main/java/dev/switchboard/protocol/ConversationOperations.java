package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Conversations and their members. */
public final class ConversationOperations {
    private ConversationOperations() {}

    /**
     * {@code memberIds} need not name the caller. A direct conversation has exactly one other member. {@code clientId}
     * makes asking again safe; the door sets one where the client did not.
     */
    public record Create(
            String kind, @Nullable String title, @Nullable List<UUID> memberIds, @Nullable String clientId) {
        /** A group is made with at most this many members; more are added later. */
        public static final int MAX_MEMBERS = 1_000;

        public Create {
            memberIds = memberIds == null ? List.of() : List.copyOf(memberIds);
            new Checks()
                    .text("kind", kind, 1, 16)
                    .that(
                            List.of(Conversation.DIRECT, Conversation.GROUP, Conversation.CHANNEL)
                                    .contains(String.valueOf(kind)),
                            "kind",
                            "must be direct, group or channel")
                    .optionalText("title", title, 1, 100)
                    .optionalText("clientId", clientId, 1, 64)
                    .that(memberIds.size() <= MAX_MEMBERS, "memberIds", "must be at most " + MAX_MEMBERS)
                    .that(
                            !Conversation.DIRECT.equals(kind) || memberIds.size() == 1,
                            "memberIds",
                            "must name the one other person of a direct conversation")
                    .done();
        }

        public Create withClientId(String id) {
            return new Create(kind, title, memberIds, id);
        }
    }

    /** @param created also in the answer to a repeat; false when a direct conversation of the same pair was there already; HTTP answers 200, not 201 */
    public record Created(Conversation conversation, boolean created) {}

    /** @param slug finds a channel by its short name, for example {@code general}, whether or not one is a member */
    public record Find(@Nullable String slug, @Nullable String cursor, @Nullable Integer limit) {
        public Find {
            new Checks()
                    .optionalText("slug", slug, 1, 64)
                    .optionalText("cursor", cursor, 1, 128)
                    .range("limit", limit, 1, 100)
                    .done();
        }
    }

    public record Page(List<Conversation> items, @Nullable String next) {}

    public record Get(UUID id) {
        public Get {
            new Checks().required("id", id).done();
        }
    }

    public record Update(UUID id, String title) {
        public Update {
            new Checks().required("id", id).text("title", title, 1, 100).done();
        }
    }

    public record AddMembers(UUID id, @Nullable List<UUID> userIds, @Nullable UUID userId) {
        public AddMembers {
            userIds = userIds == null ? (userId == null ? List.of() : List.of(userId)) : List.copyOf(userIds);
            new Checks()
                    .required("id", id)
                    .that(!userIds.isEmpty(), "userIds", "is required")
                    .that(userIds.size() <= Create.MAX_MEMBERS, "userIds", "must be at most " + Create.MAX_MEMBERS)
                    .done();
        }
    }

    public record Members(List<Conversation.Member> items, @Nullable String next) {}

    /** @param query keeps those whose name begins with it */
    public record ListMembers(UUID id, @Nullable String query, @Nullable String cursor, @Nullable Integer limit) {
        public ListMembers {
            new Checks()
                    .required("id", id)
                    .optionalText("query", query, 1, 64)
                    .optionalText("cursor", cursor, 1, 128)
                    .range("limit", limit, 1, 200)
                    .done();
        }
    }

    /** A channel as everybody sees it, whether or not they are in it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Channel(
            UUID id, @Nullable String slug, String title, int memberCount, boolean member, Instant createdAt) {}

    public record Channels(List<Channel> items, @Nullable String next) {}

    /** @param query keeps those whose title holds it, in letters of either case */
    public record FindChannels(@Nullable String query, @Nullable String cursor, @Nullable Integer limit) {
        public FindChannels {
            new Checks()
                    .optionalText("query", query, 1, 100)
                    .optionalText("cursor", cursor, 1, 512)
                    .range("limit", limit, 1, 100)
                    .done();
        }
    }

    public record GetMember(UUID id, UUID userId) {
        public GetMember {
            new Checks().required("id", id).required("userId", userId).done();
        }
    }

    /** What rooms of any size tell about one of their members. */
    public record MemberState(
            UUID userId, String username, String role, Instant joinedAt, long readSeq, boolean online) {}

    public record RemoveMember(UUID id, UUID userId) {
        public RemoveMember {
            new Checks().required("id", id).required("userId", userId).done();
        }
    }

    public record SetRole(UUID id, UUID userId, String role) {
        public SetRole {
            new Checks()
                    .required("id", id)
                    .required("userId", userId)
                    .that(
                            List.of(Conversation.Member.OWNER, Conversation.Member.ADMIN, Conversation.Member.MEMBER)
                                    .contains(String.valueOf(role)),
                            "role",
                            "must be owner, admin or member")
                    .done();
        }
    }

    /** Data of {@code conversation:updated}: only what changed is present. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Updated(
            UUID conversationId,
            @Nullable String title,
            @Nullable List<Conversation.Member> members,
            @Nullable Integer memberCount,
            @Nullable Integer onlineCount) {
        public static Updated title(UUID conversationId, String title) {
            return new Updated(conversationId, title, null, null, null);
        }

        /** For rooms of up to {@link Conversation#SMALL} members. */
        public static Updated members(UUID conversationId, List<Conversation.Member> members) {
            return new Updated(conversationId, null, members, members.size(), null);
        }

        /** For larger rooms. */
        public static Updated counts(UUID conversationId, int members, int online) {
            return new Updated(conversationId, null, null, members, online);
        }
    }

    /** Data of {@code conversation:removed}. */
    public record Removed(UUID conversationId) {}

    /** What creating a direct conversation is ordered by: the pair, whoever of the two asks. */
    public static String pairKey(UUID a, UUID b) {
        String first = a.toString();
        String second = b.toString();
        return first.compareTo(second) <= 0 ? first + ":" + second : second + ":" + first;
    }

    private static Object createKey(Caller caller, Create q) {
        List<UUID> members = q.memberIds() == null ? List.of() : q.memberIds();
        return q.kind().equals(Conversation.DIRECT) ? pairKey(caller.user(), members.get(0)) : caller.user();
    }

    public static final Operation<Create, Created> CREATE = Operation.of(
                    "conversation:create", Part.ROOM, Create.class, Created.class, ConversationOperations::createKey)
            .http("POST", "/conversations", 201);

    public static final Operation<Find, Page> FIND = Operation.of(
                    "conversation:find", Part.ROOM, Find.class, Page.class, (c, q) -> c.user())
            .http("GET", "/conversations");

    public static final Operation<FindChannels, Channels> FIND_CHANNELS = Operation.of(
                    "channel:find", Part.ROOM, FindChannels.class, Channels.class, (c, q) -> c.user())
            .http("GET", "/channels");

    public static final Operation<Get, Conversation> GET = Operation.of(
                    "conversation:get", Part.ROOM, Get.class, Conversation.class, (c, q) -> q.id())
            .http("GET", "/conversations/{id}");

    public static final Operation<Update, Conversation> UPDATE = Operation.of(
                    "conversation:update", Part.ROOM, Update.class, Conversation.class, (c, q) -> q.id())
            .http("PUT", "/conversations/{id}");

    public static final Operation<Get, Nothing> DELETE = Operation.of(
                    "conversation:delete", Part.ROOM, Get.class, Nothing.class, (c, q) -> q.id())
            .http("DELETE", "/conversations/{id}");

    public static final Operation<ListMembers, Members> LIST_MEMBERS = Operation.of(
                    "member:list", Part.ROOM, ListMembers.class, Members.class, (c, q) -> q.id())
            .http("GET", "/conversations/{id}/members");

    public static final Operation<AddMembers, Conversation> ADD_MEMBERS = Operation.of(
                    "member:add", Part.ROOM, AddMembers.class, Conversation.class, (c, q) -> q.id())
            .http("POST", "/conversations/{id}/members");

    public static final Operation<GetMember, MemberState> GET_MEMBER = Operation.of(
                    "member:get", Part.ROOM, GetMember.class, MemberState.class, (c, q) -> q.id())
            .http("GET", "/conversations/{id}/members/{userId}");

    public static final Operation<RemoveMember, Nothing> REMOVE_MEMBER = Operation.of(
                    "member:remove", Part.ROOM, RemoveMember.class, Nothing.class, (c, q) -> q.id())
            .http("DELETE", "/conversations/{id}/members/{userId}");

    public static final Operation<SetRole, Conversation> SET_ROLE = Operation.of(
                    "member:set-role", Part.ROOM, SetRole.class, Conversation.class, (c, q) -> q.id())
            .http("PUT", "/conversations/{id}/members/{userId}");

    public static final List<Operation<?, ?>> ALL = List.of(
            CREATE,
            FIND,
            FIND_CHANNELS,
            GET,
            UPDATE,
            DELETE,
            LIST_MEMBERS,
            GET_MEMBER,
            ADD_MEMBERS,
            REMOVE_MEMBER,
            SET_ROLE);
}
