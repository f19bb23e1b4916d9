package dev.switchboard.gateway.proxy;

import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The headers of a service's answer to a client. Where both have a word: the service's security headers replace the
 * gateway's defaults, because it knows its pages; the gateway's request id, limits and (once it let an origin in) CORS
 * headers stand, because the service knows nothing of them; {@code Vary} and cookies add up.
 */
public final class ResponseHeaders {
    private static final String INTERNAL = "x-internal-";
    private static final String CORS = "access-control-";
    private static final String ALLOW_ORIGIN = "access-control-allow-origin";

    /** The gateway's, if it has set them. {@code alt-svc} would lead clients past the gateway. */
    private static final Set<String> OURS = Set.of(
            "x-request-id",
            "ratelimit",
            "ratelimit-policy",
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset");

    private static final Set<String> BOTH = Set.of("vary", "set-cookie");

    /** What would change how a message is framed, routed or understood comes too late in a trailer (RFC 9110 §6.5.1). */
    private static final Set<String> NO_TRAILERS = Set.of(
            "trailer",
            "host",
            "content-encoding",
            "content-type",
            "content-range",
            "cache-control",
            "expires",
            "vary",
            "location",
            "set-cookie",
            "authorization",
            "www-authenticate",
            "strict-transport-security",
            "content-security-policy");

    private ResponseHeaders() {}

    /**
     * Adds the headers of an answer, but for those that frame it.
     *
     * @param received from the service; not changed
     * @param to the headers for the client, with what the gateway has set already
     */
    public static void write(MultiMap received, MultiMap to) {
        Set<String> nominated = HopByHop.nominated(received);
        boolean cors = to.contains(ALLOW_ORIGIN);
        giveWay(received, to);
        for (Map.Entry<String, String> field : received) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (passes(name)
                    && !nominated.contains(name)
                    && !(OURS.contains(name) && to.contains(name))
                    && !(cors && name.startsWith(CORS))) {
                Fields.add(field, to);
            }
        }
    }

    /** Removes those of ours that the service's replace. */
    private static void giveWay(MultiMap received, MultiMap to) {
        for (Map.Entry<String, String> field : received) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!OURS.contains(name) && !BOTH.contains(name) && !name.startsWith(CORS)) {
                to.remove(name);
            }
        }
    }

    /** Adds the trailers of an answer that may be there. */
    public static void writeTrailers(MultiMap received, MultiMap to) {
        for (Map.Entry<String, String> field : received) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (passes(name) && !NO_TRAILERS.contains(name)) {
                Fields.add(field, to);
            }
        }
    }

    private static boolean passes(String name) {
        return !HopByHop.contains(name)
                && !name.startsWith(INTERNAL)
                && !name.equals("alt-svc")
                && !name.startsWith(":");
    }
}
