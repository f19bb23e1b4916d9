package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.Rules.Example;
import dev.switchboard.protocol.Rules.Items;
import dev.switchboard.protocol.Rules.Length;
import dev.switchboard.protocol.Rules.OneOf;
import dev.switchboard.protocol.Rules.Range;
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
            @OneOf({Conversation.DIRECT, Conversation.GROUP, Conversation.CHANNEL}) @Example(Conversation.GROUP)
                    String kind,
            @Nullable @Length(max = 100) @Example("Lunch") String title,
            @Nullable @Items(max = MAX_MEMBERS) List<UUID> memberIds,
            @Nullable @Length(max = 64) String clientId) {
        /** A group is made with at most this many members; more are added later. */
        public static final int MAX_MEMBERS = 1_000;

        public Create {
            memberIds = memberIds == null ? List.of() : memberIds;
            Checks.of(Create.class, kind, title, memberIds, clientId)
                    .that(
                            !Conversation.DIRECT.equals(kind) || memberIds.size() == 1,
                            "memberIds",
                            "must name the one other person of a direct conversation")
                    .done();
            memberIds = List.copyOf(memberIds);
        }

        public Create withClientId(String id) {
            return new Create(kind, title, memberIds, id);
        }
    }

    /** @param created also in the answer to a repeat; false when a direct conversation of the same pair was there already; HTTP answers 200, not 201 */
    public record Created(Conversation conversation, boolean created) {}

    /** @param slug finds a channel by its short name, for example {@code general}, whether or not one is a member */
    public record Find(
            @Nullable @Length(max = 64) @Example("general") String slug,
            @Nullable @Length(max = 128) String cursor,
            @Nullable @Range(min = 1, max = 100) Integer limit) {
        public Find {
            Checks.of(Find.class, slug, cursor, limit).done();
        }
    }

    public record Page(List<Conversation> items, @Nullable String next) {}

    public record Get(UUID id) {
        public Get {
            Checks.of(Get.class, id).done();
        }
    }

    public record Update(UUID id, @Length(max = 100) @Example("Lunch") String title) {
        public Update {
            Checks.of(Update.class, id, title).done();
        }
    }

    public record AddMembers(
            UUID id, @Nullable @Items(max = Create.MAX_MEMBERS) List<UUID> userIds, @Nullable UUID userId) {
        public AddMembers {
            userIds = userIds == null ? (userId == null ? List.of() : List.of(userId)) : userIds;
            Checks.of(AddMembers.class, id, userIds, userId)
                    .that(!userIds.isEmpty(), "userIds", "is required")
                    .done();
            userIds = List.copyOf(userIds);
        }
    }

    public record Members(List<Conversation.Member> items, @Nullable String next) {}

    /** @param query keeps those whose name begins with it */
    public record ListMembers(
            UUID id,
            @Nullable @Length(max = 64) @Example("an") String query,
            @Nullable @Length(max = 128) String cursor,
            @Nullable @Range(min = 1, max = 200) Integer limit) {
        public ListMembers {
            Checks.of(ListMembers.class, id, query, cursor, limit).done();
        }
    }

    /** A channel as everybody sees it, whether or not they are in it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Channel(
            UUID id, @Nullable String slug, String title, int memberCount, boolean member, Instant createdAt) {}

    public record Channels(List<Channel> items, @Nullable String next) {}

    /** @param query keeps those whose title holds it, in letters of either case */
    public record FindChannels(
            @Nullable @Length(max = 100) @Example("lunch") String query,
            @Nullable @Length(max = 512) String cursor,
            @Nullable @Range(min = 1, max = 100) Integer limit) {
        public FindChannels {
            Checks.of(FindChannels.class, query, cursor, limit).done();
        }
    }

    public record GetMember(UUID id, UUID userId) {
        public GetMember {
            Checks.of(GetMember.class, id, userId).done();
        }
    }

    /** What rooms of any size tell about one of their members. */
    public record MemberState(
            UUID userId,
            String username,
            @OneOf({Conversation.Member.OWNER, Conversation.Member.ADMIN, Conversation.Member.MEMBER}) String role,
            Instant joinedAt,
            long readSeq,
            boolean online) {}

    public record RemoveMember(UUID id, UUID userId) {
        public RemoveMember {
            Checks.of(RemoveMember.class, id, userId).done();
        }
    }

    public record SetRole(
            UUID id,
            UUID userId,
            @OneOf({Conversation.Member.OWNER, Conversation.Member.ADMIN, Conversation.Member.MEMBER})
                    @Example(Conversation.Member.ADMIN)
                    String role) {
        public SetRole {
            Checks.of(SetRole.class, id, userId, role).done();
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
            .http("POST", "/conversations", 201)
            .summary("Makes a conversation", Fault.NOT_FOUND);

    public static final Operation<Find, Page> FIND = Operation.of(
                    "conversation:find", Part.ROOM, Find.class, Page.class, (c, q) -> c.user())
            .http("GET", "/conversations")
            .summary("Lists your conversations, the liveliest first");

    public static final Operation<FindChannels, Channels> FIND_CHANNELS = Operation.of(
                    "channel:find", Part.ROOM, FindChannels.class, Channels.class, (c, q) -> c.user())
            .http("GET", "/channels")
            .summary("Lists the channels, by title");

    public static final Operation<Get, Conversation> GET = Operation.of(
                    "conversation:get", Part.ROOM, Get.class, Conversation.class, (c, q) -> q.id())
            .http("GET", "/conversations/{id}")
            .summary("Shows a conversation", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<Update, Conversation> UPDATE = Operation.of(
                    "conversation:update", Part.ROOM, Update.class, Conversation.class, (c, q) -> q.id())
            .http("PUT", "/conversations/{id}")
            .summary("Renames a conversation", Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.FORBIDDEN);

    public static final Operation<Get, Nothing> DELETE = Operation.of(
                    "conversation:delete", Part.ROOM, Get.class, Nothing.class, (c, q) -> q.id())
            .http("DELETE", "/conversations/{id}")
            .summary("Deletes a conversation", Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.FORBIDDEN);

    public static final Operation<ListMembers, Members> LIST_MEMBERS = Operation.of(
                    "member:list", Part.ROOM, ListMembers.class, Members.class, (c, q) -> q.id())
            .http("GET", "/conversations/{id}/members")
            .summary("Lists the members", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<AddMembers, Conversation> ADD_MEMBERS = Operation.of(
                    "member:add", Part.ROOM, AddMembers.class, Conversation.class, (c, q) -> q.id())
            .http("POST", "/conversations/{id}/members")
            .summary("Adds members, or enters a channel", Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.FORBIDDEN);

    public static final Operation<GetMember, MemberState> GET_MEMBER = Operation.of(
                    "member:get", Part.ROOM, GetMember.class, MemberState.class, (c, q) -> q.id())
            .http("GET", "/conversations/{id}/members/{userId}")
            .summary("Shows one member", Fault.NOT_FOUND, Fault.NOT_A_MEMBER);

    public static final Operation<RemoveMember, Nothing> REMOVE_MEMBER = Operation.of(
                    "member:remove", Part.ROOM, RemoveMember.class, Nothing.class, (c, q) -> q.id())
            .http("DELETE", "/conversations/{id}/members/{userId}")
            .summary("Removes a member, or leaves", Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.FORBIDDEN);

    public static final Operation<SetRole, Conversation> SET_ROLE = Operation.of(
                    "member:set-role", Part.ROOM, SetRole.class, Conversation.class, (c, q) -> q.id())
            .http("PUT", "/conversations/{id}/members/{userId}")
            .summary("Sets the role of a member", Fault.NOT_FOUND, Fault.NOT_A_MEMBER, Fault.FORBIDDEN, Fault.CONFLICT);

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
