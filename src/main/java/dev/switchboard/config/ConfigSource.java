package dev.switchboard.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where the settings are: {@code switchboard.yaml} in a folder, laid over the copy inside the program, so that a user's
 * file need only name what differs and each default is written in one place.
 */
public final class ConfigSource {
    private static final String FILE = "switchboard.yaml";
    private static final String BUILT_IN = "conf/" + FILE;
    private static final Path DEFAULT_FOLDER = Path.of("conf");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .configure(JsonParser.Feature.STRICT_DUPLICATE_DETECTION, true)
            .build();

    private final @Nullable Path file;
    private final UnaryOperator<@Nullable String> environment;

    private ConfigSource(@Nullable Path file, UnaryOperator<@Nullable String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /**
     * @param folder the value of {@code --conf}; null for {@code conf} in the working directory if it has the file, else
     *     the built-in settings alone
     * @throws ConfigException when {@code folder} has no such file
     */
    public static ConfigSource in(@Nullable Path folder, Map<String, String> environment) {
        Path file = (folder == null ? DEFAULT_FOLDER : folder).resolve(FILE);
        if (Files.isRegularFile(file)) {
            return new ConfigSource(file, environment::get);
        }
        if (folder != null) {
            throw new ConfigException(new ConfigError("--conf", null, "there is no file " + file));
        }
        return new ConfigSource(null, environment::get);
    }

    /** The user's file, or null when the built-in settings serve alone. */
    public @Nullable Path file() {
        return file;
    }

    /**
     * Reads everything anew and checks it.
     *
     * @param reader turns the root of the file into options; whatever it leaves unread is an unknown setting
     * @throws ConfigException with every mistake
     */
    public <T> T read(Function<Section, T> reader) {
        List<ConfigError> errors = new ArrayList<>();
        Tree tree = tree(builtIn(), errors);
        if (file != null) {
            tree = Tree.merge(tree, tree(parse(file), errors));
        }
        Section root = new Section("", tree, errors);
        T options = reader.apply(root);
        root.reportUnknownKeys();
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        return options;
    }

    private Tree tree(JsonNode node, List<ConfigError> errors) {
        return Tree.of(node, "", environment, errors);
    }

    private static JsonNode builtIn() {
        try (InputStream in = ConfigSource.class.getClassLoader().getResourceAsStream(BUILT_IN)) {
            if (in == null) {
                throw new IllegalStateException("the program was built without " + BUILT_IN);
            }
            return YAML.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(BUILT_IN + " inside the program cannot be read", e);
        }
    }

    private static JsonNode parse(Path file) {
        JsonNode node;
        try {
            node = YAML.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String line = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            String reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new ConfigException(new ConfigError(file + line, null, "not valid YAML: " + reason));
        } catch (IOException e) {
            throw new ConfigException(new ConfigError(file.toString(), null, "cannot be read: " + e));
        }
        if (node.isMissingNode() || node.isNull()) {
            throw new ConfigException(
                    new ConfigError(file.toString(), null, "has no settings; it is empty or all comments"));
        }
        if (!node.isObject()) {
            throw new ConfigException(new ConfigError(file.toString(), null, "expected sections such as server:"));
        }
        return node;
    }
}
