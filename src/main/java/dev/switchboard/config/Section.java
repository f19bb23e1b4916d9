package dev.switchboard.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A typed reader of one mapping of the file. Wrong values do not throw: each is noted, and a harmless value is returned in
 * its place, so that one run finds all of them. {@link ConfigSource#read} throws them together at the end, and also every
 * key that nobody asked for. A key that is absent or empty is an error unless the method's name says {@code optional}.
 */
public final class Section {
    private final String path;
    private final Map<String, Tree> entries;
    private final Map<String, @Nullable Section> asked = new LinkedHashMap<>();
    private final List<Section> items = new ArrayList<>();
    private final List<ConfigError> errors;
    private final Set<String> secrets;

    /** @param secrets takes the paths of what must not be shown */
    Section(String path, Tree tree, List<ConfigError> errors, Set<String> secrets) {
        this.path = path;
        this.errors = errors;
        this.secrets = secrets;
        this.entries = tree instanceof Tree.Mapping mapping ? mapping.entries() : Map.of();
        if (!(tree instanceof Tree.Mapping)) {
            report(path, null, "expected keys and values");
        }
    }

    /** A text that is not empty. */
    public String text(String key) {
        return required(key, "a value", text -> text, "");
    }

    public @Nullable String optionalText(String key) {
        Tree.Scalar scalar = scalar(key);
        return scalar == null || scalar.text().isEmpty() ? null : scalar.text();
    }

    /** A whole number from {@code min} to {@code max}. */
    public int integer(String key, int min, int max) {
        return required(
                key,
                "a number from " + min + " to " + max,
                text -> Math.toIntExact(Values.between(Long.parseLong(text), min, max)),
                min);
    }

    /** {@code 500ms}, {@code 15s}, {@code 2m}, {@code 12h} or {@code 30d}, from {@code min} to {@code max}. */
    public Duration duration(String key, Duration min, Duration max) {
        String expected = "a duration such as 500ms, 15s or 2m, from " + Values.text(min) + " to " + Values.text(max);
        return required(key, expected, text -> Values.between(Values.duration(text), min, max), min);
    }

    /** A number of bytes: {@code 512}, {@code 64KiB}, {@code 1MiB}, {@code 2GiB}. */
    public int bytes(String key, int min, int max) {
        return Math.toIntExact(size(key, min, max));
    }

    /** The same for what may be larger than memory. */
    public long size(String key, long min, long max) {
        return required(
                key,
                "a size such as 64KiB or 1MiB, from " + min + " to " + max + " bytes",
                text -> Values.between(Values.bytes(text), min, max),
                min);
    }

    /** One of the names that something else has. {@code kind} says of what, for example {@code upstream}. */
    public String reference(String key, Set<String> names, String kind) {
        String name = text(key);
        if (!name.isEmpty() && !names.contains(name)) {
            String nearest = Values.nearest(name, names);
            problem(
                    key,
                    "there is no " + kind + " \"" + name + '"'
                            + (nearest == null ? "" : "; did you mean " + nearest + "?"));
        }
        return name;
    }

    /** {@code true} or {@code false}. */
    public boolean bool(String key) {
        return required(key, "true or false", Values::bool, false);
    }

    /** One of an enum's constants, in lower case in the file. */
    public <E extends Enum<E>> E oneOf(String key, Class<E> type) {
        E[] constants = type.getEnumConstants();
        String names = Arrays.stream(constants)
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        return required(
                key, "one of " + names, text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)), constants[0]);
    }

    /** A YAML list, or one text with commas between the items; empty items are left out. */
    public List<String> list(String key) {
        Tree tree = entry(key);
        if (tree instanceof Tree.Sequence sequence) {
            List<String> items = new ArrayList<>();
            for (Tree item : sequence.items()) {
                if (item instanceof Tree.Scalar scalar) {
                    items.add(scalar.text());
                } else {
                    report(key(key) + "[" + items.size() + "]", null, "expected a single value");
                }
            }
            return items.stream().filter(item -> !item.isBlank()).toList();
        }
        Tree.Scalar scalar = scalar(key);
        return scalar == null
                ? List.of()
                : Arrays.stream(scalar.text().split(",", -1))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .toList();
    }

    /** A list with at least one item. */
    public List<String> nonEmptyList(String key) {
        List<String> items = list(key);
        if (items.isEmpty()) {
            problem(key, "expected at least one value");
        }
        return items;
    }

    /** A secret of at least {@code minBytes} bytes in UTF-8, or none. Its value is never part of an error. */
    public @Nullable Secret optionalSecret(String key, int minBytes) {
        secrets.add(key(key));
        String text = optionalText(key);
        if (text == null) {
            return null;
        }
        Secret secret = new Secret(text);
        if (secret.bytes().length < minBytes) {
            problem(key, "expected at least " + minBytes + " bytes, got " + secret.bytes().length);
        }
        return secret;
    }

    /** Like {@link #list}, of secrets. */
    public List<Secret> secrets(String key) {
        secrets.add(key(key));
        return list(key).stream().map(Secret::new).toList();
    }

    /** The mapping under {@code key}. */
    public Section section(String key) {
        Tree tree = entry(key);
        Section section = new Section(key(key), tree == null ? Tree.Scalar.NONE : tree, errors, secrets);
        asked.put(key, section);
        return section;
    }

    /** The mappings of the YAML list under {@code key}; none when it is absent or empty. */
    public List<Section> sections(String key) {
        Tree tree = entry(key);
        if (tree == null || (tree instanceof Tree.Scalar scalar && scalar.text().isBlank())) {
            return List.of();
        }
        if (!(tree instanceof Tree.Sequence sequence)) {
            problem(key, "expected a list, each item after a -");
            return List.of();
        }
        List<Section> sections = new ArrayList<>();
        for (Tree item : sequence.items()) {
            sections.add(new Section(key(key) + "[" + sections.size() + "]", item, errors, secrets));
        }
        items.addAll(sections);
        return sections;
    }

    /** Its place in the file, for example {@code routes[3]}. */
    public String path() {
        return path;
    }

    /** Whether {@code key} has a value; for settings that may be left out. */
    public boolean has(String key) {
        Tree tree = entry(key);
        return tree != null
                && !(tree instanceof Tree.Scalar scalar && scalar.text().isBlank());
    }

    /** The keys that are there, for mappings whose keys are names that the user chose. */
    public Set<String> keys() {
        return entries.keySet();
    }

    /** Notes that the value of {@code key} is wrong, for rules that concern more than one value. */
    public void problem(String key, String problem) {
        Tree tree = entries.get(key);
        report(key(key), tree instanceof Tree.Scalar scalar ? scalar.variable() : null, problem);
    }

    /** Notes the keys of this section and of those in it that nobody asked for. */
    void reportUnknownKeys() {
        for (String key : entries.keySet()) {
            if (!asked.containsKey(key)) {
                String nearest = Values.nearest(key, asked.keySet());
                report(key(key), null, "unknown setting" + (nearest == null ? "" : "; did you mean " + nearest + "?"));
            }
        }
        for (Section section : asked.values()) {
            if (section != null) {
                section.reportUnknownKeys();
            }
        }
        items.forEach(Section::reportUnknownKeys);
    }

    /** Notes that this mapping as a whole is wrong. */
    public void problem(String problem) {
        report(path, null, problem);
    }

    private <T> T required(String key, String expected, Function<String, T> parse, T otherwise) {
        Tree.Scalar scalar = scalar(key);
        if (scalar == null) {
            return otherwise;
        }
        if (scalar.text().isBlank()) {
            problem(key, "expected " + expected);
            return otherwise;
        }
        try {
            return parse.apply(scalar.text().strip());
        } catch (IllegalArgumentException | ArithmeticException e) {
            problem(key, "expected " + expected + ", got \"" + scalar.text() + "\"");
            return otherwise;
        }
    }

    /** The single value of {@code key}; an absent key is an empty one. Null, with an error noted, for anything else. */
    private Tree.@Nullable Scalar scalar(String key) {
        Tree tree = entry(key);
        if (tree == null) {
            return Tree.Scalar.NONE;
        }
        if (tree instanceof Tree.Scalar scalar) {
            return scalar;
        }
        problem(key, "expected a single value");
        return null;
    }

    private @Nullable Tree entry(String key) {
        asked.putIfAbsent(key, null);
        return entries.get(key);
    }

    private String key(String key) {
        return Tree.join(path, key);
    }

    private void report(String at, @Nullable String variable, String problem) {
        // The first mistake of a value explains it; what follows from it would only confuse.
        if (errors.stream().noneMatch(error -> error.path().equals(at))) {
            errors.add(new ConfigError(at, variable, problem));
        }
    }
}
