package dev.switchboard.app;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of a cluster keep everything in one database. Nodes find each other by themselves, so a second installation on
 * the same machine would join the first; with a database of its own, it would scatter accounts over both.
 */
final class ClusterDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDatabase.class);

    /** Of one entry, put there by who comes first. It is lost with the last node that owns state. */
    private static final String MAP = "switchboard.deployment";

    private static final String KEY = "databaseId";

    private ClusterDatabase() {}

    /**
     * Makes sure that the cluster uses this database, and goes on looking when two clusters become one. Blocks.
     *
     * @throws ConfigException when the cluster uses another one
     */
    static void agree(HazelcastInstance hazelcast, ClusterOptions options, UUID database) {
        if (!isOf(hazelcast, database)) {
            throw new ConfigException(new ConfigError("cluster", null, refusal(options)));
        }
        hazelcast.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.MERGED && !isOf(hazelcast, database)) {
                LOG.error("Stop this node: {}", refusal(options));
            }
        });
    }

    private static boolean isOf(HazelcastInstance hazelcast, UUID database) {
        Map<String, String> agreed = hazelcast.getMap(MAP);
        String id = database.toString();
        String first = agreed.putIfAbsent(KEY, id);
        return first == null || first.equals(id);
    }

    private static String refusal(ClusterOptions options) {
        return "the nodes of \"" + options.name() + "\" at " + options.members() + " from port " + options.port()
                + " on use another database; set CLUSTER_NAME or CLUSTER_PORT for a cluster of its own,"
                + " or DATABASE_URL to theirs";
    }
}
