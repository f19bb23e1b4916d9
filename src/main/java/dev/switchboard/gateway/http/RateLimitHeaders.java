package dev.switchboard.gateway.http;

import dev.switchboard.gateway.limit.Verdict;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/**
 * How a client learns what it may still ask: {@code RateLimit} and {@code RateLimit-Policy} of the IETF's draft
 * (draft-ietf-httpapi-ratelimit-headers-10), and the three older fields that clients in use read.
 */
final class RateLimitHeaders {
    private static final CharSequence POLICY = HttpHeaders.createOptimized("RateLimit-Policy");
    private static final CharSequence STATE = HttpHeaders.createOptimized("RateLimit");
    private static final CharSequence LIMIT = HttpHeaders.createOptimized("RateLimit-Limit");
    private static final CharSequence REMAINING = HttpHeaders.createOptimized("RateLimit-Remaining");
    private static final CharSequence RESET = HttpHeaders.createOptimized("RateLimit-Reset");

    private RateLimitHeaders() {}

    /** Writes nothing for a tier without a limit. */
    static void write(Verdict verdict, HttpServerResponse response) {
        if (verdict.limit() == 0) {
            return;
        }
        String limit = Long.toString(verdict.limit());
        String remaining = Long.toString(verdict.remaining());
        long full = seconds(untilFull(verdict));
        long retry = seconds(verdict.retryAfter());
        String quoted = '"' + verdict.tier() + '"';
        response.putHeader(POLICY, quoted + ";q=" + limit + ";w=" + seconds(verdict.window()))
                // Of a client that was refused, both fields speak of the same moment.
                .putHeader(STATE, quoted + ";r=" + remaining + ";t=" + (verdict.granted() ? full : retry))
                .putHeader(LIMIT, limit)
                .putHeader(REMAINING, remaining)
                .putHeader(RESET, Long.toString(full));
        if (!verdict.granted()) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(retry));
        }
    }

    private static Duration untilFull(Verdict verdict) {
        long used = verdict.limit() - verdict.remaining();
        if (used == 0) {
            return Duration.ZERO;
        }
        long nanos = verdict.window().toNanos();
        // Duration itself counts with numbers of any size, which is many times as much work.
        return nanos <= Long.MAX_VALUE / used
                ? Duration.ofNanos(nanos * used / verdict.limit())
                : verdict.window().multipliedBy(used).dividedBy(verdict.limit());
    }

    /** Whole seconds, rounded up: who waits so long does not come too early. */
    private static long seconds(Duration time) {
        return time.plusSeconds(1).minusNanos(1).toSeconds();
    }
}
