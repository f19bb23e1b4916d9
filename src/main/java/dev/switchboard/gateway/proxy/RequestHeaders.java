package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.route.PassOn;
import dev.switchboard.identity.Identity;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a request to a service. First everything goes that a client must not say: what is for one hop only (also
 * what {@code Connection} nominates), what looks like a header that the gateway writes, and names that a server may take
 * for another one. Then the gateway writes its own, so that no nomination can remove them (CVE-2024-45410).
 *
 * <p>{@code Host}, {@code Content-Length}, {@code Expect} and whatever frames the body are left to the sender of the request.
 */
public final class RequestHeaders {
    /** How this gateway calls itself in {@code Via} (RFC 9110 §7.6.3). */
    static final String PSEUDONYM = "switchboard";

    /** As they are written: their hash codes and bytes are known beforehand. */
    private static final CharSequence VIA = HttpHeaders.createOptimized("Via");

    private static final CharSequence FORWARDED = HttpHeaders.createOptimized("Forwarded");
    private static final CharSequence FORWARDED_FOR = HttpHeaders.createOptimized("X-Forwarded-For");
    private static final CharSequence FORWARDED_HOST = HttpHeaders.createOptimized("X-Forwarded-Host");
    private static final CharSequence FORWARDED_PORT = HttpHeaders.createOptimized("X-Forwarded-Port");
    private static final CharSequence FORWARDED_PROTO = HttpHeaders.createOptimized("X-Forwarded-Proto");
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
    private static final CharSequence USER_ID = HttpHeaders.createOptimized("X-User-Id");
    private static final CharSequence USER_NAME = HttpHeaders.createOptimized("X-User-Name");
    private static final CharSequence USER_EMAIL = HttpHeaders.createOptimized("X-User-Email");
    private static final CharSequence USER_ROLES = HttpHeaders.createOptimized("X-User-Roles");

    private static final String[] OURS = {"x-user-", "x-internal-", "x-forwarded-"};

    /**
     * Written by the gateway, or believed by some servers although any client can write them: the address of the client,
     * another path or method than the ones that were matched, a proxy for scripts (httpoxy).
     */
    private static final Set<String> DROPPED = Set.of(
            "host",
            "expect",
            "trailer",
            "cookie",
            "via",
            "forwarded",
            "x-request-id",
            "traceparent",
            "tracestate",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-originating-ip",
            "x-remote-ip",
            "x-remote-addr",
            "true-client-ip",
            "cf-connecting-ip",
            "fastly-client-ip",
            "x-original-host",
            "x-host",
            "x-original-url",
            "x-original-uri",
            "x-rewrite-url",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "proxy");

    /** Nothing that could end a quoted text. */
    private static final Pattern AUTHORITY =
            Pattern.compile("[A-Za-z0-9._~-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");

    private RequestHeaders() {}

    /**
     * Writes the headers for the service.
     *
     * @param received as the client sent them; not changed
     * @param protocol the version by which it sent them, for example {@code 1.1}
     * @param to receives them
     */
    static void write(MultiMap received, String protocol, Passage passage, MultiMap to) {
        write(received, protocol, passage.inbound(), passage.passOn().cookies(), to);
    }

    /**
     * @param passing which of the gateway's own cookies pass
     */
    static void write(MultiMap received, String protocol, Inbound inbound, Set<String> passing, MultiMap to) {
        Set<String> nominated = HopByHop.nominated(received);
        List<String> cookies = List.of();
        List<String> via = List.of();
        for (Map.Entry<String, String> field : received) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (name.equals("cookie")) {
                cookies = plus(cookies, field.getValue());
            } else if (name.equals("via")) {
                via = plus(via, field.getValue());
            } else if (passes(name) && !nominated.contains(name)) {
                Fields.add(field, to);
            }
        }
        String kept = nominated.contains("cookie") ? null : cookies(cookies, passing);
        if (kept != null) {
            to.set(HttpHeaders.COOKIE, kept);
        }
        to.set(VIA, (via.isEmpty() ? "" : String.join(", ", via) + ", ") + protocol + ' ' + PSEUDONYM);
        TraceContext.write(received, to);
        writeOrigin(inbound, to);
        Identity identity = inbound.identity();
        if (identity != null) {
            writeIdentity(identity, to);
        }
    }

    private static List<String> plus(List<String> values, String value) {
        List<String> more = new ArrayList<>(values);
        more.add(value);
        return more;
    }

    /** @param name in lower case */
    private static boolean passes(String name) {
        if (HopByHop.contains(name) || DROPPED.contains(name)) {
            return false;
        }
        for (String prefix : OURS) {
            if (name.startsWith(prefix)) {
                return false;
            }
        }
        // CGI and its children read every other character as the hyphen: X_User_Id would be X-User-Id.
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** HTTP/2 clients may send each cookie in a line of its own; HTTP/1.1 knows one line (RFC 9113 §8.2.3). */
    private static @Nullable String cookies(List<String> lines, Set<String> passing) {
        StringBuilder kept = new StringBuilder();
        for (String line : lines) {
            for (String pair : line.split(";", -1)) {
                String cookie = pair.strip();
                int equals = cookie.indexOf('=');
                String name = equals < 0 ? cookie : cookie.substring(0, equals).strip();
                if (!cookie.isEmpty() && (!PassOn.OURS.contains(name) || passing.contains(name))) {
                    kept.append(kept.isEmpty() ? "" : "; ").append(cookie);
                }
            }
        }
        return kept.isEmpty() ? null : kept.toString();
    }

    /** One hop, seen from here: whatever was in front of the gateway, it has looked through. */
    private static void writeOrigin(Inbound inbound, MultiMap to) {
        String proto = inbound.secure() ? "https" : "http";
        boolean ipv6 = inbound.client().indexOf(':') >= 0;
        StringBuilder forwarded = new StringBuilder("for=")
                .append(ipv6 ? "\"[" : "")
                .append(inbound.client())
                .append(ipv6 ? "]\"" : "");
        String authority = inbound.authority();
        if (authority != null && isAuthority(authority)) {
            forwarded.append(";host=\"").append(authority).append('"');
            to.set(FORWARDED_HOST, authority);
            to.set(FORWARDED_PORT, port(authority, inbound.secure()));
        }
        to.set(FORWARDED, forwarded.append(";proto=").append(proto).toString());
        to.set(FORWARDED_FOR, inbound.client());
        to.set(FORWARDED_PROTO, proto);
        to.set(REQUEST_ID, inbound.requestId());
    }

    /** Whether it is a host without a port, as nearly always. */
    private static boolean isName(String authority) {
        for (int i = 0; i < authority.length(); i++) {
            char c = authority.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '-') {
                return false;
            }
        }
        return !authority.isEmpty();
    }

    /** Whether it is a host, and a port perhaps, and nothing else. */
    static boolean isAuthority(String text) {
        return isName(text) || AUTHORITY.matcher(text).matches();
    }

    private static String port(String authority, boolean secure) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(colon + 1) : secure ? "443" : "80";
    }

    private static void writeIdentity(Identity identity, MultiMap to) {
        to.set(USER_ID, HeaderText.of(identity.subject()));
        to.set(USER_NAME, HeaderText.of(identity.name()));
        String email = identity.email();
        if (email != null) {
            to.set(USER_EMAIL, HeaderText.of(email));
        }
        to.set(USER_ROLES, HeaderText.of(text(identity.roles())));
    }

    private static String text(Set<String> roles) {
        return roles.size() == 1
                ? roles.iterator().next()
                : String.join(",", roles.stream().sorted().toList());
    }
}
