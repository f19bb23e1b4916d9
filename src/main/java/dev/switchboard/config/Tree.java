package dev.switchboard.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A YAML document after the expansion of its variables; each scalar remembers where it came from. */
sealed interface Tree {
    record Mapping(Map<String, Tree> entries) implements Tree {}

    record Sequence(List<Tree> items) implements Tree {}

    /**
     * Any single value as text; an empty text means that there is none.
     *
     * @param variable the environment variables that it names, set or not
     * @param source {@code environment NAME} if one of them is set, else the document
     */
    record Scalar(String text, @Nullable String variable, String source) implements Tree {
        static final Scalar NONE = new Scalar("", null, "");
    }

    /**
     * Expands every scalar of {@code node}; mistakes are added to {@code errors} under their path.
     *
     * @param document what it is called as a source
     */
    static Tree of(
            JsonNode node,
            String document,
            String path,
            UnaryOperator<@Nullable String> environment,
            List<ConfigError> errors) {
        if (node.isObject()) {
            Map<String, Tree> entries = new LinkedHashMap<>();
            node.fields()
                    .forEachRemaining(field -> entries.put(
                            field.getKey(),
                            of(field.getValue(), document, join(path, field.getKey()), environment, errors)));
            return new Mapping(entries);
        }
        if (node.isArray()) {
            List<Tree> items = new ArrayList<>();
            node.forEach(item -> items.add(of(item, document, path + "[" + items.size() + "]", environment, errors)));
            return new Sequence(items);
        }
        return scalar(node.isNull() ? "" : node.asText(), document, path, environment, errors);
    }

    private static Scalar scalar(
            String text,
            String document,
            String path,
            UnaryOperator<@Nullable String> environment,
            List<ConfigError> errors) {
        Expansion expansion = new Expansion(environment);
        String value = "";
        String problem = null;
        try {
            value = expansion.expand(text);
        } catch (IllegalArgumentException e) {
            problem = e.getMessage();
        }
        String variable = expansion.variables().isEmpty() ? null : String.join(", ", expansion.variables());
        if (problem != null) {
            errors.add(new ConfigError(path, variable, problem));
        }
        String source = expansion.used().isEmpty() ? document : "environment " + String.join(", ", expansion.used());
        return new Scalar(value, variable, source);
    }

    /** {@code over} laid over {@code under}: mappings are merged key by key, anything else is replaced. */
    static Tree merge(Tree under, Tree over) {
        if (under instanceof Mapping
                && over instanceof Scalar scalar
                && scalar.text().isEmpty()) {
            return under; // a section whose lines are all comments
        }
        if (!(under instanceof Mapping lower) || !(over instanceof Mapping upper)) {
            return over;
        }
        Map<String, Tree> merged = new LinkedHashMap<>(lower.entries());
        upper.entries().forEach((key, value) -> merged.merge(key, value, Tree::merge));
        return new Mapping(merged);
    }

    /** Visits every single value, in order. */
    default void forEach(String path, BiConsumer<String, Scalar> visitor) {
        if (this instanceof Mapping mapping) {
            mapping.entries().forEach((key, value) -> value.forEach(join(path, key), visitor));
        } else if (this instanceof Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                sequence.items().get(i).forEach(path + "[" + i + "]", visitor);
            }
        } else if (this instanceof Scalar scalar) {
            visitor.accept(path, scalar);
        }
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
