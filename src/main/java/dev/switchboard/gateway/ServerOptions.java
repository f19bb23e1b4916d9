package dev.switchboard.gateway;

import dev.switchboard.config.Section;
import dev.switchboard.gateway.http.AnswerHeaders;
import dev.switchboard.gateway.http.ClientTimes;
import dev.switchboard.gateway.http.TrustedProxies;
import dev.switchboard.gateway.http.XsrfProof;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listener. Sizes are in bytes.
 *
 * @param corsOrigins origins of foreign pages that may call; {@code *} alone for any; empty for none
 * @param trustedProxies addresses or networks whose forwarding headers are believed
 * @param maxClientConnections of one client address (an IPv6 one by its /64) on one node, but for loopback and trusted
 *     proxies; 0 for any number
 * @param secureCookies whether cookies are for TLS alone, although nothing tells this node that clients speak it
 * @param shutdownTimeout from the request to stop to the end of the last request
 * @param drainDelay the first part of it, in which the node is not ready any more, and serves all the same
 * @param maxBody of an operation's request
 * @param maxFrame of a WebSocket frame from a client
 * @param maxMessage of a WebSocket message from a client
 * @param http2 whether clients may speak HTTP/2: agreed on with TLS (ALPN), from the first byte without
 * @param tls null for none
 * @param times how long clients may take
 * @param headers of every answer
 * @param xsrf what pages must show beside their cookies
 */
public record ServerOptions(
        String host,
        int port,
        List<String> corsOrigins,
        List<String> trustedProxies,
        int maxClientConnections,
        boolean secureCookies,
        Duration shutdownTimeout,
        Duration drainDelay,
        int maxBody,
        int maxFrame,
        int maxMessage,
        boolean http2,
        @Nullable TlsOptions tls,
        ClientTimes times,
        AnswerHeaders headers,
        XsrfProof xsrf) {

    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final Duration LONGEST_SHUTDOWN = Duration.ofMinutes(10);

    public static ServerOptions from(Section section) {
        Duration shutdown = section.duration("shutdownTimeout", Duration.ZERO, LONGEST_SHUTDOWN);
        Duration delay = section.duration("drainDelay", Duration.ZERO, LONGEST_SHUTDOWN);
        if (!delay.isZero() && delay.compareTo(shutdown) >= 0) {
            section.problem("drainDelay", "expected less than shutdownTimeout, which it is a part of");
        }
        return new ServerOptions(
                section.text("host"),
                section.integer("port", 0, 65_535),
                section.list("corsOrigin"),
                TrustedProxies.networks(section, "trustedProxies"),
                section.integer("maxClientConnections", 0, MOST_CONNECTIONS),
                section.bool("secureCookies"),
                shutdown,
                delay,
                section.bytes("maxBody", 1_024, 64 << 20),
                section.bytes("maxFrame", 1_024, 16 << 20),
                section.bytes("maxMessage", 1_024, 16 << 20),
                section.bool("http2"),
                TlsOptions.from(section.section("tls")),
                ClientTimes.from(section),
                AnswerHeaders.from(section.section("headers")),
                section.oneOf("xsrf", XsrfProof.class));
    }

    /** The same with another certificate, or none. */
    public ServerOptions withTls(@Nullable TlsOptions other) {
        return new ServerOptions(
                host,
                port,
                corsOrigins,
                trustedProxies,
                maxClientConnections,
                secureCookies,
                shutdownTimeout,
                drainDelay,
                maxBody,
                maxFrame,
                maxMessage,
                http2,
                other,
                times,
                headers,
                xsrf);
    }
}
