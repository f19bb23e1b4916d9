package dev.switchboard.participant;

import dev.switchboard.bus.Bus;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.ParticipantOperations;
import dev.switchboard.protocol.ParticipantOperations.Notice;
import dev.switchboard.protocol.ParticipantOperations.Notify;
import dev.switchboard.protocol.ParticipantOperations.PresenceState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people who of their peers came and went. Changes are gathered: all of a moment cost one query and one request for
 * each owner of somebody who is told, and who came and went within it is not told of at all. The next batch waits until
 * the last one is told: many changes take longer, not more.
 */
final class PresenceNews {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceNews.class);

    /** So many changes are told in one go. */
    private static final int MAX_BATCH = 500;

    /** So many people are told in one request, each perhaps of many changes. */
    private static final int MAX_TOLD = 1_000;

    private final Bus bus;
    private final PeerStore peers;
    /** What is true now, for those of whom people were told something else last. */
    private final Map<UUID, Boolean> untold = new LinkedHashMap<>();

    private boolean telling;

    PresenceNews(Bus bus, PeerStore peers) {
        this.bus = bus;
        this.peers = peers;
    }

    void changed(UUID user, boolean online) {
        untold.merge(user, online, (before, now) -> before.equals(now) ? now : null);
    }

    /** Tells what is not told yet, unless that is under way. */
    void tell() {
        if (telling || untold.isEmpty()) {
            return;
        }
        telling = true;
        Map<UUID, Boolean> batch = new LinkedHashMap<>();
        untold.entrySet().stream().limit(MAX_BATCH).forEach(e -> batch.put(e.getKey(), e.getValue()));
        untold.keySet().removeAll(batch.keySet());
        peers.peers(batch.keySet())
                .onFailure(e -> {
                    // That the database is away, it says itself.
                    LOG.debug("Presence could not be told, and will be: {}", e.toString());
                    batch.forEach(this::changed);
                })
                .compose(found -> tell(batch, found))
                .onComplete(done -> telling = false);
    }

    /** Tells one person of one other, now. */
    void tell(UUID whom, UUID about, boolean online) {
        bus.call(
                ParticipantOperations.NOTIFY,
                Caller.system(),
                new Notify(List.of(new Notice(List.of(whom), event(about, online)))));
    }

    private static Event<?> event(UUID user, boolean online) {
        return Event.personal(online ? Event.USER_ONLINE : Event.USER_OFFLINE, new PresenceState(user));
    }

    private Future<?> tell(Map<UUID, Boolean> changes, Map<UUID, List<UUID>> peersOf) {
        Map<UUID, List<UUID>> changesFor = new HashMap<>();
        peersOf.forEach((changed, of) -> of.forEach(peer ->
                changesFor.computeIfAbsent(peer, p -> new ArrayList<>(1)).add(changed)));
        Map<UUID, Event<?>> events = new HashMap<>();
        changes.forEach((user, online) -> events.put(user, event(user, online)));
        List<UUID> all = List.copyOf(changesFor.keySet());
        Future<?> told = Future.succeededFuture();
        for (int from = 0; from < all.size(); from += MAX_TOLD) {
            List<UUID> some = all.subList(from, Math.min(from + MAX_TOLD, all.size()));
            told = told.compose(done -> bus.callOwners(
                    ParticipantOperations.NOTIFY,
                    Caller.system(),
                    some,
                    ids -> new Notify(notices(ids, changesFor, events))));
        }
        return told;
    }

    /** By change, not by person: each event crosses the wire once. */
    private static List<Notice> notices(
            List<UUID> people, Map<UUID, List<UUID>> changesFor, Map<UUID, Event<?>> events) {
        Map<UUID, List<UUID>> toldOf = new LinkedHashMap<>();
        for (UUID person : people) {
            for (UUID changed : changesFor.getOrDefault(person, List.of())) {
                toldOf.computeIfAbsent(changed, c -> new ArrayList<>()).add(person);
            }
        }
        List<Notice> notices = new ArrayList<>(toldOf.size());
        toldOf.forEach((changed, who) -> {
            Event<?> event = events.get(changed);
            if (event != null) {
                notices.add(new Notice(who, event));
            }
        });
        return notices;
    }
}
