package dev.switchboard.participant;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Who is told when somebody comes or goes. */
interface PeerStore {
    /** For each of these users, the others with whom they share a small conversation and whom they have not blocked. */
    Future<Map<UUID, List<UUID>>> peers(Collection<UUID> users);
}
