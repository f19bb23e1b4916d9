package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpansionTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("PORT", "8080", "EMPTY", "", "CODE", "${PORT}");

    @ParameterizedTest
    @CsvSource({
        "${PORT}, 8080",
        "${PORT:1}, 8080",
        "${NONE:1}, 1",
        "${EMPTY:1}, 1",
        "${NONE:}, ''",
        "http://h:${PORT}/${NONE:x}, http://h:8080/x",
        "${NONE:${PORT}}, 8080",
        "${NONE:http://h:1/}, http://h:1/",
        "$${PORT}, ${PORT}",
        "${CODE}, ${PORT}",
        "$PORT, $PORT",
        "cost $5}, cost $5}"
    })
    void expands(String text, String expected) {
        assertThat(expand(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"${NONE}", "${EMPTY}", "${", "${PORT", "${}", "${A B}", "${1X:2}", "${A:${B:}"})
    void refuses(String text) {
        assertThatThrownBy(() -> expand(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void remembersItsVariables() {
        Expansion expansion = new Expansion(ENVIRONMENT::get);
        expansion.expand("${PORT}-${NONE:${CODE}}");

        assertThat(expansion.variables()).containsExactly("PORT", "NONE", "CODE");
    }

    @Property
    void escapedTextComesOutAsItWas(
            @ForAll @Chars({'$', '{', '}', ':', 'A', '\\'}) @StringLength(max = 12) String text) {
        assertThat(expand(text.replace("${", "$${"))).isEqualTo(text);
    }

    @Property
    void variableIsReplacedWhereverItStandsAndItsValueIsTakenAsItIs(
            @ForAll @Chars({'a', '}', ':', ' '}) String before,
            @ForAll @AlphaChars @NotEmpty String name,
            @ForAll @NotEmpty String value,
            @ForAll @Chars({'a', '$', '}', ' '}) String after) {
        String text = before + "${" + name + ":other}" + after;

        assertThat(new Expansion(Map.of(name, value)::get).expand(text)).isEqualTo(before + value + after);
        assertThat(new Expansion(Map.<String, String>of()::get).expand(text)).isEqualTo(before + "other" + after);
    }

    private static String expand(String text) {
        return new Expansion(ENVIRONMENT::get).expand(text);
    }
}
