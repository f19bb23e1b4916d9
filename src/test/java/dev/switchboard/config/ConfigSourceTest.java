package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigSourceTest {
    /** Settings that are sections themselves. */
    private static final Set<String> NESTED =
            Set.of("tls", "headers", "tiers", "default", "auth", "otp", "upload", "jwks", "foreign");

    @TempDir
    private Path folder;

    @Test
    void usersFileIsLaidOverTheBuiltInOne() throws IOException {
        write("presence:\n  grace: ${GRACE:7s}\nserver:\n  # all comments\n");

        assertThat(presence(Map.of())).containsExactly("7s", "1500ms");
        assertThat(presence(Map.of("GRACE", "9s", "PRESENCE_GATHER", "2s"))).containsExactly("9s", "2s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing but\n# comments\n", "---\n"})
    void fileWithoutSettingsIsAnError(String text) throws IOException {
        write(text);

        assertThatThrownBy(() -> presence(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("has no settings; it is empty or all comments");
    }

    @ParameterizedTest
    @ValueSource(strings = {"presence: [", "presence:\n  grace: 1s\n  grace: 2s\n", "a: b: c"})
    void invalidYamlNamesFileAndLine(String text) throws IOException {
        write(text);

        assertThatThrownBy(() -> presence(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("switchboard.yaml (line ")
                .hasMessageContaining("not valid YAML: ");
    }

    @Test
    void namedFolderWithoutFileIsAnError() {
        assertThatThrownBy(() -> ConfigSource.in(folder, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--conf: there is no file ");
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        Path missing = folder.resolve("nowhere");
        assertThatThrownBy(() -> ConfigSource.in(missing, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--conf: there is no folder or file " + missing);
    }

    @Test
    void requiredVariableThatIsNotSetIsOneError() throws IOException {
        write("presence:\n  grace: ${GRACE}\n");

        assertThatThrownBy(() -> presence(Map.of()))
                .hasMessage("presence.grace (GRACE): expected a value; the variable is not set and has no default");
    }

    private List<String> presence(Map<String, String> environment) {
        return ConfigSource.in(folder, environment).read(root -> {
            // Asked for, so that they are not unknown.
            root.bool("builtInRoutes");
            root.sections("routes");
            askForAll(root, "upstreams");
            for (String other : List.of(
                    "node",
                    "server",
                    "limits",
                    "database",
                    "cluster",
                    "auth",
                    "rooms",
                    "bridge",
                    "calls",
                    "meetings",
                    "ice",
                    "sockets",
                    "metrics",
                    "log")) {
                askForAll(root, other);
            }
            Section presence = root.section("presence");
            return List.of(presence.text("grace"), presence.text("gather"));
        });
    }

    private static void askForAll(Section root, String name) {
        askForAll(root.section(name));
    }

    private static void askForAll(Section section) {
        for (String key : section.keys()) {
            if (NESTED.contains(key)) {
                askForAll(section.section(key));
            } else {
                section.optionalText(key);
            }
        }
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("switchboard.yaml"), text);
    }
}
