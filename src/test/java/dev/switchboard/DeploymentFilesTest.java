package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The files for containers know the same settings as the program. */
class DeploymentFilesTest {
    private static final Path SETTINGS = Path.of("conf", "switchboard.yaml");
    private static final Path COMPOSE = Path.of("docker-compose.yml");

    /** {@code ${NAME…}}, but not {@code $${NAME…}}, which is for the container's shell. */
    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{([A-Z][A-Z0-9_]*)(?::([^}]*))?}");

    private static final Pattern ASSIGNMENT = Pattern.compile("(?m)^([A-Z][A-Z0-9_]*)=");

    @Test
    void nodesAreGivenOnlySettingsThatExist() throws IOException {
        Set<String> given = new TreeSet<>();
        service("node").get("environment").fieldNames().forEachRemaining(given::add);
        assertThat(names(SETTINGS)).containsAll(given);
        assertThat(given).contains("DATABASE_URL", "JWT_SECRET", "CLUSTER_SECRET", "CLUSTER_MEMBERS");
    }

    @Test
    void theExampleNamesWhatComposeAsksFor() throws IOException {
        Set<String> offered = ASSIGNMENT
                .matcher(Files.readString(Path.of(".env.example")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(offered).isEqualTo(names(COMPOSE));
    }

    @Test
    void theImageExposesTheDefaultPorts() throws IOException {
        assertThat(Files.readAllLines(Path.of("Dockerfile")))
                .contains("EXPOSE " + setting("PORT") + " " + setting("CLUSTER_PORT"));
    }

    @Test
    void aNodeHasTimeToDrainBeforeItIsKilled() throws IOException {
        JsonNode node = service("node");
        String drain = node.get("environment").get("SHUTDOWN_TIMEOUT").asText();
        assertThat(seconds(node.get("stop_grace_period").asText())).isGreaterThan(seconds(drain));
    }

    @Test
    void theDatabaseHasConnectionsForEveryNodeThatTheBalancerTakes() throws IOException {
        int nodes = number("server-template node 1-(\\d+) ", Files.readString(Path.of("deploy", "haproxy.cfg")));
        int connections = number(
                "max_connections=(\\d+)", service("postgres").get("command").toString());
        assertThat(nodes)
                .isGreaterThanOrEqualTo(service("node").at("/deploy/replicas").asInt());
        assertThat(nodes * Integer.parseInt(setting("DATABASE_POOL_SIZE"))).isLessThan(connections);
    }

    private static JsonNode service(String name) throws IOException {
        return new YAMLMapper()
                .readTree(Files.readString(COMPOSE))
                .required("services")
                .required(name);
    }

    private static Set<String> names(Path file) throws IOException {
        return VARIABLE.matcher(withoutComments(file))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The default of a setting. */
    private static String setting(String name) throws IOException {
        return VARIABLE.matcher(withoutComments(SETTINGS))
                .results()
                .filter(found -> found.group(1).equals(name))
                .map(found -> found.group(2))
                .findFirst()
                .orElseThrow();
    }

    private static String withoutComments(Path yaml) throws IOException {
        return Files.readString(yaml).replaceAll("(?m)^\\s*#.*$", "");
    }

    private static int seconds(String duration) {
        return number("(\\d+)s", duration);
    }

    private static int number(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> Integer.parseInt(found.group(1)))
                .findFirst()
                .orElseThrow();
    }
}
