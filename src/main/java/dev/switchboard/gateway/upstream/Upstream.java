package dev.switchboard.gateway.upstream;

import java.util.Set;

/** A service of one or more addresses. What is known of them is the whole node's; safe to share between event loops. */
public interface Upstream {
    String name();

    /** As they are now: a change of the settings shows here without a new object. */
    UpstreamOptions options();

    /**
     * Chooses the address for the next attempt of an HTTP request and counts it as busy until the attempt is over. Never
     * waits: requests beyond {@code maxConnections} wait in the client's own queue, which this bounds by refusing what is
     * beyond {@code maxWaiting} too.
     *
     * @param tried addresses that this request has failed at; they are chosen again only when there is no other. Empty for
     *     the first attempt of a request
     * @throws dev.switchboard.protocol.FaultException {@code upstream_unreachable} or {@code unavailable} (both 503, with the
     *     time after which a retry makes sense) when no address is well, the circuit is open, or too many wait already
     */
    Attempt choose(Set<Address> tried);

    /**
     * As {@link #choose}, for a WebSocket: counted apart, against {@code maxSockets}, so that sockets that stay for hours
     * leave the requests their room.
     */
    default Attempt chooseForSocket(Set<Address> tried) {
        return choose(tried);
    }

    /** Takes a retry out of the budget (a share of the requests of the last seconds); false when it is spent. */
    boolean mayRetry();
}
