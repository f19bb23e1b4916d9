package dev.switchboard.bus;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.Partition;
import com.hazelcast.partition.ReplicaMigrationEvent;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Part;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ownership on Hazelcast's partition table: the member that holds the primary of a key's partition owns the key, so the
 * live state of that key (in maps under the same key) is local to it. Lite members own nothing.
 */
public final class HazelcastOwnership implements Ownership {
    private static final Logger LOG = LoggerFactory.getLogger(HazelcastOwnership.class);

    /** The attribute in which Vert.x keeps the node's id. Unlike the member's own id, it outlives a merge. */
    public static final String NODE_ID = "__vertx.nodeId";

    private static final String STOPPING = "This node is stopping.";

    /** How soon it is noticed that a single partition moved. */
    private static final long LOOK_MS = 100;

    private final HazelcastInstance hazelcast;
    private final String nodeId;
    private List<Optional<UUID>> owners = List.of();
    private final List<Runnable> changes = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> losses = new CopyOnWriteArrayList<>();

    /** @param vertx whose timer looks at the partition table, on one of its contexts */
    public HazelcastOwnership(Vertx vertx, HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
        this.nodeId = idOf(hazelcast.getCluster().getLocalMember());
        hazelcast.getCluster().addMembershipListener(new MembershipAdapter() {
            @Override
            public void memberAdded(MembershipEvent event) {
                LOG.info(
                        "{} joined; members: {}",
                        event.getMember().getAddress(),
                        event.getMembers().size());
                changed();
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                String lost = idOf(event.getMember());
                LOG.info(
                        "{} is gone; members: {}",
                        event.getMember().getAddress(),
                        event.getMembers().size());
                losses.forEach(l -> l.accept(lost));
                changed();
            }
        });
        hazelcast.getPartitionService().addMigrationListener(new MigrationListener() {
            @Override
            public void migrationStarted(MigrationState state) {}

            @Override
            public void migrationFinished(MigrationState state) {
                changed();
            }

            @Override
            public void replicaMigrationCompleted(ReplicaMigrationEvent event) {}

            @Override
            public void replicaMigrationFailed(ReplicaMigrationEvent event) {}
        });
        vertx.setPeriodic(LOOK_MS, t -> look());
    }

    /**
     * Partitions move one after the other, for seconds perhaps; Hazelcast says so at the end, and not always after this
     * node's own view of the table has changed. So the view itself is compared.
     */
    private void look() {
        List<Optional<UUID>> now;
        try {
            now = hazelcast.getPartitionService().getPartitions().stream()
                    .map(partition -> Optional.ofNullable(partition.getOwner()).map(Member::getUuid))
                    .toList();
        } catch (HazelcastInstanceNotActiveException e) {
            return;
        }
        if (!now.equals(owners)) {
            owners = now;
            changed();
        }
    }

    private static String idOf(Member member) {
        return String.valueOf(member.getAttribute(NODE_ID));
    }

    private void changed() {
        changes.forEach(Runnable::run);
    }

    @Override
    public String nodeId() {
        return nodeId;
    }

    @Override
    public Owner ownerOf(String key) {
        Partition partition;
        @Nullable Member owner;
        try {
            partition = hazelcast.getPartitionService().getPartition(key);
            owner = partition.getOwner();
        } catch (HazelcastInstanceNotActiveException e) {
            throw Fault.UNAVAILABLE.because(STOPPING);
        }
        if (owner == null) {
            // So it is after a node died, until its partitions are given to others: whoever asks tries again.
            throw Fault.MOVED.because("No node serves this at the moment.");
        }
        return new Owner(idOf(owner), partition.getPartitionId() % Part.SHARDS);
    }

    @Override
    public int partitionOf(String key) {
        try {
            return hazelcast.getPartitionService().getPartition(key).getPartitionId();
        } catch (HazelcastInstanceNotActiveException e) {
            throw Fault.UNAVAILABLE.because(STOPPING);
        }
    }

    @Override
    public Set<Integer> partitions() {
        try {
            return hazelcast.getPartitionService().getPartitions().stream()
                    .filter(partition ->
                            partition.getOwner() != null && partition.getOwner().localMember())
                    .map(Partition::getPartitionId)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (HazelcastInstanceNotActiveException e) {
            return Set.of();
        }
    }

    @Override
    public Set<String> nodes() {
        try {
            return hazelcast.getCluster().getMembers().stream()
                    .map(HazelcastOwnership::idOf)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (HazelcastInstanceNotActiveException e) {
            return Set.of(nodeId);
        }
    }

    @Override
    public Runnable onChange(Runnable listener) {
        changes.add(listener);
        return () -> changes.remove(listener);
    }

    @Override
    public Runnable onNodeLost(Consumer<String> listener) {
        losses.add(listener);
        return () -> losses.remove(listener);
    }
}
