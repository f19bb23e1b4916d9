package dev.switchboard.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.protocol.Rules.Range;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a user is to find later: missed calls. Unread messages are counted with their conversations. */
public final class NotificationOperations {
    private NotificationOperations() {}

    /**
     * @param kind {@code missed_call}
     * @param subjectId what it is about: the call
     * @param fromId whose doing it was
     * @param readAt null while it is unread
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Notification(
            UUID id,
            String kind,
            UUID subjectId,
            @Nullable UUID fromId,
            @Nullable String fromName,
            Instant createdAt,
            @Nullable Instant readAt) {}

    /** @param before the {@code next} of the page before */
    public record Query(@Nullable UUID before, @Nullable @Range(min = 1, max = 100) Integer limit) {
        public Query {
            Checks.of(Query.class, before, limit).done();
        }
    }

    /** The latest first. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Notifications(List<Notification> items, @Nullable UUID next) {}

    public record Read(UUID notificationId) {
        public Read {
            Checks.of(Read.class, notificationId).done();
        }
    }

    public static final Operation<Query, Notifications> LIST = Operation.of(
                    "notification:list", Part.SIGNALING, Query.class, Notifications.class, (c, q) -> c.user())
            .http("GET", "/notifications")
            .summary("Lists your notifications, the latest first");

    public static final Operation<Read, Nothing> READ = Operation.of(
                    "notification:read", Part.SIGNALING, Read.class, Nothing.class, (c, q) -> c.user())
            .http("POST", "/notifications/{notificationId}/read")
            .summary("Marks a notification as read", Fault.NOT_FOUND);

    public static final List<Operation<?, ?>> ALL = List.of(LIST, READ);
}
