package dev.switchboard.room;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.switchboard.bus.Bus;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Notice;
import dev.switchboard.protocol.ParticipantOperations.Notify;
import dev.switchboard.protocol.ParticipantOperations.Query;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What rooms tell single users, and ask about them: through the owners of those users. */
final class UserNotices {
    private static final int PREVIEW = 120;

    /** Much shorter than a try of a join, which waits for it: one frozen node must not hold up joins everywhere. */
    private static final Duration ONLINE_PATIENCE = Duration.ofMillis(500);

    private final Bus bus;

    UserNotices(Bus bus) {
        this.bus = bus;
    }

    /** Data of {@code notification:new} for a message: enough to move an unread count and to show a line. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MessageNotice(
            String kind, UUID conversationId, UUID messageId, long seq, String senderName, @Nullable String preview) {}

    /** Tells the members of a small room who do not have it open that there is a message. */
    void message(LiveRoom live, Message message) {
        Room room = live.room();
        if (!room.isSmall()) {
            return;
        }
        List<UUID> absent = new ArrayList<>();
        for (UUID user : room.members().keySet()) {
            if (!user.equals(message.senderId()) && !live.audience().has(user)) {
                absent.add(user);
            }
        }
        if (absent.isEmpty()) {
            return;
        }
        String content = message.content();
        tell(
                absent,
                Event.personal(
                        Event.NOTIFICATION_NEW,
                        new MessageNotice(
                                "message",
                                room.id(),
                                message.id(),
                                message.seq(),
                                message.senderName(),
                                content == null || content.length() <= PREVIEW
                                        ? content
                                        : content.substring(0, content.offsetByCodePoints(0, shortened(content))))));
    }

    private static int shortened(String content) {
        return Math.min(PREVIEW, content.codePointCount(0, content.length()));
    }

    /** Pushes an event to users, at most once: who misses it sees the same when listing conversations. */
    void tell(Collection<UUID> users, Event<?> event) {
        bus.callOwners(
                ParticipantOperations.NOTIFY,
                Caller.system(),
                users,
                ids -> new Notify(List.of(new Notice(ids, event))));
    }

    /** Who of these users is online; those whose owner does not answer soon count as offline. Never fails. */
    Future<List<UUID>> online(Collection<UUID> users) {
        return bus.callOwners(ParticipantOperations.QUERY, Caller.system(), users, Query::new, ONLINE_PATIENCE)
                .map(answers ->
                        answers.stream().flatMap(a -> a.online().stream()).toList());
    }
}
