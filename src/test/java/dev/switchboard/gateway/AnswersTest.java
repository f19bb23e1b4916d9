package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Handlers;
import dev.switchboard.gateway.http.AnswerHeaders;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done to answers of every kind: headers, compression. */
class AnswersTest {
    /** What QuickChat's helmet sends. */
    private static final String HELMET =
            "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        var headers = new AnswerHeaders(Map.of("Content-Security-Policy", HELMET, "X-House", "ours"));
        gateway = new TestGateway(
                TestGateway.NO_LIMITS,
                TestGateway.options(TestGateway.DEFAULTS.times(), headers),
                (Handlers handlers) -> {});
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
    }

    private static HttpResponse<byte[]> get(String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port + path))
                .timeout(Duration.ofSeconds(30))
                .header("Accept-Encoding", "gzip");
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> answer(String type, int size, String more) throws Exception {
        return get("/eventbus/answer?size=" + size + "&content-type=" + URLEncoder.encode(type, StandardCharsets.UTF_8)
                + more);
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain,1024",
        "text/html; charset=utf-8,5000",
        "application/json,1024",
        "application/problem+json,20000",
        "image/svg+xml,1024",
        "APPLICATION/JSON,1024"
    })
    void textFrom1KiBOnIsCompressed(String type, int size) throws Exception {
        var answer = answer(type, size, "&etag=%22abc%22");

        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(answer.headers().allValues("Vary")).containsOnlyOnce("accept-encoding");
        assertThat(answer.headers().firstValue("ETag")).contains("W/\"abc\"");
        assertThat(answer.body()).hasSizeLessThan(size);
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain,1023,''",
        "image/png,5000,''",
        "application/octet-stream,5000,''",
        "text/event-stream,5000,''",
        "text/event-stream,5000,&chunked=1",
        "text/plain,5000,&chunked=1",
        "application/json,5000,&cache-control=no-transform",
        "text/plain,5000,&content-encoding=br"
    })
    void whatIsSmallOrNoTextOrStreamsIsNot(String type, int size, String more) throws Exception {
        var answer = answer(type, size, more);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).hasSize(size);
        assertThat(answer.headers().firstValue("Content-Encoding").orElse("none"))
                .isEqualTo(more.contains("=br") ? "br" : "none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/eventbus/answer?size=1", "/health", "/nothing", "/api/v1/users/me"})
    void everyAnswerHasTheHeadersOfTheSettings(String path) throws Exception {
        var headers = get(path).headers();

        assertThat(headers.allValues("Content-Security-Policy")).containsExactly(HELMET);
        assertThat(headers.firstValue("X-House")).contains("ours");
        assertThat(headers.firstValue("X-Frame-Options")).isEmpty();
    }

    @Test
    void whoeverAnswersMaySetItsOwn() throws Exception {
        assertThat(get("/eventbus/answer?size=1&x-house=mine").headers().allValues("X-House"))
                .containsExactly("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/assets/app.js", "/api/docs"})
    void ourPagesKeepTheirOwnPolicy(String path) throws Exception {
        assertThat(get(path).headers().allValues("Content-Security-Policy"))
                .singleElement()
                .satisfies(policy ->
                        assertThat(policy).contains("default-src 'self'").doesNotContain("unsafe"));
    }
}
