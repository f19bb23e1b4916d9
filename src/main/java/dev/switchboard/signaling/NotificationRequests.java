package dev.switchboard.signaling;

import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Nothing;
import dev.switchboard.protocol.NotificationOperations;
import dev.switchboard.protocol.NotificationOperations.Query;
import dev.switchboard.protocol.NotificationOperations.Read;
import io.vertx.core.Future;

/** What clients ask of their notifications. */
final class NotificationRequests {
    private static final int PAGE = 50;

    private final Notifications notifications;

    NotificationRequests(Notifications notifications) {
        this.notifications = notifications;
    }

    Future<NotificationOperations.Notifications> list(Caller caller, Query q) {
        int limit = q.limit() == null ? PAGE : q.limit();
        return notifications
                .list(caller.user(), q.before(), limit)
                .map(items -> new NotificationOperations.Notifications(
                        items,
                        items.size() < limit
                                ? null
                                : items.get(items.size() - 1).id()));
    }

    Future<Nothing> read(Caller caller, Read q) {
        return notifications.read(caller.user(), q.notificationId()).map(found -> {
            if (!found) {
                throw Fault.NOT_FOUND.because("You have no such notification.");
            }
            return Nothing.NOTHING;
        });
    }
}
