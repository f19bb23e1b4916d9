package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Handlers;
import dev.switchboard.gateway.limit.LimitOptions;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpLimitsTest {
    private static final int BURST = 5;

    /** One a minute, two a minute: nothing grows back during the test, however slow the machine is. */
    private static final LimitOptions LIMITS = TestGateway.limits(1, BURST, 2);

    private static final User USER =
            new User(TestGateway.ANNA, "anna", "Anna", null, null, List.of(), null, Instant.EPOCH);

    private final HttpClient http = HttpClient.newHttpClient();
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = new TestGateway(LIMITS, HttpLimitsTest::serve);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    private static void serve(Handlers handlers) {
        handlers.on(AccountOperations.GET_ME, (c, q) -> Future.succeededFuture(USER))
                .on(AccountOperations.LOGIN, (c, q) -> {
                    throw Fault.INVALID_CREDENTIALS.because("Wrong.");
                });
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> login(String from) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port + "/api/v1/auth/login"))
                .header("Content-Type", "application/json")
                .header("X-Forwarded-For", from)
                .POST(BodyPublishers.ofString("{\"username\":\"a\",\"password\":\"b\"}"));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static long number(HttpResponse<?> response, String header) {
        return response.headers().firstValueAsLong(header).orElseThrow();
    }

    @Test
    void aUserWhoAsksTooOftenIsToldWhenToComeBack() throws Exception {
        for (int left = BURST - 1; left >= 0; left--) {
            var response = get("/api/v1/users/me", "Authorization", "Bearer anna");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(number(response, "RateLimit-Limit")).isEqualTo(BURST);
            assertThat(number(response, "RateLimit-Remaining")).isEqualTo(left);
        }
        HttpResponse<String> refused = get("/api/v1/users/me", "Authorization", "Bearer anna");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("\"code\":\"too_many_requests\"");
        long seconds = number(refused, "Retry-After");
        assertThat(seconds).isBetween(20L, 60L);
        assertThat(number(refused, "RateLimit-Remaining")).isZero();
        assertThat(number(refused, "RateLimit-Reset")).isEqualTo(300);
        assertThat(refused.headers().firstValue("RateLimit-Policy")).contains("\"default\";q=5;w=300");
        assertThat(refused.headers().firstValue("RateLimit")).contains("\"default\";r=0;t=" + seconds);
    }

    @Test
    void signingInIsLimitedByAddress() throws Exception {
        assertThat(login("2001:db8::1").statusCode()).isEqualTo(401);
        assertThat(login("2001:db8::2").statusCode()).isEqualTo(401);

        var refused = login("2001:db8::3");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(number(refused, "Retry-After")).isBetween(1L, 30L);
        assertThat(login("2001:db8:0:1::1").statusCode()).isEqualTo(401);
        assertThat(login("8.8.8.8, 2001:db8::4").statusCode()).isEqualTo(429);
    }

    @Test
    void badTokensCount() throws Exception {
        for (int i = 0; i < BURST; i++) {
            assertThat(get("/api/v1/users/me").statusCode()).isEqualTo(401);
        }
        assertThat(get("/api/v1/users/me", "Authorization", "Bearer guess").statusCode())
                .isEqualTo(429);
        assertThat(get("/api/v1/users/me", "Authorization", "Bearer anna").statusCode())
                .isEqualTo(200);
    }

    @Test
    void thePageAndHealthAreNotLimited() throws Exception {
        for (int i = 0; i < 3 * BURST; i++) {
            assertThat(get("/").statusCode()).isEqualTo(200);
            assertThat(get("/health").statusCode()).isEqualTo(200);
        }
    }
}
