package dev.switchboard.protocol;

import java.util.Locale;

/** The parts that serve operations. Each is deployed once per shard on every node that owns state. */
public enum Part {
    ACCOUNT,
    ROOM,
    PARTICIPANT,
    SIGNALING,
    MEETING;

    /**
     * How many shards a part has on each node. A constant of the cluster: the sender computes the address from it. It
     * bounds the cores that one part can use on one node, and the cluster-wide registrations (parts × nodes × shards).
     */
    public static final int SHARDS = 4;

    /** The event-bus address of one shard of this part on one node. */
    public String address(String nodeId, int shard) {
        return name().toLowerCase(Locale.ROOT) + "@" + nodeId + "/" + shard;
    }
}
