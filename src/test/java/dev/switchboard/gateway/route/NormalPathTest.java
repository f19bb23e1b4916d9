package dev.switchboard.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormalPathTest {
    private static Optional<String> normal(String target) {
        try {
            return Optional.of(NormalPath.of(target).text());
        } catch (FaultException e) {
            assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST);
            return Optional.empty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/|/",
                "/a/b|/a/b",
                "/a/b/|/a/b/",
                "/a?x=/../b|/a",
                "/a#b|/a",
                "/?q|/",
                "//|/",
                "//evil.example.org/a|/evil.example.org/a",
                "/a///b//|/a/b/",
                "/a/./b/.|/a/b/",
                "/a/../b|/b",
                "/a/b/..|/a/",
                "/a/..|/",
                "/a/%2e%2E/b|/b",
                "/%61%62%2D%7e|/ab-~",
                "/%c3%a4|/%C3%A4",
                "/%E2%82%AC/x|/%E2%82%AC/x",
                "/a%20b|/a%20b",
                "/100%25|/100%25",
                "/100%25ab|/100%25ab",
                "/a%3bb|/a%3Bb",
                "/a%3f%23|/a%3F%23",
                "/a!$&'()*+,=:@b|/a!$&'()*+,=:@b",
                "/%40me|/%40me",
                "/...|/...",
                "/.well-known/x|/.well-known/x",
                "/a\"<>^`[]{}b|/a%22%3C%3E%5E%60%5B%5D%7B%7Db",
                "http://evil.example.org/a/../b?c|/b",
                "HTTPS://evil.example.org:443|/",
                "http://evil?x=/a|/"
            })
    void onePathHasOneForm(String target, String expected) {
        assertThat(normal(target)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/a/../../b",
                "/%2e%2e/a",
                "/a%2fb",
                "/a%2Fb",
                "/..%2fadmin",
                "/a%5cb",
                "/..%5Cadmin",
                "/a\\b",
                "/a%00",
                "/a%0d%0aX:1",
                "/a%7f",
                "/a\u0001",
                "/a\u007f",
                "/a b",
                "/admin;a=b",
                "/pub/..;/admin",
                "/%252e%252e/a",
                "/a%252fb",
                "/a%25%32%66b",
                "/a%255cb",
                "/a%2500",
                "/a%25252fb",
                "/%",
                "/a%2",
                "/a%zz",
                "/a%+1",
                "/%ff",
                "/%c0%ae%c0%ae/a",
                "/%ed%a0%80",
                "/%c3",
                "/\u00e4",
                "/\u20ac",
                "a",
                "*",
                "",
                "?a",
                "ftp://a/b",
                "http:///a",
                "example.org:80"
            })
    void whatCannotBeNormalisedSafelyIsRefused(String target) {
        assertThat(normal(target)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/\u00c3\u00a4", "/%c3%a4"})
    void bytesAndTheirEscapesAreTheSame(String target) {
        assertThat(normal(target)).contains("/%C3%A4");
    }

    @ParameterizedTest
    @CsvSource({"a,a", "a%20b,a b", "a+b,a+b", "%C3%A4,ä", "%25,%"})
    void segmentsAreDecodedOnce(String segment, String text) {
        assertThat(NormalPath.decoded(segment)).isEqualTo(text);
    }

    /** What attackers put together, and what anybody writes. */
    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.of(
                        "/",
                        "//",
                        "/./",
                        "/../",
                        ".",
                        "..",
                        "%2e",
                        "%2E",
                        "%2f",
                        "%2F",
                        "%5c",
                        "\\",
                        ";",
                        ";a=b",
                        "%3b",
                        "%00",
                        "%25",
                        "%252e",
                        "%252f",
                        "%c0%ae",
                        "%ff",
                        "%",
                        "admin",
                        "ADMIN",
                        "%61dmin",
                        "pub",
                        "a",
                        "x y",
                        "%20",
                        "\u00c3\u00a4",
                        "%c3%a4",
                        "?",
                        "#",
                        "@",
                        "%40",
                        "+",
                        "{",
                        "*"),
                Arbitraries.strings().withCharRange('\u0000', '\u00ff').ofMaxLength(3));
        return piece.list().ofMaxSize(12).map(pieces -> "/" + String.join("", pieces));
    }

    @Property(tries = 5_000)
    void normalisingTwiceChangesNothing(@ForAll("targets") String target) {
        normal(target).ifPresent(once -> assertThat(normal(once)).contains(once));
    }

    @Property(tries = 5_000)
    void aNormalPathHasNothingToInterpret(@ForAll("targets") String target) {
        normal(target).ifPresent(path -> {
            assertThat(path).startsWith("/").matches("(?:[/A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-F]{2})+");
            assertThat(path).doesNotContain("//", "%2F", "%5C").doesNotContainPattern("%[01]");
            assertThat(List.of(path.split("/", -1))).doesNotContain(".", "..");
        });
    }

    @Property(tries = 5_000)
    void noServiceReadsAnotherPathThanTheOneThatWasMatched(@ForAll("targets") String target) {
        normal(target).ifPresent(path -> assertThat(asACarelessServiceReads(path))
                .isEqualTo(NormalPath.decoded(path).toLowerCase(Locale.ROOT)));
    }

    /** Cuts parameters, decodes, takes backslashes for slashes, then resolves. */
    private static String asACarelessServiceReads(String path) {
        String cut = path.replaceAll(";[^/]*", "");
        String read = URLDecoder.decode(cut.replace("+", "%2B"), StandardCharsets.UTF_8)
                .replace('\\', '/')
                .toLowerCase(Locale.ROOT);
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : read.split("/", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        return "/" + String.join("/", segments) + (read.endsWith("/") && !segments.isEmpty() ? "/" : "");
    }

    @Property(tries = 5_000)
    void notEvenOneThatDecodesTwiceLeavesItsFolder(@ForAll("targets") String target) {
        normal("/pub" + target).filter(path -> path.startsWith("/pub/")).ifPresent(path -> {
            String twice = path.replace("%25", "%").replaceAll("%(?![0-9A-Fa-f]{2})", "%25");
            assertThat(twice.toLowerCase(Locale.ROOT)).doesNotContain("%2e", "%2f", "%5c", "%00");
        });
    }

    @Property(tries = 2_000)
    void theAnswerIsAPathOrARefusal(@ForAll String target) {
        normal(target).ifPresent(path -> assertThat(path).startsWith("/"));
    }

    @Test
    void theQueryIsNoPartOfThePath() {
        assertThat(normal("/admin?x=/public")).contains("/admin");
        assertThatThrownBy(() -> NormalPath.of("/a;b?c")).isInstanceOf(FaultException.class);
    }
}
