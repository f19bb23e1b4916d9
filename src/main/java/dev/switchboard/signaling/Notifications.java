package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import dev.switchboard.protocol.NotificationOperations.Notification;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What people are to find later. */
interface Notifications {
    String MISSED_CALL = "missed_call";

    /**
     * Notes for the callee that there was a call; once, however often it is asked for.
     *
     * @return what the callee is to be told of: nothing when it has read it already, or has blocked the caller
     */
    Future<Optional<UUID>> missedCall(Call call);

    /** A user's, the latest first. */
    Future<List<Notification>> list(UUID user, @Nullable UUID before, int limit);

    /** @return whether the user has such a one */
    Future<Boolean> read(UUID user, UUID notification);
}
