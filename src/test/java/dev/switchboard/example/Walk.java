package dev.switchboard.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.example.ExampleGateway.Answer;
import dev.switchboard.example.StandIn.Mood;
import dev.switchboard.example.StandIn.Seen;
import java.time.Instant;
import java.util.concurrent.TimeoutException;

/** What the walks of several systems have in common. */
final class Walk {
    private final ExampleGateway gateway;

    Walk(ExampleGateway gateway) {
        this.gateway = gateway;
    }

    /** A request arrives at its service as it was sent, but for its path. */
    Seen leadsTo(String method, String path, StandIn service, String uri, String... headers) {
        Answer answer = gateway.call(method, path, headers);

        assertThat(answer.status()).as(method + " " + path).isEqualTo(200);
        Seen seen = service.next();
        assertThat(seen.method()).isEqualTo(method);
        assertThat(seen.uri()).isEqualTo(uri);
        assertThat(seen.body()).isEqualTo(method.equals("POST") ? ExampleGateway.BODY : "");
        return seen;
    }

    /** Time-out, broken answer, nobody there: each has its status. The service is gone afterwards. */
    void servicesThatFail(StandIn service, String method, String path, String... headers) throws TimeoutException {
        service.mood(Mood.HANGS);
        isFault(gateway.call(method, path, headers), 504, "timeout", "Gateway Timeout");
        service.mood(Mood.BREAKS);
        isFault(gateway.call(method, path, headers), 502, "bad_gateway", "Bad Gateway");
        service.die();
        isFault(gateway.call(method, path, headers), 503, "upstream_unreachable", "Service Unavailable");
    }

    /** Pages of this origin may call with their credentials; pages of others may not read. */
    void letsPagesIn(String origin, String method, String path, String... headers) {
        Answer preflight = gateway.call(
                "OPTIONS",
                path,
                "Origin",
                origin,
                "Access-Control-Request-Method",
                method,
                "Access-Control-Request-Headers",
                "authorization,content-type,x-xsrf-token");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo(origin);
        assertThat(preflight.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        assertThat(preflight.header("Access-Control-Allow-Methods").split(", "))
                .contains("GET", "POST", "PUT", "DELETE", "PATCH");
        assertThat(preflight.header("Access-Control-Allow-Headers").split(", "))
                .contains("Content-Type", "Authorization", "X-XSRF-TOKEN");

        assertThat(gateway.call(method, path, ExampleGateway.plus(headers, "Origin", origin))
                        .header("Access-Control-Allow-Origin"))
                .isEqualTo(origin);
        assertThat(gateway.call(method, path, ExampleGateway.plus(headers, "Origin", "https://evil.example.org"))
                        .header("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    /** So many of a tier pass at once, and then none: but for what grows back meanwhile, as many in a minute at most. */
    void passes(int times, String method, String path, String... headers) {
        long began = System.nanoTime();
        for (int i = 0; i < times; i++) {
            assertThat(gateway.call(method, path, headers).status())
                    .as("request " + (i + 1))
                    .isNotEqualTo(429);
        }
        int more = 0;
        Answer next = gateway.call(method, path, headers);
        while (next.status() != 429) {
            more++;
            assertThat((double) more).as("that passed besides").isLessThanOrEqualTo(times * secondsSince(began) / 60);
            next = gateway.call(method, path, headers);
        }
        isRefusedForNow(next);
    }

    static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    static void isRefusedForNow(Answer answer) {
        isFault(answer, 429, "too_many_requests", "Too Many Requests");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
    }

    /** The one body that all systems' clients can read. */
    static void isFault(Answer answer, int status, String code, String error) {
        assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(status);
        JsonNode body = answer.body();
        assertThat(body.get("statusCode").asInt()).isEqualTo(status);
        assertThat(body.get("code").asText()).isEqualTo(code);
        assertThat(body.get("error").asText()).isEqualTo(error);
        assertThat(body.get("message").asText()).isNotEmpty();
        assertThat(body.get("path").asText()).startsWith("/");
        assertThat(Instant.parse(body.get("timestamp").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(body.get("requestId").asText()).isEqualTo(answer.header("X-Request-Id"));
        assertThat(body.get("errors").isArray()).isTrue();
    }
}
