package dev.switchboard.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Fields that are meant for the next hop alone (RFC 9110 §7.6.1), and those that frame a message: each hop frames anew.
 * Names are in lower case.
 */
final class HopByHop {
    private static final Set<String> FIELDS = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "transfer-encoding",
            "content-length",
            "upgrade",
            "http2-settings");

    private HopByHop() {}

    static boolean contains(String name) {
        return FIELDS.contains(name);
    }

    /** The fields that {@code Connection} nominates to be dropped as well. */
    static Set<String> nominated(MultiMap headers) {
        List<String> lines = headers.getAll(HttpHeaders.CONNECTION);
        if (lines.isEmpty()) {
            return Set.of();
        }
        if (lines.size() == 1 && isUsual(lines.get(0))) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (String line : lines) {
            for (String name : line.split(",", -1)) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** What nearly every message has, and what nominates nothing. */
    private static boolean isUsual(String line) {
        return line.equalsIgnoreCase("keep-alive") || line.equalsIgnoreCase("close");
    }
}
