package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.Fault;
import dev.switchboard.support.Scrape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the HTTP door counts, as Prometheus reads it, and who may read it. */
class MetricsDoorTest {
    private static final String REQUESTS = "switchboard_http_requests_total";
    private static final String SECONDS = "switchboard_http_request_duration_seconds";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new TestGateway(
                TestGateway.limits(1_000_000, 1_000_000, 3),
                handlers -> handlers.on(AccountOperations.GET_USER, (caller, q) -> {
                    throw Fault.NOT_FOUND.because("There is no such user.");
                }));
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
    }

    private static URI door() {
        return URI.create("http://127.0.0.1:" + gateway.port);
    }

    private static int get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(door().resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void requestsAreCountedByTheirRow() throws Exception {
        String[] row = {"route", "/api/v1/users/{id}", "method", "GET"};
        Scrape before = Scrape.of(door());
        for (int i = 0; i < 17; i++) {
            assertThat(get("/api/v1/users/" + UUID.randomUUID(), "Authorization", "Bearer anna"))
                    .isEqualTo(404);
        }
        Scrape after = Scrape.of(door());

        assertThat(after.sum(REQUESTS, row) - before.sum(REQUESTS, row)).isEqualTo(17);
        assertThat(after.sum(SECONDS + "_count", row) - before.sum(SECONDS + "_count", row))
                .isEqualTo(17);
        assertThat(after.sum(SECONDS + "_bucket", row[0], row[1], row[2], row[3], "le", "+Inf"))
                .isEqualTo(after.sum(SECONDS + "_count", row));
        assertThat(after.sum(SECONDS + "_sum", row)).isPositive().isLessThan(60);
        assertThat(after.sum(REQUESTS, "route", row[1], "status", "4xx")).isEqualTo(after.sum(REQUESTS, row));
    }

    @Test
    void whatClientsSendMakesNoNewSeries() throws Exception {
        String[] hostile = {"Authorization", "Bearer nonsense"};
        get("/first", hostile);
        Set<Map<String, String>> before = series();
        for (int i = 0; i < 1_000; i++) {
            get("/" + UUID.randomUUID() + "/x?y=" + i, "Authorization", "Bearer " + UUID.randomUUID());
        }
        for (String method : new String[] {"BREW", "PROPFIND", "FOO" + UUID.randomUUID()}) {
            HTTP.send(
                    HttpRequest.newBuilder(door().resolve("/first"))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        Set<Map<String, String>> after = series();
        after.removeAll(before);
        assertThat(after).allSatisfy(labels -> assertThat(labels).containsEntry("method", "other"));
    }

    private static Set<Map<String, String>> series() {
        return Scrape.of(door()).samples().stream()
                .filter(sample -> sample.name().startsWith("switchboard_http"))
                .map(Scrape.Sample::labels)
                .map(labels -> labels.entrySet().stream()
                        .filter(label -> !label.getKey().equals("le"))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .collect(Collectors.toSet());
    }

    @Test
    void limitsSayHowTheyDecided() throws Exception {
        for (int i = 0; i < 5; i++) {
            HTTP.send(
                    HttpRequest.newBuilder(door().resolve("/api/v1/auth/login"))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        Scrape scrape = Scrape.of(door());
        assertThat(scrape.sum("switchboard_limit_decisions_total", "tier", "auth", "verdict", "granted"))
                .isEqualTo(3);
        assertThat(scrape.sum("switchboard_limit_decisions_total", "tier", "auth", "verdict", "refused"))
                .isEqualTo(2);
    }

    @Test
    void whatIsNoHttpIsCounted() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port)) {
            socket.getOutputStream().write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
        }
        assertThat(Scrape.of(door()).sum(REQUESTS, "route", "invalid", "status", "4xx"))
                .isEqualTo(1);
    }

    @Test
    void onlyThoseWhoAreNamedMayRead() throws Exception {
        // 127.0.0.1 is a trusted proxy of this gateway.
        assertThat(get("/metrics", "X-Forwarded-For", "10.1.2.3")).isEqualTo(200);
        assertThat(get("/metrics", "X-Forwarded-For", "203.0.113.7")).isEqualTo(404);
        assertThat(get("/metrics", "X-Forwarded-For", "127.0.0.1, 203.0.113.7")).isEqualTo(404);
    }

    @Test
    void onlyReading() throws Exception {
        HttpResponse<Void> answer = HTTP.send(
                HttpRequest.newBuilder(door().resolve("/metrics"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(HTTP.send(
                                HttpRequest.newBuilder(door().resolve("/metrics"))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .headers()
                        .firstValue("content-type"))
                .contains("text/plain; version=0.0.4; charset=utf-8");
    }
}
