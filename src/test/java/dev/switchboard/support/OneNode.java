package dev.switchboard.support;

import dev.switchboard.bus.Ownership;
import java.util.Set;
import java.util.function.Consumer;

/** This node, and nobody else: it owns everything. */
public final class OneNode implements Ownership {
    @Override
    public String nodeId() {
        return "one";
    }

    @Override
    public Owner ownerOf(String key) {
        return new Owner("one", 0);
    }

    @Override
    public Set<String> nodes() {
        return Set.of("one");
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
