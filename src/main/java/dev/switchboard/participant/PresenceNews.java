package dev.switchboard.participant;

import dev.switchboard.bus.Bus;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Notify;
import dev.switchboard.protocol.ParticipantOperations.PresenceState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people who of their peers came and went. Changes are gathered: all of a moment cost one query, and who came and
 * went within it is not told of at all.
 */
final class PresenceNews {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceNews.class);

    /** So many changes are told in one go; the rest wait for the next. */
    private static final int MAX_BATCH = 500;

    private final Bus bus;
    private final PeerStore peers;
    /** What people were told last, and what is true now, for those where the two differ. */
    private final Map<UUID, Boolean> untold = new LinkedHashMap<>();

    private boolean telling;

    PresenceNews(Bus bus, PeerStore peers) {
        this.bus = bus;
        this.peers = peers;
    }

    void changed(UUID user, boolean online) {
        Boolean before = untold.remove(user);
        if (before == null || before == online) {
            untold.put(user, online);
        }
    }

    /** Tells what is not told yet. */
    void tell() {
        if (telling || untold.isEmpty()) {
            return;
        }
        telling = true;
        Map<UUID, Boolean> batch = new LinkedHashMap<>();
        for (Map.Entry<UUID, Boolean> e : untold.entrySet()) {
            if (batch.size() == MAX_BATCH) {
                break;
            }
            batch.put(e.getKey(), e.getValue());
        }
        untold.keySet().removeAll(batch.keySet());
        peers.peers(batch.keySet()).onComplete(found -> {
            telling = false;
            if (found.failed()) {
                LOG.warn("Presence could not be told: {}", found.cause().toString());
                batch.forEach(untold::putIfAbsent);
                return;
            }
            found.result().forEach((user, of) -> tell(user, Boolean.TRUE.equals(batch.get(user)), of));
        });
    }

    private void tell(UUID user, boolean online, List<UUID> toWhom) {
        Event<PresenceState> event =
                Event.personal(online ? Event.USER_ONLINE : Event.USER_OFFLINE, new PresenceState(user));
        try {
            bus.ownership()
                    .byOwner(toWhom)
                    .forEach((owner, ids) -> bus.callShard(
                            ParticipantOperations.NOTIFY, Caller.system(), new Notify(ids, event), owner));
        } catch (FaultException e) {
            LOG.debug("Nobody owns state at the moment: {}", e.getMessage());
        }
    }
}
