package dev.switchboard.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A YAML document after the expansion of its variables; each scalar remembers which variable it came from. */
sealed interface Tree {
    record Mapping(Map<String, Tree> entries) implements Tree {}

    record Sequence(List<Tree> items) implements Tree {}

    /** Any single value as text; an empty text means that there is none. */
    record Scalar(String text, @Nullable String variable) implements Tree {}

    /** Expands every scalar of {@code node}; mistakes are added to {@code errors} under their path. */
    static Tree of(JsonNode node, String path, UnaryOperator<@Nullable String> environment, List<ConfigError> errors) {
        if (node.isObject()) {
            Map<String, Tree> entries = new LinkedHashMap<>();
            node.fields()
                    .forEachRemaining(field -> entries.put(
                            field.getKey(), of(field.getValue(), join(path, field.getKey()), environment, errors)));
            return new Mapping(entries);
        }
        if (node.isArray()) {
            List<Tree> items = new ArrayList<>();
            node.forEach(item -> items.add(of(item, path + "[" + items.size() + "]", environment, errors)));
            return new Sequence(items);
        }
        return scalar(node.isNull() ? "" : node.asText(), path, environment, errors);
    }

    private static Scalar scalar(
            String text, String path, UnaryOperator<@Nullable String> environment, List<ConfigError> errors) {
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
        return new Scalar(value, variable);
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

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
