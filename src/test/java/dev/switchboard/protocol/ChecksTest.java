package dev.switchboard.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksTest {
    @Property
    void textIsWellFormedIfItCanBeWrittenAsUtf8(@ForAll @CharRange(from = '\uD700', to = '\uE100') String text) {
        assertThat(Checks.isWellFormed(text))
                .isEqualTo(StandardCharsets.UTF_8.newEncoder().canEncode(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u00E9", "\uD83D\uDE00", "a\uD83D\uDE00\uD83D\uDE00b"})
    void pairsAreWellFormed(String text) {
        assertThat(Checks.isWellFormed(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "\uDE00\uD83D", "a\uD83Db", "\uD83D\uDE00\uD83D"})
    void halvesOfPairsAreNot(String text) {
        assertThat(Checks.isWellFormed(text)).isFalse();
    }
}
