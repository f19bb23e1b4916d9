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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where the settings are: {@code switchboard.yaml} and {@code routes.yaml} in a folder, or one file, laid over the copies
 * inside the program, so that a user's file need only name what differs and each default is written in one place.
 */
public final class ConfigSource {
    /** In the order in which they are laid over each other. All of them are one tree: any may have any section. */
    private static final List<String> FILES = List.of("switchboard.yaml", "routes.yaml");

    /** What the built-in settings are called as a source. */
    private static final String DEFAULT = "default";

    private static final Path DEFAULT_FOLDER = Path.of("conf");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .configure(JsonParser.Feature.STRICT_DUPLICATE_DETECTION, true)
            .build();

    private final List<Path> places;
    private final @Nullable Path folder;
    private final UnaryOperator<@Nullable String> environment;

    private ConfigSource(List<Path> places, @Nullable Path folder, UnaryOperator<@Nullable String> environment) {
        this.places = places;
        this.folder = folder;
        this.environment = environment;
    }

    /**
     * @param place the value of {@code --conf}, a folder or a file; null for {@code conf} in the working directory if it has
     *     the files, else the built-in settings alone
     * @throws ConfigException when {@code place} has no such file
     */
    public static ConfigSource in(@Nullable Path place, Map<String, String> environment) {
        if (place != null && Files.isRegularFile(place)) {
            return new ConfigSource(List.of(place), place.toAbsolutePath().getParent(), environment::get);
        }
        Path folder = place == null ? DEFAULT_FOLDER : place;
        List<Path> places = FILES.stream().map(folder::resolve).toList();
        if (place != null && places.stream().noneMatch(Files::isRegularFile)) {
            throw new ConfigException(new ConfigError(
                    "--conf",
                    null,
                    Files.isDirectory(folder)
                            ? "there is no file " + folder.resolve(FILES.get(0))
                            : "there is no folder or file " + folder));
        }
        return new ConfigSource(places, place == null ? null : folder, environment::get);
    }

    /** The folder that {@code --conf} named, or that its file is in; null without it. */
    public @Nullable Path folder() {
        return folder;
    }

    /**
     * What the user's files say now; of no files when the built-in settings serve alone. May block.
     *
     * @throws ConfigException when one of them cannot be read
     */
    public Texts texts() {
        Map<Path, String> byFile = new LinkedHashMap<>();
        for (Path file : places) {
            if (Files.isRegularFile(file)) {
                try {
                    byFile.put(file, Files.readString(file));
                } catch (IOException e) {
                    throw new ConfigException(new ConfigError(file.toString(), null, "cannot be read: " + e));
                }
            }
        }
        return new Texts(byFile);
    }

    /** The options alone, of {@link #read(Texts, Function)} of what the files say now. */
    public <T> T read(Function<Section, T> reader) {
        return read(texts(), reader).options();
    }

    /**
     * Reads everything and checks it. May block: files that the settings name are looked into.
     *
     * @param reader turns the root of the file into options; whatever it leaves unread is an unknown setting
     * @throws ConfigException with every mistake
     */
    public <T> Reading<T> read(Texts texts, Function<Section, T> reader) {
        List<ConfigError> errors = new ArrayList<>();
        Set<String> secrets = new HashSet<>();
        Tree tree = new Tree.Mapping(Map.of());
        for (String file : FILES) {
            tree = Tree.merge(tree, Tree.of(builtIn("conf/" + file), DEFAULT, "", environment, errors));
        }
        for (Map.Entry<Path, String> file : texts.byFile().entrySet()) {
            Path path = file.getKey();
            tree = Tree.merge(tree, Tree.of(parse(path, file.getValue()), path.toString(), "", environment, errors));
        }
        Section root = new Section("", tree, errors, secrets);
        T options = reader.apply(root);
        root.reportUnknownKeys();
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        return new Reading<>(options, texts, settings(tree, secrets));
    }

    private static List<Setting> settings(Tree tree, Set<String> secrets) {
        List<Setting> settings = new ArrayList<>();
        tree.forEach("", (path, scalar) -> {
            int item = path.lastIndexOf('[');
            boolean secret = secrets.contains(path) || (item > 0 && secrets.contains(path.substring(0, item)));
            settings.add(new Setting(
                    path, secret && !scalar.text().isEmpty() ? Secret.SHOWN : scalar.text(), scalar.source()));
        });
        return settings;
    }

    private static JsonNode builtIn(String name) {
        try (InputStream in = ConfigSource.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program was built without " + name);
            }
            return YAML.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(name + " inside the program cannot be read", e);
        }
    }

    private static JsonNode parse(Path file, String text) {
        JsonNode node;
        try {
            node = YAML.readTree(text);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String line = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            String reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new ConfigException(new ConfigError(file + line, null, "not valid YAML: " + reason));
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
