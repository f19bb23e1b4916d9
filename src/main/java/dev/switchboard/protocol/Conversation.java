package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.Rules.OneOf;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A durable room as one of its members sees it.
 *
 * @param members everybody in rooms of up to {@link #SMALL} members; absent in larger ones
 * @param readSeq up to where the asking user has read
 * @param unread messages of others after {@code readSeq}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Conversation(
        UUID id,
        @OneOf({DIRECT, GROUP, CHANNEL}) String kind,
        @Nullable String slug,
        @Nullable String title,
        @Nullable List<Member> members,
        int memberCount,
        long headSeq,
        long readSeq,
        long unread,
        @Nullable Message lastMessage,
        Instant createdAt) {

    /** Up to this many members, presence, typing and receipts of single people are pushed; above it, counts. */
    public static final int SMALL = 200;

    public static final String DIRECT = "direct";
    public static final String GROUP = "group";
    public static final String CHANNEL = "channel";

    /**
     * A member.
     *
     * @param role {@code owner}, {@code admin} or {@code member}
     * @param readSeq up to where this member has read
     */
    public record Member(
            UUID userId, String username, @OneOf({OWNER, ADMIN, MEMBER}) String role, Instant joinedAt, long readSeq) {
        public static final String OWNER = "owner";
        public static final String ADMIN = "admin";
        public static final String MEMBER = "member";

        /** Whether this member may change the room and its other members. */
        public boolean manages() {
            return role.equals(OWNER) || role.equals(ADMIN);
        }

        public Member withRole(String other) {
            return new Member(userId, username, other, joinedAt, readSeq);
        }

        /** A marker moves forward, never back. */
        public Member readUpTo(long seq) {
            return seq <= readSeq ? this : new Member(userId, username, role, joinedAt, seq);
        }
    }
}
