package dev.switchboard.app;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.core.LifecycleService;
import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.bus.HazelcastOwnership;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's place in the cluster: a Hazelcast member, and the Vert.x whose event bus relies on it. */
final class ClusterMember {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);
    private static final int BUS_CONNECT_TIMEOUT_MS = 2_000;
    private static final int BUS_PING_MS = 2_000;
    private static final long BLOCKED_WARNING_MS = 1_000;

    /** How often it is looked whether somebody owns state by now. */
    private static final long LOOK_MS = 100;

    /** Each time the node that decides may have gone meanwhile. */
    private static final int PROMOTIONS = 50;

    private ClusterMember() {}

    /**
     * Joins the cluster, or begins one. Blocks, some seconds. The member owns nothing at first, unless nobody else does: a
     * key that was given to a node before it can serve would have nobody to answer for it.
     *
     * @param ownsState whether it will {@linkplain #takeState take} a share of the state
     * @param searching run when it begins to look for others; must not block
     * @throws ConfigException when a setting is to blame
     */
    static HazelcastInstance join(
            ClusterOptions options, @Nullable Path folder, boolean ownsState, Runnable searching) {
        Config config = ClusterConfig.of(options, folder);
        LifecycleListener listener = event -> {
            if (event.getState() == LifecycleState.STARTING) {
                searching.run();
            }
        };
        config.addListenerConfig(new ListenerConfig(listener));
        config.getMemberAttributeConfig()
                .setAttribute(HazelcastOwnership.NODE_ID, UUID.randomUUID().toString());
        try {
            HazelcastInstance hazelcast = Hazelcast.newHazelcastInstance(config);
            if (ownsState) {
                ownIfNobodyElse(hazelcast);
            }
            return hazelcast;
        } catch (HazelcastException | IllegalStateException | IllegalArgumentException e) {
            throw cannotJoin(options, e);
        }
    }

    /** Without an owner nothing that is kept in the cluster can be reached, and no node could start. */
    private static void ownIfNobodyElse(HazelcastInstance hazelcast) {
        hazelcast.getCluster().addMembershipListener(new MembershipAdapter() {
            @Override
            public void memberRemoved(MembershipEvent event) {
                if (!hasOwner(hazelcast)) {
                    new Thread(() -> takeState(hazelcast), "take-state").start();
                }
            }
        });
        if (!hasOwner(hazelcast)) {
            takeState(hazelcast);
        }
    }

    /**
     * From now on this node owns its share of the keys; where it does already, nothing happens. Blocks.
     *
     * @throws IllegalStateException when the cluster does not let it
     */
    static void takeState(HazelcastInstance hazelcast) {
        Cluster cluster = hazelcast.getCluster();
        for (int left = PROMOTIONS; cluster.getLocalMember().isLiteMember(); left--) {
            try {
                cluster.promoteLocalLiteMember();
            } catch (IllegalStateException e) {
                if (left == 0 || !hazelcast.getLifecycleService().isRunning()) {
                    throw e;
                }
                LOG.debug("Not yet", e);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MS));
            }
        }
    }

    private static ConfigException cannotJoin(ClusterOptions options, RuntimeException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        if (cause instanceof UnknownHostException || reason.contains("assign")) {
            return new ConfigException(new ConfigError(
                    "cluster.host",
                    "CLUSTER_HOST",
                    "expected an address of this machine, got \"" + options.host() + '"'));
        }
        if (cause instanceof BindException) {
            return new ConfigException(new ConfigError(
                    "cluster.port", "CLUSTER_PORT", "no port is free from " + options.port() + " on (" + reason + ")"));
        }
        return new ConfigException(new ConfigError("cluster", null, "the node cannot join: " + reason));
    }

    /** @throws ConfigException when a setting is to blame: before anybody is joined, and before anybody is waited for */
    static EventBusOptions eventBus(ClusterOptions options) {
        EventBusOptions eventBus = new EventBusOptions()
                .setHost(options.host())
                .setConnectTimeout(BUS_CONNECT_TIMEOUT_MS)
                .setClusterPingInterval(BUS_PING_MS)
                .setClusterPingReplyInterval(BUS_PING_MS);
        EventBusTls.apply(options.tls(), eventBus);
        return eventBus;
    }

    /** Vert.x with the event bus of a node that has joined. */
    static Future<Vertx> vertx(EventBusOptions eventBus, HazelcastInstance hazelcast) {
        return Vertx.builder()
                .with(vertxOptions().setEventBusOptions(eventBus))
                .withClusterManager(new Manager(hazelcast))
                .buildClustered();
    }

    /** Vert.x of a node that joins nobody. */
    static Vertx alone() {
        return Vertx.vertx(vertxOptions());
    }

    private static VertxOptions vertxOptions() {
        return new VertxOptions()
                .setPreferNativeTransport(true)
                .setBlockedThreadCheckInterval(BLOCKED_WARNING_MS)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(BLOCKED_WARNING_MS)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS);
    }

    /**
     * Waits until the cluster has a node that owns state: without one, nothing that is kept in it can be reached. Blocks.
     *
     * @throws ConfigException when none comes in time
     */
    static void awaitOwner(ClusterOptions options, HazelcastInstance hazelcast, Duration timeout) {
        if (hasOwner(hazelcast)) {
            return;
        }
        LOG.info("Waiting for a node that owns state, at {}: routes lead to operations", options.members());
        CountDownLatch stopping = new CountDownLatch(1);
        // Who is told to stop meanwhile waits no longer.
        Thread stop = new Thread(stopping::countDown, "stop-waiting");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            long deadline = System.nanoTime() + timeout.toNanos();
            // A member that begins to own state is no event.
            while (!hasOwner(hazelcast) && System.nanoTime() < deadline) {
                if (stopping.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            forget(stop);
        }
        if (hasOwner(hazelcast)) {
            return;
        }
        throw new ConfigException(new ConfigError(
                "node.role",
                "NODE_ROLE",
                "a gateway whose routes lead to operations needs a node that owns state, and found none at "
                        + options.members()));
    }

    private static boolean hasOwner(HazelcastInstance hazelcast) {
        return !hazelcast.getCluster().getMembers().stream().allMatch(Member::isLiteMember);
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("It has run", e);
        }
    }

    /**
     * The member leaves before Vert.x is closed: it hands its partitions over while those who own keys here still answer
     * for what has not gone yet. Then nothing is left to take out of the cluster.
     */
    private static final class Manager extends HazelcastClusterManager {
        private final LifecycleService member;

        Manager(HazelcastInstance hazelcast) {
            super(hazelcast);
            this.member = hazelcast.getLifecycleService();
        }

        @Override
        public void removeRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
            if (member.isRunning()) {
                super.removeRegistration(address, registration, promise);
            } else {
                promise.succeed();
            }
        }

        @Override
        public void leave(Completable<Void> promise) {
            if (member.isRunning()) {
                super.leave(promise);
            } else {
                promise.succeed();
            }
        }
    }
}
