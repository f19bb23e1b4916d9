package dev.switchboard.participant;

import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who has blocked whom. */
interface BlockStore {
    /** What came of a wish to block somebody. */
    enum Outcome {
        NEW,
        /** It was so before. */
        REPEATED,
        UNKNOWN_USER
    }

    Future<Outcome> block(UUID user, UUID other);

    /** @return whether there was a block */
    Future<Boolean> unblock(UUID user, UUID other);

    /** Those whom a user has blocked, by their ids, after {@code cursor}. */
    Future<List<User>> list(UUID user, @Nullable UUID cursor, int limit);
}
