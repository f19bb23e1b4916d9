package dev.switchboard.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.support.ProcessNode.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Nodes as their users run them, in processes of their own, behind a balancer that asks which of them are ready. */
public final class ProcessCluster implements AutoCloseable {
    private final Path folder;
    private final Map<String, String> settings;
    private final List<Integer> ports = new ArrayList<>();
    private final Map<Integer, ProcessNode> nodes = new TreeMap<>();
    private final Set<Integer> workers = new HashSet<>();
    private final HaProxy balancer;

    /**
     * Starts the balancer, and no node.
     *
     * @param folder where they run
     * @param places how many nodes the balancer knows of, running or not
     * @param own settings besides the usual ones of tests, by the names of their environment variables
     */
    public ProcessCluster(Path folder, Postgres database, int places, Map<String, String> own) {
        this.folder = folder;
        this.settings = ProcessNode.newCluster(database);
        settings.putAll(own);
        try {
            for (int i = 0; i < places; i++) {
                ports.add(Ports.free());
            }
            balancer = HaProxy.start(folder, Ports.free(), Ports.free(), ports);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The balancer's door. */
    public URI door() {
        return URI.create("http://127.0.0.1:" + balancer.port);
    }

    /** Starts nodes of a role at these places, at once, and waits until all of them serve and the cluster is at rest. */
    public void start(String role, List<Integer> places) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("NODE_ROLE", role);
        if (role.equals("gateway")) {
            own.put("DATABASE_URL", "");
        }
        if (role.equals("worker")) {
            workers.addAll(places);
        } else {
            workers.removeAll(places);
        }
        places.forEach(place -> nodes.put(place, ProcessNode.start(folder, own, ports.get(place), Launch.SMALL)));
        places.forEach(place -> nodes.get(place).awaitStarted());
        settle();
    }

    /** Stops the nodes at these places at once, in order, and waits until the rest is at rest. */
    public List<Integer> stop(List<Integer> places) {
        List<ProcessNode> leaving = places.stream().map(nodes::remove).toList();
        leaving.forEach(ProcessNode::terminate);
        List<Integer> codes = leaving.stream().map(ProcessNode::await).toList();
        settle();
        return codes;
    }

    /** {@code kill -9}; does not wait for the rest. */
    public void kill(int place) {
        nodes.remove(place).kill();
    }

    /**
     * Waits until every node has met every other one, no state is on its way, and the balancer knows who is ready. Without a
     * door there is nobody to ask.
     */
    public void settle() {
        List<ProcessNode> doors = doors();
        if (doors.isEmpty()) {
            return;
        }
        await().atMost(Patience.LONG)
                .untilAsserted(() ->
                        assertThat(doors).extracting(ProcessNode::cluster).containsOnly(nodes.size() + " at rest"));
        await().atMost(Patience.LONG)
                .untilAsserted(() -> assertThat(balancer.nodesUp()).isEqualTo(doors.size()));
    }

    /** The nodes that listen, ready or not. */
    public List<ProcessNode> doors() {
        return nodes.entrySet().stream()
                .filter(each -> !workers.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public void close() {
        ProcessNode.closeAll(nodes.values());
        balancer.close();
    }
}
