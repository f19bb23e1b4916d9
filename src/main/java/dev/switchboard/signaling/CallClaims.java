package dev.switchboard.signaling;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;

/** Which call each user is in. Every change is a compare-and-set: of two nodes that act at once, one succeeds. */
interface CallClaims {
    /**
     * Puts a user into a call, unless there is another.
     *
     * @return the call that the user is in: {@code call} when it succeeded
     */
    Future<UUID> claim(UUID user, UUID call);

    /** Takes a user out of a call, if that is still the one. */
    Future<Void> release(UUID user, UUID call);

    /** The call that a user is in. */
    Future<Optional<UUID>> callOf(UUID user);
}
