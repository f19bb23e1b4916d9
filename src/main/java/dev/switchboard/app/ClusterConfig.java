package dev.switchboard.app;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EndpointConfig;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.instance.EndpointQualifier;
import dev.switchboard.bus.ClusterOptions;
import dev.switchboard.bus.CompareAndSet;
import dev.switchboard.config.ConfigError;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;

/** Hazelcast's configuration: {@code cluster.xml} with the values of the options put in. */
final class ClusterConfig {
    private static final String FILE = "cluster.xml";

    /**
     * A single member named without a port is looked for at this many ports: so many nodes on one machine find each other.
     * Of several, each is looked for at one: when a cluster that fell apart looks for its other half, it waits 5 s for each
     * address where nobody is, one after the other.
     */
    private static final int PORTS = 10;

    /** Looking at the form of our own file takes a tenth of the time of a start. */
    private static final class KnownToBeGood extends XmlConfigBuilder {
        KnownToBeGood(InputStream in) {
            super(in);
        }

        @Override
        protected void schemaValidation(Document document) {
            // A test has done so.
        }
    }

    private ClusterConfig() {}

    /**
     * Builds it.
     *
     * @param folder the configuration folder, looked at first, or null
     * @throws ConfigException when {@code cluster.xml} cannot be read
     */
    static Config of(ClusterOptions options, @Nullable Path folder) {
        Config config = load(folder);
        CompareAndSet.register(config);
        config.setClusterName(clusterName(options));
        // Owns nothing until it can serve it: see ClusterMember.takeState.
        config.setLiteMember(true);
        JoinConfig join = listen(config, options.port());
        config.setProperty("hazelcast.local.localAddress", options.host());
        config.setProperty("hazelcast.socket.bind.any", "false");
        join.getTcpIpConfig().clear();
        int ports = options.members().size() == 1 ? PORTS : 1;
        options.members().forEach(member -> addMember(join, member, options.port(), ports));
        return config;
    }

    /** Sets the port in either form of the network's part; returns how others are found. */
    private static JoinConfig listen(Config config, int port) {
        AdvancedNetworkConfig advanced = config.getAdvancedNetworkConfig();
        if (!advanced.isEnabled()) {
            NetworkConfig network = config.getNetworkConfig();
            network.setPort(port).setPublicAddress(null);
            network.getInterfaces().setEnabled(false);
            return network.getJoin();
        }
        EndpointConfig members = advanced.getEndpointConfigs().get(EndpointQualifier.MEMBER);
        if (!(members instanceof ServerSocketEndpointConfig listener)) {
            throw new ConfigException(
                    new ConfigError(FILE, null, "advanced-network needs a member-server-socket-endpoint-config"));
        }
        listener.setPort(port).setPublicAddress(null);
        listener.getInterfaces().setEnabled(false);
        return advanced.getJoin();
    }

    private static void addMember(JoinConfig join, String member, int port, int ports) {
        boolean hasPort = member.matches(".*\\]:\\d+|[^:]*:\\d+");
        if (hasPort) {
            join.getTcpIpConfig().addMember(member);
        } else {
            for (int i = 0; i < ports; i++) {
                join.getTcpIpConfig().addMember(member + ":" + (port + i));
            }
        }
    }

    private static Config load(@Nullable Path folder) {
        Path own = folder == null ? null : folder.resolve(FILE);
        Path file = own != null && Files.isRegularFile(own) ? own : Path.of(FILE);
        try {
            byte[] ours = builtIn();
            byte[] text = Files.isRegularFile(file) ? Files.readAllBytes(file) : ours;
            InputStream in = new ByteArrayInputStream(text);
            return (Arrays.equals(text, ours) ? new KnownToBeGood(in) : new XmlConfigBuilder(in)).build();
        } catch (IOException | InvalidConfigurationException e) {
            throw new ConfigException(new ConfigError(
                    file.toString(),
                    null,
                    "cannot be used: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
    }

    private static byte[] builtIn() throws IOException {
        try (InputStream in = ClusterConfig.class.getClassLoader().getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the program was built without " + FILE);
            }
            return in.readAllBytes();
        }
    }

    /**
     * Members of another cluster name refuse each other. With a secret, the name cannot be guessed; but it is sent in the
     * clear when nodes meet, so it keeps strangers out, not those who listen on the network.
     */
    private static String clusterName(ClusterOptions options) {
        Secret secret = options.secret();
        if (secret == null) {
            return options.name();
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] tag = mac.doFinal(options.name().getBytes(StandardCharsets.UTF_8));
            return options.name() + "-" + HexFormat.of().formatHex(tag);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
