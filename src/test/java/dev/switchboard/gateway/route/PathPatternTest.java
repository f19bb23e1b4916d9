package dev.switchboard.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {
    @Test
    void segmentsAndNames() {
        PathPattern pattern = PathPattern.of("/api/rooms/{id}/members/:userId/**");

        assertThat(pattern.segments()).containsExactly("api", "rooms", "{id}", "members", "{userId}", "**");
        assertThat(pattern.names()).containsExactly("id", "userId");
        assertThat(pattern.shape())
                .isEqualTo(PathPattern.of("/api/rooms/{x}/members/{y}/**").shape());
        assertThat(PathPattern.of("/%40me").shape())
                .isEqualTo(PathPattern.of("/@me").shape());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a|begins with /",
                "/a//b|segment is empty",
                "/**/a|end of a path",
                "/a/*|** for the rest",
                "/a*|** for the rest",
                "/{}|whole segment",
                "/a{id}|whole segment",
                "/{id}.json|whole segment",
                "/{1}|whole segment",
                "/{id}/{id}|{id} is there twice",
                "/a?b|no query",
                "/a#b|no query",
                "/a b|no request has such a path",
                "/a/../b|no request has such a path",
                "/a/.|no request has such a path",
                "/a;b|no request has such a path",
                "/a%2fb|no request has such a path"
            })
    void whatIsNoPatternSaysWhy(String text, String why) {
        assertThatThrownBy(() -> PathPattern.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/rooms/{id}|/rooms/5",
                "/v2/:id/x|/v2/5/x",
                "/**|/a/b",
                "/svc/**|/svc/a/b",
                "/|/",
                "/fixed/|/fixed/"
            })
    void aRewriteFillsInWhatWasCaptured(String text, String expected) {
        Rewrite rewrite = Rewrite.of(text, PathPattern.of("/api/{id}/**"));

        assertThat(rewrite.apply(List.of("5"), "/a/b")).isEqualTo(expected);
    }

    @Test
    void theRestMayBeEmpty() {
        PathPattern pattern = PathPattern.of("/api/**");

        assertThat(Rewrite.of("/**", pattern).apply(List.of(), "")).isEqualTo("/");
        assertThat(Rewrite.of("/svc/**", pattern).apply(List.of(), "")).isEqualTo("/svc");
        assertThat(Rewrite.of("/svc/**", pattern).apply(List.of(), "/")).isEqualTo("/svc/");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/a/{name}|the path has no {name}",
                "/a/**|the path has no **",
                "a|begins with /",
                "/a-{id}|whole segment",
                "/a?x=1|no query"
            })
    void aRewriteNamesWhatThePathHas(String text, String why) {
        assertThatThrownBy(() -> Rewrite.of(text, PathPattern.of("/api/{id}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
