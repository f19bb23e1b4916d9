package dev.switchboard.bus;

import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Who owns which key, as this node sees it now. Views of different nodes differ for a moment after a change. */
public interface Ownership {
    /** With ten nodes one id of forty is the right one. */
    int TRIES = 200;

    /** Where a request for a key goes. */
    record Owner(String nodeId, int shard) {}

    /** This node. */
    String nodeId();

    /**
     * The owner of a key.
     *
     * @throws FaultException {@code moved} while no node owns it, {@code unavailable} when this node is stopping
     */
    Owner ownerOf(String key);

    /** Keys of one partition have one owner, and move together. */
    int partitionOf(String key);

    /** The partitions that this node owns now. */
    Set<Integer> partitions();

    /** Whether this node owns the key now; not while no node does. */
    default boolean owns(String key) {
        try {
            return ownerOf(key).nodeId().equals(nodeId());
        } catch (FaultException nobody) {
            return false;
        }
    }

    /** A new id that the owner of another key serves as well; if chance finds none soon, one of somebody else. */
    default UUID idBeside(String key) {
        UUID id = Ids.next();
        try {
            Owner owner = ownerOf(key);
            for (int tries = 0; tries < TRIES && !ownerOf(id.toString()).equals(owner); tries++) {
                id = Ids.next();
            }
        } catch (FaultException nobody) {
            return id;
        }
        return id;
    }

    /** Keys by whoever owns them, so that one request can carry many. */
    default <K> Map<Owner, List<K>> byOwner(Collection<K> keys) {
        return keys.stream().collect(Collectors.groupingBy(key -> ownerOf(key.toString())));
    }

    /** Every live node, this one included, those without state as well. */
    Set<String> nodes();

    /**
     * Runs {@code listener} after nodes came or went or partitions moved. May run on any thread, several times for one
     * change, with nothing changed at all.
     *
     * @return takes the listener off
     */
    Runnable onChange(Runnable listener);

    /**
     * Runs {@code listener} with the id of a node that is gone. May run on any thread.
     *
     * @return takes the listener off
     */
    Runnable onNodeLost(Consumer<String> listener);
}
