package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.route.PassOn;
import dev.switchboard.gateway.upstream.Upstream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with a request that was let in.
 *
 * @param upstream the service that it is for
 * @param path to ask for: the path that was matched, or what the route makes of it; the query of the request is added
 * @param timeout from the end of the request to the head of the answer, retries included; also the longest that a request
 *     waits for a connection
 * @param maxBody bytes of the request's body
 * @param passOn what the service gets although it is the gateway's
 */
public record Passage(Upstream upstream, String path, Duration timeout, long maxBody, Inbound inbound, PassOn passOn) {
    /** The host to name to the service; null for its own. */
    @Nullable
    String host() {
        String asked = inbound.authority();
        return passOn.host() && asked != null && RequestHeaders.isAuthority(asked) ? asked : null;
    }
}
