package dev.switchboard.gateway.bridge;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may open a socket (RFC 6454). Browsers let any page open a WebSocket to any server and send its cookies
 * along; only the server can refuse.
 */
public final class OriginPolicy {
    private static final String ANY = "*";

    /** What an {@code Origin} header is worth. */
    public enum Verdict {
        /** A page of this server or of a configured origin: its cookies count. */
        TRUSTED,
        /** No header (not a browser, or a plain GET), or let in without cookies. */
        NEUTRAL,
        /** A page of somebody else. */
        FOREIGN
    }

    private final Set<String> allowed;
    private final boolean credentials;

    /** @param allowed origins as browsers send them, for example {@code https://app.example.org}; {@code *} for any */
    public OriginPolicy(List<String> allowed) {
        this(allowed, true);
    }

    /** @param credentials whether cookies count from origins other than the server's own */
    public OriginPolicy(Collection<String> allowed, boolean credentials) {
        this.credentials = credentials;
        this.allowed = allowed.stream().map(OriginPolicy::normal).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Judges a request.
     *
     * @param host the {@code Host} header, with the port if it has one
     */
    public Verdict judge(@Nullable String origin, @Nullable String host) {
        if (origin == null) {
            return Verdict.NEUTRAL;
        }
        String normal = normal(origin);
        if (host != null && sameHost(normal, host)) {
            return Verdict.TRUSTED;
        }
        if (allowed.contains(normal)) {
            return credentials ? Verdict.TRUSTED : Verdict.NEUTRAL;
        }
        return allowed.contains(ANY) ? Verdict.NEUTRAL : Verdict.FOREIGN;
    }

    /** The scheme is not compared: behind a balancer that ends TLS the server does not know it. */
    private static boolean sameHost(String origin, String host) {
        int scheme = origin.indexOf("://");
        if (scheme < 0) {
            return false;
        }
        return normal(origin.substring(0, scheme + 3) + host).equals(origin);
    }

    /** Lower case, without a trailing slash or the scheme's own port. */
    private static String normal(String origin) {
        String text = origin.strip().toLowerCase(Locale.ROOT);
        if (text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.startsWith("http://") && text.endsWith(":80")) {
            return text.substring(0, text.length() - 3);
        }
        if (text.startsWith("https://") && text.endsWith(":443")) {
            return text.substring(0, text.length() - 4);
        }
        return text;
    }
}
