package dev.switchboard.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A member that owns nothing, alone: no partition has an owner, as in the moment after a node died. */
class HazelcastOwnershipIT {
    private final HazelcastInstance gateway = Hazelcast.newHazelcastInstance(config());
    private final Vertx vertx = Vertx.vertx();
    private final Ownership ownership = new HazelcastOwnership(vertx, gateway);

    private static Config config() {
        Config config = new Config().setClusterName("ownership-" + Ids.next()).setLiteMember(true);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        return config;
    }

    @AfterEach
    void stop() {
        gateway.getLifecycleService().terminate();
        vertx.close();
    }

    private Fault fault() {
        return catchThrowableOfType(FaultException.class, () -> ownership.ownerOf("key"))
                .fault();
    }

    @Test
    void aKeyWithoutAnOwnerIsAskedForAgain() {
        assertThat(fault()).as("requests are repeated for this one").isEqualTo(Fault.MOVED);
        assertThat(ownership.owns("key")).isFalse();
        gateway.getLifecycleService().terminate();
        assertThat(fault()).as("a node that stops owns nothing later either").isEqualTo(Fault.UNAVAILABLE);
    }
}
