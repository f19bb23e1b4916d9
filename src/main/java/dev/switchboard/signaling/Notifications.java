package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.NotificationOperations.Notification;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What people are to find later. */
interface Notifications {
    String MISSED_CALL = "missed_call";

    /** @param fresh false when it was kept before */
    record Kept(UUID id, boolean fresh) {}

    /** Notes for the callee that there was a call, unless it has blocked the caller. */
    Future<Kept> missedCall(Call call);

    /** A user's, the latest first. */
    Future<List<Notification>> list(UUID user, @Nullable UUID before, int limit);

    /** @return whether the user has such a one */
    Future<Boolean> read(UUID user, UUID notification);
}
