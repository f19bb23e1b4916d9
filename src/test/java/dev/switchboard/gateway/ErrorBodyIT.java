package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.bus.Json;
import dev.switchboard.support.TestNodes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a whole node refuses, at whichever of its doors, it refuses with the one error body. */
class ErrorBodyIT {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private static TestNodes cluster;

    @BeforeAll
    static void start() {
        cluster = TestNodes.start(1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Where there is nothing, who is not signed in learns no more than that. */
    @ParameterizedTest
    @CsvSource({
        "GET,/eventbus/websocket,400",
        "POST,/eventbus/websocket,405",
        "GET,/eventbus/1/abc/websocket,400",
        "POST,/eventbus/1/abc/websocket,405",
        "GET,/eventbus/1/abc/nonsense,401",
        "GET,/eventbus/1/abc/xhr,401",
        "GET,/eventbus/nothing,401",
        "GET,/eventbus/a/b/c/d,401",
        "GET,/eventbus/iframe.html,404",
        "POST,/,405",
        "DELETE,/switchboard.js,405",
        "PUT,/api/docs,405",
        "POST,/health,405",
        "GET,/nothing,401",
        "PATCH,/api/v1/users/me,405"
    })
    void everyRefusalHasTheErrorBody(String method, String path, int status) throws Exception {
        String door = cluster.doors().get(0).toString();
        String base = door.endsWith("/") ? door.substring(0, door.length() - 1) : door;
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(10))
                .method(method, BodyPublishers.noBody());
        HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode body = Json.MAPPER.readTree(answer.body());
        assertThat(body.fieldNames())
                .toIterable()
                .containsExactly("statusCode", "error", "code", "message", "path", "timestamp", "requestId", "errors");
        assertThat(body.get("statusCode").intValue()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
        assertThat(answer.headers().firstValue("X-Request-Id"))
                .contains(body.get("requestId").textValue());
    }
}
