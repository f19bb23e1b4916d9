package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTargetTest {
    @ParameterizedTest
    @CsvSource({
        "/a,/a",
        "/a?b=c,/p?b=c",
        "/a?,/p?",
        "/a?b?c=/../d,/p?b?c=/../d",
        "http://h/a?b=%2F,/p?b=%2F",
        "/a?b#c?d,/p?b",
        "/a#c?d,/p",
        "/a?b=\u00e4\u0001c,/p?b=%E4%01c",
        "*,/p"
    })
    void onlyTheQueryIsTheClients(String received, String target) {
        assertThat(RequestTarget.of("/p", received)).isEqualTo(target.equals("/a") ? "/p" : target);
    }

    @Property
    void nothingThatCouldEndALineOrBeAnotherPathPasses(
            @ForAll @CharRange(from = '\u0000', to = '\u00ff') String received) {
        assertThat(RequestTarget.of("/p", received)).matches("/p(\\?[!-~&&[^#]]*)?");
    }
}
