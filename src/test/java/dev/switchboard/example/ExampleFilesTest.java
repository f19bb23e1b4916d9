package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.app.PlatformOptions;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples are complete and explained, and their services are those of their systems' documents. */
class ExampleFilesTest {
    private static PlatformOptions settings(String example, Map<String, String> more) {
        Map<String, String> environment = new TreeMap<>(more);
        environment.put("JWT_SECRET", ExampleGateway.SECRET);
        return ExampleGateway.settings(example, environment);
    }

    private static Map<String, String> services(String example, Map<String, String> environment) {
        return settings(example, environment).upstreams().stream()
                .collect(Collectors.toMap(
                        UpstreamOptions::name, one -> one.addresses().toString()));
    }

    @Test
    void eachIsGoodAsItIsAndHasItsPage() throws IOException {
        String page = Files.readString(Path.of("docs", "examples.md"));
        try (Stream<Path> files = Files.list(Path.of("conf", "examples"))) {
            List<String> names = files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .toList();
            assertThat(names).containsExactlyInAnyOrder("lld", "miniproject", "quickchat", "realchat", "three-service");
            for (String name : names) {
                assertThat(settings(name, Map.of()).upstreams()).as(name).isNotEmpty();
                assertThat(page).contains("## " + name + "\n");
            }
        }
    }

    @Test
    void onlyTheTwoPureGatewaysStandAlone() {
        assertThat(Stream.of("lld", "miniproject", "quickchat", "realchat", "three-service")
                        .filter(name -> settings(name, Map.of()).standsAlone()))
                .containsExactly("lld", "realchat");
    }

    @Test
    void lldHasTheServicesOfItsRouteTable() {
        assertThat(services("lld", Map.of()))
                .containsOnly(
                        Map.entry("auth-service", "[http://auth-service:5001]"),
                        Map.entry("room-service", "[http://room-service:5002]"),
                        Map.entry("turn-credential-service", "[http://turn-credential-service:5003]"),
                        Map.entry("signaling", "[http://signaling:5004]"));
    }

    @Test
    void realchatsVariablesHaveTheDefaultsOfItsDocument() {
        assertThat(services("realchat", Map.of()))
                .containsEntry("auth", "[http://auth:5001]")
                .containsEntry("message", "[http://message:5002]")
                .containsEntry("delivery", "[http://delivery:5003]");
        assertThat(services("realchat", Map.of("UPSTREAM_DELIVERY_URL", "http://a:1,http://b:2")))
                .containsEntry("delivery", "[http://a:1, http://b:2]");
    }
}
