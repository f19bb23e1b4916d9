package dev.switchboard.bus;

import java.util.Set;

/** Who owns which key, as this node sees it now. Views of different nodes differ for a moment after a change. */
public interface Ownership {
    /** Where a request for a key goes. */
    record Owner(String nodeId, int shard) {}

    /** This node. */
    String nodeId();

    /**
     * The owner of a key.
     *
     * @throws dev.switchboard.protocol.FaultException {@code unavailable} while no node owns state
     */
    Owner ownerOf(String key);

    /** Whether this node owns the key now. */
    default boolean owns(String key) {
        return ownerOf(key).nodeId().equals(nodeId());
    }

    /** Every live node, this one included, those without state as well. */
    Set<String> nodes();

    /**
     * Runs {@code listener} after nodes came or went or partitions moved. May run on any thread, several times for one
     * change, with nothing changed at all.
     */
    void onChange(Runnable listener);

    /** Runs {@code listener} with the id of a node that is gone. May run on any thread. */
    void onNodeLost(java.util.function.Consumer<String> listener);
}
