package dev.switchboard.bus;

import dev.switchboard.protocol.Fault;
import java.util.Set;
import java.util.function.Consumer;

/** A node by itself that owns nothing, and knows of nobody who does: whatever is asked of an owner is unavailable. */
public record NoOwners(String nodeId) implements Ownership {
    @Override
    public Owner ownerOf(String key) {
        throw Fault.UNAVAILABLE.because("This node knows of none that serves this.");
    }

    @Override
    public int partitionOf(String key) {
        throw Fault.UNAVAILABLE.because("This node knows of no partitions.");
    }

    @Override
    public Set<Integer> partitions() {
        return Set.of();
    }

    @Override
    public Set<String> nodes() {
        return Set.of(nodeId);
    }

    @Override
    public Runnable onChange(Runnable listener) {
        return () -> {};
    }

    @Override
    public Runnable onNodeLost(Consumer<String> listener) {
        return () -> {};
    }
}
