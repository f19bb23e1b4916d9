package dev.switchboard.signaling;

import dev.switchboard.protocol.Call;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls that are over, and who may be called. */
interface CallLog {
    /** Keeps a call that is over; again changes nothing. */
    Future<Void> save(Call call);

    /** The calls of a user, the latest first. */
    Future<List<Call>> list(UUID user, @Nullable UUID before, int limit);

    Future<Optional<Call>> find(UUID call);

    /** Whether there is such a user and {@code caller} may know whether it is there. */
    Future<Callee> callee(UUID caller, UUID callee);

    /** What is known of somebody who is called. */
    enum Callee {
        UNKNOWN,
        BLOCKING,
        OPEN
    }
}
