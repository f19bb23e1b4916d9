package dev.switchboard.protocol;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who is online, and telling single users things wherever they are. */
public final class ParticipantOperations {
    private ParticipantOperations() {}

    /**
     * A node says which of its users have sockets. All users of one announcement belong to one shard.
     *
     * @param whole true: these are all of this shard's users on the node; others are gone from it
     */
    public record Announce(String nodeId, List<UUID> online, List<UUID> offline, boolean whole) {}

    /**
     * An event for every socket of these users that registered for {@code user:<id>}.
     *
     * @param except the one socket that is not told, or null
     */
    public record Notice(List<UUID> userIds, Event<?> event, @Nullable String except) {
        /** For all of their sockets. */
        public Notice(List<UUID> userIds, Event<?> event) {
            this(userIds, event, null);
        }
    }

    /** Pushes notices, in their order for each user. All users belong to one shard, or nobody is told anything. */
    public record Notify(List<Notice> notices) {}

    public record Query(List<UUID> userIds) {}

    /** @param online those of the users asked for who are online (or in their grace time) */
    public record Online(List<UUID> online) {}

    /** Data of {@code user:online} and {@code user:offline}. */
    public record PresenceState(UUID userId) {}

    private static Object first(List<UUID> ids) {
        return ids.isEmpty() ? "" : ids.get(0);
    }

    public static final Operation<Announce, Nothing> ANNOUNCE = Operation.of(
                    "presence:announce",
                    Part.PARTICIPANT,
                    Announce.class,
                    Nothing.class,
                    (c, q) -> first(q.online().isEmpty() ? q.offline() : q.online()))
            .access(Operation.Access.INTERNAL);

    public static final Operation<Notify, Nothing> NOTIFY = Operation.of(
                    "user:notify",
                    Part.PARTICIPANT,
                    Notify.class,
                    Nothing.class,
                    (c, q) -> first(
                            q.notices().isEmpty()
                                    ? List.of()
                                    : q.notices().get(0).userIds()))
            .access(Operation.Access.INTERNAL);

    public static final Operation<Query, Online> QUERY = Operation.of(
                    "presence:query", Part.PARTICIPANT, Query.class, Online.class, (c, q) -> first(q.userIds()))
            .access(Operation.Access.INTERNAL);

    public static final List<Operation<?, ?>> ALL = List.of(ANNOUNCE, NOTIFY, QUERY);
}
