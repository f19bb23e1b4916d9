package dev.switchboard.gateway.upstream;

import java.util.Set;

/** A service of one or more addresses, as one event loop sees it; what is known of the addresses is the whole node's. */
public interface Upstream {
    String name();

    UpstreamOptions options();

    /**
     * Chooses the address for the next attempt and counts it as busy until the attempt is over.
     *
     * @param tried addresses that this request has failed at; they are chosen again only when there is no other
     * @throws dev.switchboard.protocol.FaultException {@code upstream_unreachable} or {@code unavailable} (both 503, with the
     *     time after which a retry makes sense) when no address is well, the circuit is open, or too many wait already
     */
    Attempt choose(Set<Address> tried);

    /** Takes a retry out of the budget (a share of the requests of the last seconds); false when it is spent. */
    boolean mayRetry();
}
