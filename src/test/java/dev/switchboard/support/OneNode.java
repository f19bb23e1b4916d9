package dev.switchboard.support;

import dev.switchboard.bus.Ownership;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** This node, which owns everything. Others may come. */
public class OneNode implements Ownership {
    private final List<Runnable> changes = new CopyOnWriteArrayList<>();
    private final List<String> nodes = new CopyOnWriteArrayList<>(List.of("one"));

    /** Somebody comes who owns nothing. */
    public void meet() {
        nodes.add("node-" + nodes.size());
        changes.forEach(Runnable::run);
    }

    /** Those who want to hear of it. */
    public List<Runnable> listeners() {
        return List.copyOf(changes);
    }

    @Override
    public String nodeId() {
        return "one";
    }

    @Override
    public Owner ownerOf(String key) {
        return new Owner("one", 0);
    }

    @Override
    public int partitionOf(String key) {
        return 0;
    }

    @Override
    public Set<Integer> partitions() {
        return Set.of(0);
    }

    @Override
    public Set<String> nodes() {
        return Set.copyOf(nodes);
    }

    @Override
    public Runnable onChange(Runnable listener) {
        changes.add(listener);
        return () -> changes.remove(listener);
    }

    @Override
    public Runnable onNodeLost(Consumer<String> listener) {
        return () -> {};
    }
}
