package dev.switchboard.gateway.upstream;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a service listens. A host name is looked up when a connection is made; a name with several addresses is one
 * {@code Address} all the same.
 *
 * @param host a name, an IPv4 or an IPv6 address, the last without brackets
 */
public record Address(String host, int port, boolean tls) {
    /** Looser than a URI in one point: the names of containers may have underscores. */
    private static final Pattern URL =
            Pattern.compile("(https?)://(?:\\[([0-9a-fA-F:.]+)]|([A-Za-z0-9._-]+))(?::(\\d{1,5}))?/?");

    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int HIGHEST_PORT = 65_535;

    /** @throws IllegalArgumentException with a message for whoever wrote it */
    public static Address of(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "expected addresses such as http://127.0.0.1:5001 or https://host, without a"
                            + " path (a route's rewrite has one)" + (url.contains("@") ? "" : ", got \"" + url + '"'));
        }
        boolean tls = parts.group(1).equals("https");
        String host = parts.group(2) == null ? parts.group(3) : parts.group(2);
        int port = parts.group(4) == null ? (tls ? HTTPS : HTTP) : Integer.parseInt(parts.group(4));
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("expected a port from 1 to " + HIGHEST_PORT + ", got \"" + url + '"');
        }
        return new Address(host.toLowerCase(Locale.ROOT), port, tls);
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port;
    }
}
