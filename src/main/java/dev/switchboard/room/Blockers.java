package dev.switchboard.room;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Whom people must not see online. */
interface Blockers {
    /** For those of these users whom others among them have blocked: these others. */
    Future<Map<UUID, Set<UUID>>> among(Collection<UUID> users);
}
