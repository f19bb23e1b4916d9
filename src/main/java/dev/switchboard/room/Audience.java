package dev.switchboard.room;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Who has a room open, and on which nodes: the roster. A node follows the room while a user of its has it open. Every
 * input may come twice and in any order.
 */
final class Audience {
    private final Map<String, Set<UUID>> usersByNode = new HashMap<>();
    private final Map<UUID, Integer> nodesByUser = new HashMap<>();
    /** Users of a lost node who may come back through another one, with the time at which they count as gone. */
    private final Map<UUID, Long> grace = new HashMap<>();

    /** The nodes to publish to. */
    Set<String> nodes() {
        return usersByNode.keySet();
    }

    /** Who has the room open on some node. */
    Set<UUID> users() {
        return nodesByUser.keySet();
    }

    /** How many different people have the room open (or may be back in a moment). */
    int size() {
        return nodesByUser.size() + grace.size();
    }

    boolean has(UUID user) {
        return nodesByUser.containsKey(user) || grace.containsKey(user);
    }

    /** @return whether this user was nowhere in the room before */
    boolean join(String node, UUID user) {
        boolean returned = grace.remove(user) != null;
        boolean added = usersByNode.computeIfAbsent(node, n -> new HashSet<>()).add(user);
        return added && nodesByUser.merge(user, 1, Integer::sum) == 1 && !returned;
    }

    /** @return whether this user is nowhere in the room any more */
    boolean leave(String node, UUID user) {
        Set<UUID> users = usersByNode.get(node);
        if (users == null || !users.remove(user)) {
            return false;
        }
        if (users.isEmpty()) {
            usersByNode.remove(node);
        }
        return dropped(user);
    }

    private boolean dropped(UUID user) {
        return nodesByUser.computeIfPresent(user, (u, n) -> n == 1 ? null : n - 1) == null;
    }

    /** A node says anew which of its users have the room open. Nobody counts as having joined or left by it. */
    void follow(String node, Collection<UUID> users) {
        Set<UUID> now = new HashSet<>(users);
        Set<UUID> before = usersByNode.getOrDefault(node, Set.of());
        for (UUID user : List.copyOf(before)) {
            if (!now.contains(user)) {
                leave(node, user);
            }
        }
        now.forEach(user -> join(node, user));
    }

    /** A node is gone: its users have until {@code deadline} (any clock, the same as {@link #expire}) to come back. */
    void nodeLost(String node, long deadline) {
        Set<UUID> users = usersByNode.remove(node);
        if (users != null) {
            users.forEach(user -> {
                if (dropped(user)) {
                    grace.put(user, deadline);
                }
            });
        }
    }

    /** @return those whose time to come back is over */
    List<UUID> expire(long now) {
        List<UUID> gone = new ArrayList<>();
        grace.entrySet().removeIf(e -> {
            boolean over = e.getValue() <= now;
            if (over) {
                gone.add(e.getKey());
            }
            return over;
        });
        return gone;
    }
}
