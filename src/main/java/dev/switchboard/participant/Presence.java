package dev.switchboard.participant;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * Who is online: those who have a socket on some node, and those whose last one went away less than the grace ago. Pure
 * state; every input may come twice and in any order. Times are milliseconds of one clock.
 */
final class Presence {
    private final LongSupplier graceMs;
    private final Map<UUID, Set<String>> nodes = new HashMap<>();
    private final Map<UUID, Long> leaving = new HashMap<>();

    /** @param graceMs asked each time: it may change */
    Presence(LongSupplier graceMs) {
        this.graceMs = graceMs;
    }

    boolean isOnline(UUID user) {
        return nodes.containsKey(user) || leaving.containsKey(user);
    }

    /** Whether the user has no socket any more, as far as known here, and is not taken for offline yet. */
    boolean isInGrace(UUID user) {
        return leaving.containsKey(user);
    }

    /** The nodes on which a user has sockets. */
    Set<String> nodesOf(UUID user) {
        return nodes.getOrDefault(user, Set.of());
    }

    /** Everybody known. */
    List<UUID> users() {
        List<UUID> all = new ArrayList<>(nodes.keySet());
        all.addAll(leaving.keySet());
        return all;
    }

    /** @return whether the user was offline before */
    boolean connected(UUID user, String node) {
        boolean before = isOnline(user);
        leaving.remove(user);
        nodes.computeIfAbsent(user, u -> new HashSet<>(2)).add(node);
        return !before;
    }

    /** The user has no socket on this node (any more). Whether that means offline shows {@link #expire}. */
    void disconnected(UUID user, String node, long now) {
        Set<String> on = nodes.get(user);
        if (on != null && on.remove(node) && on.isEmpty()) {
            nodes.remove(user);
            leaving.put(user, now + graceMs.getAsLong());
        }
    }

    /** A node says which of its users are connected: all others are not, on that node. */
    void only(Collection<UUID> users, String node, long now) {
        Set<UUID> kept = Set.copyOf(users);
        for (UUID user : List.copyOf(nodes.keySet())) {
            if (!kept.contains(user)) {
                disconnected(user, node, now);
            }
        }
    }

    void nodeLost(String node, long now) {
        only(List.of(), node, now);
    }

    /** Takes over somebody whom another owner knew to be online: until a node announces the user, the grace runs. */
    void inherit(UUID user, long now) {
        if (!isOnline(user)) {
            leaving.put(user, now + graceMs.getAsLong());
        }
    }

    /** Forgets somebody whom another owner looks after now. */
    void forget(UUID user) {
        nodes.remove(user);
        leaving.remove(user);
    }

    /** @return those who are offline now */
    List<UUID> expire(long now) {
        List<UUID> gone = new ArrayList<>();
        leaving.entrySet().removeIf(e -> {
            boolean over = e.getValue() <= now;
            if (over) {
                gone.add(e.getKey());
            }
            return over;
        });
        return gone;
    }
}
