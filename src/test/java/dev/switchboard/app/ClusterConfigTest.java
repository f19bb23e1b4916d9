package dev.switchboard.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.instance.EndpointQualifier;
import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.config.ConfigException;
import dev.switchboard.meeting.LongerChat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterConfigTest {
    private static final Path OURS = Path.of("cluster.xml");
    private static final ClusterOptions OPTIONS = new ClusterOptions(
            "test",
            null,
            List.of("10.0.0.1", "10.0.0.2:7000"),
            "10.0.0.1",
            6_000,
            new ClusterOptions.Tls(false, null, null, null, null));

    @TempDir
    Path folder;

    /** The program itself does not look at the form of its own file again. */
    @Test
    void ourFileHasTheFormThatHazelcastAsksFor() throws IOException {
        Config config = new XmlConfigBuilder(new ByteArrayInputStream(Files.readAllBytes(OURS))).build();
        assertThat(config.getAdvancedNetworkConfig().getEndpointConfigs()).containsOnlyKeys(EndpointQualifier.MEMBER);
        String policy =
                config.getMapConfig("meeting-chats").getMergePolicyConfig().getPolicy();
        assertThat(policy).isEqualTo(LongerChat.class.getName());
    }

    /** It costs as much as thousands of idle clients, and nobody reads it. */
    @Test
    void hazelcastCountsNothingAboutItself() {
        assertThat(ClusterConfig.of(OPTIONS, null).getMetricsConfig().isEnabled())
                .isFalse();
    }

    @Test
    void anothersFileIsLookedAt() throws IOException {
        write("<properties>", "<properties><nonsense/>");
        assertThatThrownBy(() -> ClusterConfig.of(OPTIONS, folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cluster.xml")
                .hasMessageContaining("nonsense");
    }

    @Test
    void theSettingsArePutIntoIt() throws IOException {
        write("</hazelcast>", "<map name=\"mine\"/></hazelcast>");
        Config config = ClusterConfig.of(OPTIONS, folder);
        assertThat(config.getMapConfigs()).containsKey("mine");
        var listener = (ServerSocketEndpointConfig)
                config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER);
        assertThat(listener.getPort()).isEqualTo(6_000);
        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .containsExactly("10.0.0.1:6000", "10.0.0.2:7000");
    }

    /** Hazelcast has two forms for how a member listens. */
    @Test
    void theShorterFormOfTheNetworksPartIsUnderstood() throws IOException {
        Files.writeString(
                folder.resolve("cluster.xml"),
                """
                <hazelcast xmlns="http://www.hazelcast.com/schema/config"><network><port>1</port></network></hazelcast>
                """);
        Config config = ClusterConfig.of(OPTIONS, folder);
        assertThat(config.getNetworkConfig().getPort()).isEqualTo(6_000);
        assertThat(config.getNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .hasSize(2);
    }

    private void write(String instead, String of) throws IOException {
        String ours = Files.readString(OURS);
        assertThat(ours).contains(instead);
        Files.writeString(folder.resolve("cluster.xml"), ours.replace(instead, of));
    }
}
