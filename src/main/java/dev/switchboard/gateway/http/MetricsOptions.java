package dev.switchboard.gateway.http;

import dev.switchboard.config.Section;
import java.util.List;

/**
 * Who may read the metrics, and where.
 *
 * @param allow addresses and networks; nobody else learns that there are any
 * @param host which addresses {@code port} listens on
 * @param port of a listener for metrics and health alone; 0 for the server's own
 */
public record MetricsOptions(List<String> allow, String host, int port) {
    /** Whether the server's own listener answers. */
    public boolean atDoor() {
        return port == 0 && !allow.isEmpty();
    }

    public static MetricsOptions from(Section section) {
        return new MetricsOptions(
                TrustedProxies.networks(section, "allow"), section.text("host"), section.integer("port", 0, 65_535));
    }
}
