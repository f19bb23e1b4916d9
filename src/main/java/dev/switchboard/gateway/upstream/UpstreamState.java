package dev.switchboard.gateway.upstream;

import java.util.List;
import java.util.Map;

/**
 * How a service is at one moment, for metrics and health.
 *
 * @param name of the service
 * @param circuit of the service as a whole
 * @param busy requests under way
 * @param addresses each of them
 * @param refusals what was refused since the node started
 * @param attempts what came of those that were let through, since the node started
 */
public record UpstreamState(
        String name,
        Circuit circuit,
        int busy,
        List<AddressState> addresses,
        Refusals refusals,
        Map<Outcome, Long> attempts) {
    /** Whether requests pass. */
    public enum Circuit {
        CLOSED,
        /** Everything is refused. */
        OPEN,
        /** A few probes may pass. */
        HALF_OPEN
    }

    /** What came of an attempt, as soon as it is known: an answer may break off later. */
    public enum Outcome {
        ANSWERED,
        /** With a status of 500 or more. */
        SERVER_ERROR,
        UNREACHABLE,
        TIMEOUT,
        /** What came was no answer. */
        BROKEN,
        /** It ended for another reason, mostly because its client had left. */
        CANCELLED
    }

    /** How an address is. */
    public enum Health {
        /** It answered last, or passes its checks. */
        WELL,
        /** Left out for a time because requests to it failed. */
        EJECTED,
        /** It fails its checks. */
        FAILING,
        /** Nothing has been heard of it yet. */
        UNKNOWN
    }

    /**
     * @param busy requests under way
     * @param sockets open
     * @param ejections since the node started
     */
    public record AddressState(Address address, Health health, int busy, int sockets, long ejections) {}

    /**
     * @param unreachable because no address passes its checks
     * @param open because the circuit was open
     * @param saturated because too many waited
     * @param retries that were not in the budget
     */
    public record Refusals(long unreachable, long open, long saturated, long retries) {}

    /** Whether any address can be asked. */
    public boolean reachable() {
        return circuit != Circuit.OPEN && addresses.stream().anyMatch(address -> address.health() != Health.FAILING);
    }
}
