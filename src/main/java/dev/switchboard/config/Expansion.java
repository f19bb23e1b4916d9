package dev.switchboard.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts environment variables into a text: a name in braces after a dollar sign, with a default after a colon or without
 * one; a second dollar sign in front makes it plain text. A default may hold variables itself. A variable that is set but
 * empty counts as not set, as in a shell's {@code :-}. What comes out of the environment is not expanded again.
 */
final class Expansion {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String OPEN = "${";
    private static final String ESCAPE = "$${";

    private final UnaryOperator<@Nullable String> environment;
    private final List<String> variables = new ArrayList<>();
    private final List<String> used = new ArrayList<>();

    Expansion(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    /** The variables that were named, set or not. */
    List<String> variables() {
        return variables;
    }

    /** Those of them whose values are in the text. */
    List<String> used() {
        return used;
    }

    /** @throws IllegalArgumentException that says what is wrong with the text */
    String expand(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith(ESCAPE, at)) {
                out.append(OPEN);
                at += ESCAPE.length();
            } else if (text.startsWith(OPEN, at)) {
                int end = closing(text, at + OPEN.length());
                out.append(variable(text.substring(at + OPEN.length(), end)));
                at = end + 1;
            } else {
                out.append(text.charAt(at++));
            }
        }
        return out.toString();
    }

    private static int closing(String text, int from) {
        int depth = 1;
        for (int i = from; i < text.length(); i++) {
            if (text.startsWith(ESCAPE, i)) {
                i += ESCAPE.length() - 1;
            } else if (text.startsWith(OPEN, i)) {
                depth++;
                i++;
            } else if (text.charAt(i) == '}' && --depth == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("expected a } after ${");
    }

    private String variable(String inside) {
        Matcher name = NAME.matcher(inside);
        if (!name.lookingAt() || (name.end() < inside.length() && inside.charAt(name.end()) != ':')) {
            throw new IllegalArgumentException("expected ${NAME} or ${NAME:default}, got \"${" + inside + "}\"");
        }
        variables.add(name.group());
        String value = environment.apply(name.group());
        if (value != null && !value.isEmpty()) {
            used.add(name.group());
            return value;
        }
        if (name.end() == inside.length()) {
            throw new IllegalArgumentException("expected a value; the variable is not set and has no default");
        }
        return expand(inside.substring(name.end() + 1));
    }
}
