package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadersTest {
    private final MultiMap received = MultiMap.caseInsensitiveMultiMap();
    private final MultiMap to = MultiMap.caseInsensitiveMultiMap();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Authenticate",
                "Upgrade",
                "Transfer-Encoding",
                "Content-Length",
                "X-Internal-Node",
                "Alt-Svc",
                "X-Nominated"
            })
    void whatIsForTheGatewayAloneDoesNotPass(String name) {
        received.add("Connection", "X-Nominated").add(name, "1").add("Content-Type", "text/plain");
        ResponseHeaders.write(received, to);

        assertThat(to.names()).containsExactly("Content-Type");
    }

    @Test
    void theServiceKnowsItsPages() {
        to.add("Content-Security-Policy", "ours").add("X-Frame-Options", "DENY");
        received.add("content-security-policy", "theirs").add("content-security-policy", "more");
        ResponseHeaders.write(received, to);

        assertThat(to.getAll("Content-Security-Policy")).containsExactly("theirs", "more");
        assertThat(to.getAll("X-Frame-Options")).containsExactly("DENY");
    }

    @Test
    void theGatewayKnowsTheRequest() {
        to.add("X-Request-Id", "ours").add("RateLimit-Limit", "10");
        received.add("X-Request-Id", "theirs").add("RateLimit-Limit", "99");
        ResponseHeaders.write(received, to);

        assertThat(to.getAll("X-Request-Id")).containsExactly("ours");
        assertThat(to.getAll("RateLimit-Limit")).containsExactly("10");
    }

    @Test
    void oneOfTheTwoAnswersForOrigins() {
        received.add("Access-Control-Allow-Origin", "*").add("Access-Control-Allow-Methods", "GET");
        ResponseHeaders.write(received, to);
        assertThat(to.getAll("Access-Control-Allow-Origin")).containsExactly("*");

        to.set("Access-Control-Allow-Origin", "https://app.example.org").remove("Access-Control-Allow-Methods");
        ResponseHeaders.write(received, to);
        assertThat(to.getAll("Access-Control-Allow-Origin")).containsExactly("https://app.example.org");
        assertThat(to.contains("Access-Control-Allow-Methods")).isFalse();
    }

    @Test
    void cookiesAndVaryAddUp() {
        to.add("Vary", "Origin").add("Set-Cookie", "a=1");
        received.add("Vary", "Accept").add("Set-Cookie", "b=2").add("Set-Cookie", "c=3");
        ResponseHeaders.write(received, to);

        assertThat(to.getAll("Vary")).containsExactly("Origin", "Accept");
        assertThat(to.getAll("Set-Cookie")).containsExactly("a=1", "b=2", "c=3");
    }

    @Test
    void trailersThatWouldChangeTheAnswerDoNotPass() {
        received.add("grpc-status", "0")
                .add("Content-Length", "5")
                .add("Set-Cookie", "a=1")
                .add("X-Internal-Cost", "1");
        ResponseHeaders.writeTrailers(received, to);

        assertThat(to.names()).containsExactly("grpc-status");
    }
}
