package dev.switchboard.gateway.upstream;

import dev.switchboard.gateway.upstream.UpstreamState.AddressState;
import dev.switchboard.gateway.upstream.UpstreamState.Health;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * An upstream whose state is shared by the event loops of a node: counters, and immutable snapshots that are changed by
 * compare-and-set. It outlives changes of its settings; what is known of addresses that stay, stays.
 */
final class Service implements Upstream {
    /** Room comes free whenever a request ends; a second is the least that Retry-After can say. */
    private static final Duration SATURATED = Duration.ofSeconds(1);

    private final TrackRecord record;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final LongAdder unreachable = new LongAdder();
    private final LongAdder saturated = new LongAdder();
    private volatile Setup setup;

    /** Options and what is counted for their addresses, in the same order. */
    private record Setup(UpstreamOptions options, List<Place> places) {}

    /** @param clock nanoseconds from any origin, never negative, never going back */
    Service(UpstreamOptions options, LongSupplier clock) {
        record = new TrackRecord(clock);
        setup = new Setup(options, options.addresses().stream().map(Place::new).toList());
    }

    @Override
    public String name() {
        return setup.options().name();
    }

    @Override
    public UpstreamOptions options() {
        return setup.options();
    }

    List<Place> places() {
        return setup.places();
    }

    TrackRecord record() {
        return record;
    }

    /** From now on with these settings. By one thread at a time. */
    void change(UpstreamOptions options) {
        Map<Address, Place> known =
                setup.places().stream().collect(Collectors.toMap(Place::address, Function.identity()));
        setup = new Setup(
                options,
                options.addresses().stream()
                        .map(address -> {
                            Place place = known.get(address);
                            return place == null ? new Place(address) : place;
                        })
                        .toList());
        record.retain(options.addresses());
    }

    @Override
    public boolean mayRetry() {
        return record.mayRetry(options().retries());
    }

    @Override
    public Attempt choose(Set<Address> tried) {
        Setup now = setup;
        UpstreamOptions options = now.options();
        count(tried);
        List<Place> well = well(now);
        long most = (long) options.maxConnections() * well.size() + options.maxWaiting();
        if (!increment(requests, most)) {
            throw saturated();
        }
        long round = admit(options, requests);
        List<Place> candidates = preferring(well, place -> !tried.contains(place.address()));
        List<Place> free = matching(candidates, place -> place.requests().get() < options.maxConnections());
        // Who must wait anyway waits where the fewest do.
        Place place = free.isEmpty()
                ? pick(Balance.LEAST_REQUESTS, candidates, Place::requests)
                : pick(options.balance(), free, Place::requests);
        place.requests().incrementAndGet();
        return new RunningAttempt(this, place, round, requests, place.requests());
    }

    @Override
    public Attempt chooseForSocket(Set<Address> tried) {
        Setup now = setup;
        UpstreamOptions options = now.options();
        count(tried);
        List<Place> left = preferring(well(now), place -> !tried.contains(place.address()));
        while (true) {
            List<Place> free = matching(left, place -> place.sockets().get() < options.maxSockets());
            if (free.isEmpty()) {
                throw saturated();
            }
            Place place = pick(options.balance(), free, Place::sockets);
            if (increment(place.sockets(), options.maxSockets())) {
                return new RunningAttempt(this, place, admit(options, place.sockets()), place.sockets());
            }
            left = matching(free, other -> other != place);
        }
    }

    /** For the retry budget. */
    private void count(Set<Address> tried) {
        if (tried.isEmpty()) {
            record.requested();
        }
    }

    /** Addresses that may be asked: ejected ones only when there is no other, those that fail their checks never. */
    private List<Place> well(Setup now) {
        List<Place> passing = matching(now.places(), place -> !place.failing());
        CheckRule check = now.options().check();
        if (passing.isEmpty() && check != null) {
            unreachable.increment();
            throw Fault.UPSTREAM_UNREACHABLE
                    .because("The service cannot be reached.")
                    .retryIn(check.interval());
        }
        return preferring(passing.isEmpty() ? now.places() : passing, place -> !record.isEjected(place.address()));
    }

    /** @param counted what was counted for the attempt already, and is taken back when it is refused */
    private long admit(UpstreamOptions options, AtomicInteger counted) {
        try {
            return record.admit(options.circuit());
        } catch (FaultException refused) {
            counted.decrementAndGet();
            throw refused;
        }
    }

    private FaultException saturated() {
        saturated.increment();
        return Fault.UNAVAILABLE
                .because("The service has too much to do at the moment.")
                .retryIn(SATURATED);
    }

    private Place pick(Balance balance, List<Place> among, Function<Place, AtomicInteger> load) {
        return among.size() == 1
                ? among.get(0)
                : among.get(
                        balance.pick(among.size(), i -> load.apply(among.get(i)).get(), turn.getAndIncrement()));
    }

    private static boolean increment(AtomicInteger count, long most) {
        return count.getAndUpdate(before -> before < most ? before + 1 : before) < most;
    }

    private static List<Place> preferring(List<Place> places, Predicate<Place> rule) {
        List<Place> preferred = matching(places, rule);
        return preferred.isEmpty() ? places : preferred;
    }

    /** The list itself when all match, which is nearly always. */
    private static List<Place> matching(List<Place> places, Predicate<Place> rule) {
        for (Place place : places) {
            if (!rule.test(place)) {
                List<Place> matching = new ArrayList<>(places);
                matching.removeIf(rule.negate());
                return matching;
            }
        }
        return places;
    }

    UpstreamState state() {
        Setup now = setup;
        return new UpstreamState(
                now.options().name(),
                record.circuit(),
                requests.get(),
                now.places().stream()
                        .map(place -> new AddressState(
                                place.address(),
                                health(place),
                                place.requests().get(),
                                place.sockets().get(),
                                place.ejections().get()))
                        .toList(),
                new UpstreamState.Refusals(
                        unreachable.sum(), record.refused(), saturated.sum(), record.refusedRetries()),
                record.attempts());
    }

    private Health health(Place place) {
        if (place.failing()) {
            return Health.FAILING;
        }
        if (record.isEjected(place.address())) {
            return Health.EJECTED;
        }
        return place.known() ? Health.WELL : Health.UNKNOWN;
    }
}
