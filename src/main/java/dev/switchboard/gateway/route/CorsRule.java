package dev.switchboard.gateway.route;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which pages of other origins may read answers (the CORS protocol of the Fetch standard).
 *
 * @param origins as browsers send them, in lower case, for example {@code https://app.example.org}; {@code *} for any, without
 *     its credentials; none for no page
 * @param credentials whether pages of origins that are named may send cookies
 * @param headers that they may send
 * @param exposed headers that they may read
 * @param maxAge how long a browser may remember it
 */
public record CorsRule(
        Set<String> origins, boolean credentials, List<String> headers, List<String> exposed, Duration maxAge) {
    public static final List<String> HEADERS =
            List.of("Content-Type", "Authorization", "X-XSRF-TOKEN", "Idempotency-Key", "X-Request-Id");
    public static final List<String> EXPOSED = List.of(
            "X-Request-Id",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "RateLimit-Limit",
            "RateLimit-Remaining",
            "RateLimit-Reset");
    public static final Duration MAX_AGE = Duration.ofHours(1);

    private static final String ANY = "*";

    public CorsRule {
        origins = origins.stream().map(CorsRule::normal).collect(Collectors.toUnmodifiableSet());
        headers = List.copyOf(headers);
        exposed = List.copyOf(exposed);
    }

    /** The usual rule for these origins. */
    public static CorsRule of(Collection<String> origins) {
        return new CorsRule(Set.copyOf(origins), true, HEADERS, EXPOSED, MAX_AGE);
    }

    /** Whether an origin is named. Origins are compared whole. */
    public boolean names(String origin) {
        return origins.contains(normal(origin));
    }

    /** Whether pages of any origin may read. */
    public boolean any() {
        return origins.contains(ANY);
    }

    private static String normal(String origin) {
        String text = origin.strip().toLowerCase(Locale.ROOT);
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
