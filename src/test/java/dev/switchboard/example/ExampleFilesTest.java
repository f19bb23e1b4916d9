package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigException;
import dev.switchboard.config.ConfigSource;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The services of the examples are those of their systems' documents. */
class ExampleFilesTest {
    @TempDir
    private Path folder;

    @Test
    void lldHasTheServicesOfItsRouteTable() throws IOException {
        assertThat(services("lld", Map.of()))
                .containsOnly(
                        Map.entry("auth-service", "[http://auth-service:5001]"),
                        Map.entry("room-service", "[http://room-service:5002]"),
                        Map.entry("turn-credential-service", "[http://turn-credential-service:5003]"),
                        Map.entry("signaling", "[http://signaling:5004]"));
    }

    @Test
    void realchatsVariablesHaveTheDefaultsOfItsDocument() throws IOException {
        assertThat(services("realchat", Map.of()))
                .containsEntry("auth", "[http://auth:5001]")
                .containsEntry("message", "[http://message:5002]")
                .containsEntry("delivery", "[http://delivery:5003]");
        assertThat(services("realchat", Map.of("UPSTREAM_DELIVERY_URL", "http://a:1,http://b:2")))
                .containsEntry("delivery", "[http://a:1, http://b:2]");
    }

    /** The addresses of each service in the example's section {@code upstreams}, which has no mistakes. */
    private Map<String, String> services(String example, Map<String, String> environment) throws IOException {
        Files.copy(
                Path.of("conf", "examples", example + ".yaml"),
                folder.resolve("switchboard.yaml"),
                StandardCopyOption.REPLACE_EXISTING);
        Map<String, String> services = new TreeMap<>();
        try {
            ConfigSource.in(folder, environment).read(root -> {
                List<UpstreamOptions> all = UpstreamOptions.all(root.section("upstreams"));
                all.forEach(one -> services.put(one.name(), one.addresses().toString()));
                return all;
            });
        } catch (ConfigException e) {
            // Nobody reads the other sections here.
            assertThat(e.errors()).noneMatch(error -> error.path().startsWith("upstreams"));
        }
        return services;
    }
}
