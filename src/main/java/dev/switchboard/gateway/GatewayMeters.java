package dev.switchboard.gateway;

import dev.switchboard.gateway.upstream.UpstreamState;
import dev.switchboard.gateway.upstream.UpstreamState.AddressState;
import dev.switchboard.gateway.upstream.UpstreamState.Circuit;
import dev.switchboard.gateway.upstream.UpstreamState.Health;
import dev.switchboard.gateway.upstream.UpstreamState.Outcome;
import dev.switchboard.gateway.upstream.UpstreamState.Refusals;
import dev.switchboard.ops.Meters;
import io.micrometer.core.instrument.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** How the gateway of a node is, as metrics. Services come and go with the settings, and their meters with them. */
public final class GatewayMeters {
    private static final String LABEL = "upstream";

    private final Meters meters;
    private final Supplier<GatewayState> gateway;
    private final Map<String, List<Meter>> known = new ConcurrentHashMap<>();
    private volatile Map<String, UpstreamState> upstreams = Map.of();

    /** @param gateway asked at every scrape */
    public GatewayMeters(Meters meters, Supplier<GatewayState> gateway) {
        this.meters = meters;
        this.gateway = gateway;
        meters.counter(
                "switchboard_limit_decided_by_node_total",
                "Requests whose limit this node decided by itself because Redis did not answer in time.",
                () -> gateway.get().limitedByNode());
        meters.counter(
                "switchboard_client_connections_refused_total",
                "Connections that were closed at once because their address had too many.",
                () -> gateway.get().refusedConnections());
    }

    /** To be called before the meters are read. */
    public void refresh() {
        Map<String, UpstreamState> now = gateway.get().upstreams().stream()
                .collect(Collectors.toUnmodifiableMap(UpstreamState::name, Function.identity()));
        upstreams = now;
        now.keySet().forEach(name -> known.computeIfAbsent(name, this::upstream));
        known.forEach((name, all) -> {
            if (!now.containsKey(name) && known.remove(name, all)) {
                all.forEach(meters::remove);
            }
        });
    }

    private List<Meter> upstream(String name) {
        List<Meter> all = new ArrayList<>();
        for (Circuit circuit : Circuit.values()) {
            all.add(gauge(
                    name,
                    "switchboard_upstream_circuit",
                    "1 for the state in which the circuit is.",
                    state -> state.circuit() == circuit ? 1 : 0,
                    "state",
                    Meters.label(circuit)));
        }
        for (Health health : Health.values()) {
            all.add(gauge(
                    name,
                    "switchboard_upstream_addresses",
                    "Addresses of the service, by how they are.",
                    state -> state.addresses().stream()
                            .filter(address -> address.health() == health)
                            .count(),
                    "health",
                    Meters.label(health)));
        }
        all.add(gauge(name, "switchboard_upstream_requests", "Requests under way.", UpstreamState::busy));
        all.add(gauge(
                name,
                "switchboard_upstream_sockets",
                "WebSockets that are open.",
                state -> sum(state, AddressState::sockets)));
        all.add(counter(
                name,
                "switchboard_upstream_ejections_total",
                "Times that an address was left out for its failures.",
                state -> sum(state, AddressState::ejections)));
        for (Outcome outcome : Outcome.values()) {
            all.add(counter(
                    name,
                    "switchboard_upstream_attempts_total",
                    "Requests and WebSockets sent to an address, repeats among them, by what came of them.",
                    state -> state.attempts().getOrDefault(outcome, 0L),
                    "outcome",
                    Meters.label(outcome)));
        }
        refusals(name, "unreachable", Refusals::unreachable, all);
        refusals(name, "circuit_open", Refusals::open, all);
        refusals(name, "saturated", Refusals::saturated, all);
        refusals(name, "retry_budget", Refusals::retries, all);
        return List.copyOf(all);
    }

    private void refusals(String name, String reason, ToLongFunction<Refusals> count, List<Meter> all) {
        all.add(counter(
                name,
                "switchboard_upstream_refused_total",
                "Requests, or repeats of them, that were not sent to the service.",
                state -> count.applyAsLong(state.refusals()),
                "reason",
                reason));
    }

    private static long sum(UpstreamState state, ToLongFunction<AddressState> figure) {
        return state.addresses().stream().mapToLong(figure).sum();
    }

    private Meter gauge(
            String upstream, String name, String meaning, ToDoubleFunction<UpstreamState> value, String... more) {
        return meters.gauge(
                name,
                meaning,
                () -> {
                    UpstreamState state = upstreams.get(upstream);
                    return state == null ? Double.NaN : value.applyAsDouble(state);
                },
                labels(upstream, more));
    }

    private Meter counter(
            String upstream, String name, String meaning, ToLongFunction<UpstreamState> sum, String... more) {
        return meters.counter(
                name,
                meaning,
                () -> {
                    UpstreamState state = upstreams.get(upstream);
                    return state == null ? 0 : sum.applyAsLong(state);
                },
                labels(upstream, more));
    }

    private static String[] labels(String upstream, String... more) {
        List<String> labels = new ArrayList<>(List.of(LABEL, upstream));
        labels.addAll(List.of(more));
        return labels.toArray(String[]::new);
    }
}
