package dev.switchboard.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SectionTest {
    private enum Color {
        RED,
        DARK_BLUE
    }

    private final List<ConfigError> errors = new ArrayList<>();

    @Test
    void readsTypedValues() {
        Section section = section(
                """
                text: a b
                number: 7
                wait: 500ms
                size: 64KiB
                flag: true
                color: dark_blue
                many: [a, "${NONE:b}"]
                few: "a, b,,c"
                nothing: ""
                inner: {key: 1}
                """);

        assertThat(section.text("text")).isEqualTo("a b");
        assertThat(section.integer("number", 1, 9)).isEqualTo(7);
        assertThat(section.duration("wait", Duration.ZERO, Duration.ofSeconds(1)))
                .isEqualTo(Duration.ofMillis(500));
        assertThat(section.bytes("size", 0, 1 << 20)).isEqualTo(65_536);
        assertThat(section.bool("flag")).isTrue();
        assertThat(section.oneOf("color", Color.class)).isEqualTo(Color.DARK_BLUE);
        assertThat(section.list("many")).containsExactly("a", "b");
        assertThat(section.list("few")).containsExactly("a", "b", "c");
        assertThat(section.list("nothing")).isEmpty();
        assertThat(section.optionalText("nothing")).isNull();
        assertThat(section.optionalText("absent")).isNull();
        assertThat(section.section("inner").integer("key", 0, 9)).isEqualTo(1);
        section.reportUnknownKeys();
        assertThat(errors).isEmpty();
    }

    @Test
    void collectsAllErrorsWithPathVariableAndExpectation() {
        Section server = section(
                        """
                        server:
                          port: ${PORT:8080}
                          high: 65536
                          host: ""
                          wait: 15
                          flag: maybe
                          color: green
                          list: [[a]]
                          map: {a: 1}
                          prot: 1
                        """)
                .section("server");
        server.integer("port", 1, 65_535);
        server.integer("high", 1, 65_535);
        server.text("host");
        server.duration("wait", Duration.ZERO, Duration.ofMinutes(2));
        server.bool("flag");
        server.oneOf("color", Color.class);
        server.list("list");
        server.text("map");
        server.bytes("absent", 1, 2);
        server.reportUnknownKeys();

        assertThat(errors)
                .map(ConfigError::toString)
                .containsExactly(
                        "server.port (PORT): expected a number from 1 to 65535, got \"abc\"",
                        "server.high: expected a number from 1 to 65535, got \"65536\"",
                        "server.host: expected a value",
                        "server.wait: expected a duration such as 500ms, 15s or 2m, from 0s to 2m, got \"15\"",
                        "server.flag: expected true or false, got \"maybe\"",
                        "server.color: expected one of red, dark_blue, got \"green\"",
                        "server.list[0]: expected a single value",
                        "server.map: expected a single value",
                        "server.absent: expected a size such as 64KiB or 1MiB, from 1 to 2 bytes",
                        "server.prot: unknown setting; did you mean port?");
    }

    @Test
    void secretIsNeverPartOfAnErrorOrOfItsText() {
        Section section = section("secret: ${SECRET:}");
        Secret secret = section.optionalSecret("secret", 32);

        assertThat(errors)
                .map(ConfigError::toString)
                .containsExactly("secret (SECRET): expected at least 32 bytes, got 5");
        assertThat(secret).isNotNull();
        assertThat(secret.toString()).doesNotContain("short");
    }

    @ParameterizedTest
    @CsvSource({"0s, 0", "500ms, 500", "15s, 15000", "2m, 120000", "12h, 43200000", "30d, 2592000000"})
    void writesDurationsAsItReadsThem(String text, long millis) {
        assertThat(Values.duration(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Values.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "s", "-1s", "1.5s", "1 s", "99999999999d", "1y"})
    void refusesOtherDurations(String text) {
        section("wait: \"" + text + "\"").duration("wait", Duration.ZERO, Duration.ofDays(1));

        assertThat(errors).hasSize(1);
    }

    private Section section(String yaml) {
        try {
            Map<String, String> environment = Map.of("PORT", "abc", "SECRET", "short");
            return new Section(
                    "",
                    Tree.of(new YAMLMapper().readTree(yaml), "test", "", environment::get, errors),
                    errors,
                    new HashSet<>());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
