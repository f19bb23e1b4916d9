package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.switchboard.gateway.upstream.Attempt.Failure;
import dev.switchboard.gateway.upstream.UpstreamState.Circuit;
import dev.switchboard.gateway.upstream.UpstreamState.Health;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ServiceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final BreakerRule NO_CIRCUIT =
            new BreakerRule(0, 50, Duration.ofSeconds(5), Duration.ofSeconds(5), 1);
    private static final CheckRule CHECKED =
            new CheckRule("/health", Duration.ofSeconds(7), Duration.ofSeconds(1), 1, 1);

    private final AtomicLong now = new AtomicLong();

    @Test
    void requestsGoRound() {
        Service service = service(3, 10, 0);

        List<Address> asked = IntStream.range(0, 6)
                .mapToObj(i -> service.choose(Set.of()).address())
                .toList();

        assertThat(asked.subList(0, 3)).containsExactlyInAnyOrderElementsOf(Addresses.some(3));
        assertThat(asked.subList(3, 6)).isEqualTo(asked.subList(0, 3));
    }

    @Test
    void whatWasTriedIsTriedAgainOnlyWhenThereIsNoOther() {
        Service service = service(3, 10, 0);
        Set<Address> two = Set.of(Addresses.number(0), Addresses.number(2));

        for (int i = 0; i < 5; i++) {
            assertThat(service.choose(two).address()).isEqualTo(Addresses.number(1));
        }
        assertThat(service.choose(Set.copyOf(Addresses.some(3)))).isNotNull();
    }

    @Test
    void anEjectedAddressIsLeftOutAndComesBack() {
        Service service = service(2, 10, 0);
        Address bad = Addresses.number(0);
        fail(service, bad, 5);

        assertThat(health(service)).containsEntry(bad, Health.EJECTED);
        assertThat(spread(service, 8)).containsOnlyKeys(Addresses.number(1));
        // Its only other address: rather ask an address that failed this request than one that fails all.
        assertThat(service.choose(Set.of(Addresses.number(1))).address()).isEqualTo(Addresses.number(1));
        now.addAndGet(30 * SECOND);
        assertThat(spread(service, 8)).containsOnlyKeys(bad, Addresses.number(1));
        assertThat(service.state().addresses().get(0).ejections()).isEqualTo(1);
    }

    @Test
    void serverErrorsEjectAndOtherAnswersDoNot() {
        Service service = service(3, 1_000, 0);
        for (int i = 0; i < 5; i++) {
            at(service, Addresses.number(0)).answered(500);
            at(service, Addresses.number(1)).answered(404);
        }

        assertThat(health(service))
                .containsEntry(Addresses.number(0), Health.EJECTED)
                .containsEntry(Addresses.number(1), Health.WELL)
                .containsEntry(Addresses.number(2), Health.UNKNOWN);
    }

    @Test
    void theHeadOfAnAnswerCountsAtOnceAndItsEndOnlyMakesRoom() {
        Service service = service(1, 1, 0);
        Attempt attempt = service.choose(Set.of());
        attempt.answering(200);

        assertThat(health(service)).containsValue(Health.WELL);
        assertThat(service.state().busy()).isEqualTo(1);
        attempt.answered(200);
        attempt.answered(200);
        attempt.failed(Failure.BROKEN);
        attempt.cancelled();
        attempt.answering(500);
        assertThat(service.state().busy()).isZero();
    }

    @Test
    void anAnswerThatBreaksOffInTheMiddleIsAFailure() {
        Service service = service(2, 10, 0);
        Address bad = Addresses.number(0);
        for (int i = 0; i < 4; i++) {
            at(service, bad).failed(Failure.BROKEN);
        }
        Attempt attempt = at(service, bad);
        attempt.failed(Failure.BROKEN);

        assertThat(health(service)).containsEntry(bad, Health.EJECTED);
    }

    @Test
    void moreThanAllConnectionsAndAllWaitersIsRefused() {
        Service service = service(2, 2, 3);
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            attempts.add(service.choose(Set.of()));
        }

        assertThat(attempts.stream()
                        .collect(Collectors.groupingBy(Attempt::address, Collectors.counting()))
                        .values())
                .containsExactlyInAnyOrder(3L, 4L);
        FaultException refused = refused(service);
        assertThat(refused.fault()).isEqualTo(Fault.UNAVAILABLE);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        attempts.get(0).cancelled();
        assertThat(service.choose(Set.of())).isNotNull();
        assertThat(service.state().refusals().saturated()).isEqualTo(1);
    }

    @Test
    void anAddressThatIsLeftOutGivesNoRoom() {
        Service service = service(2, 20, 0);
        fail(service, Addresses.number(0), 5);
        for (int i = 0; i < 20; i++) {
            service.choose(Set.of());
        }

        assertThat(refused(service).fault()).isEqualTo(Fault.UNAVAILABLE);
    }

    @Test
    void anAnswerIsJudgedOnce() {
        Service service = service(2, 10, 0);
        for (int i = 0; i < 4; i++) {
            Attempt attempt = at(service, Addresses.number(0));
            attempt.answering(500);
            attempt.answered(500);
        }
        assertThat(health(service)).doesNotContainValue(Health.EJECTED);

        at(service, Addresses.number(0)).answering(500);
        assertThat(health(service)).containsEntry(Addresses.number(0), Health.EJECTED);
    }

    @Test
    void aFreeConnectionGoesBeforeWhoseTurnItIs() {
        Service service = service(2, 2, 5);
        at(service, Addresses.number(0));
        at(service, Addresses.number(0));

        assertThat(spread(service, 2)).containsOnlyKeys(Addresses.number(1));
    }

    @Test
    void socketsAreCountedApart() {
        Service service = new Service(options(2, 1, 0, 2, Balance.LEAST_REQUESTS, null, NO_CIRCUIT), now::get);
        List<Attempt> sockets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sockets.add(service.chooseForSocket(Set.of()));
        }

        assertThat(sockets.stream()
                        .collect(Collectors.groupingBy(Attempt::address, Collectors.counting()))
                        .values())
                .containsExactly(2L, 2L);
        assertThatThrownBy(() -> service.chooseForSocket(Set.of())).isInstanceOf(FaultException.class);
        assertThat(service.choose(Set.of())).isNotNull();
        sockets.forEach(socket -> {
            socket.answering(101);
            socket.cancelled();
        });
        assertThat(service.state().addresses()).allMatch(address -> address.sockets() == 0);
        assertThat(health(service)).doesNotContainValue(Health.UNKNOWN);
    }

    @Test
    void aCircuitOpensRefusesProbesAndCloses() {
        BreakerRule rule = new BreakerRule(3, 50, Duration.ofSeconds(5), Duration.ofSeconds(5), 1);
        Service service = new Service(options(1, 10, 0, 1, Balance.ROUND_ROBIN, null, rule), now::get);
        for (int i = 0; i < 3; i++) {
            service.choose(Set.of()).failed(Failure.TIMEOUT);
        }

        FaultException refused = refused(service);
        assertThat(refused.fault()).isEqualTo(Fault.UNAVAILABLE);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(service.state().circuit()).isEqualTo(Circuit.OPEN);
        assertThat(service.state().reachable()).isFalse();
        assertThat(service.state().busy()).isZero();

        now.addAndGet(5 * SECOND);
        Attempt probe = service.choose(Set.of());
        assertThat(refused(service).retryAfter()).isEqualTo(Duration.ofSeconds(1));
        probe.cancelled();
        assertThat(service.state().circuit()).isEqualTo(Circuit.HALF_OPEN);
        service.choose(Set.of()).answering(200);
        assertThat(service.state().circuit()).isEqualTo(Circuit.CLOSED);
        assertThat(service.state().refusals().open()).isEqualTo(2);
    }

    @Test
    void anApplicationsOwnErrorsDoNotOpenTheCircuit() {
        BreakerRule rule = new BreakerRule(3, 1, Duration.ofSeconds(5), Duration.ofSeconds(5), 1);
        Service service = new Service(options(1, 10, 0, 1, Balance.ROUND_ROBIN, null, rule), now::get);
        for (int i = 0; i < 50; i++) {
            service.choose(Set.of()).answered(500);
        }
        assertThat(service.state().circuit()).isEqualTo(Circuit.CLOSED);
        for (int status : new int[] {502, 503, 504}) {
            service.choose(Set.of()).answered(status);
        }
        assertThat(service.state().circuit()).isEqualTo(Circuit.OPEN);
    }

    @Test
    void anAddressThatDiesWithAllThatIsUnderWayDoesNotCloseTheOthers() {
        BreakerRule rule = new BreakerRule(10, 50, Duration.ofSeconds(5), Duration.ofSeconds(5), 1);
        Service service = new Service(options(2, 100, 0, 100, Balance.ROUND_ROBIN, null, rule), now::get);
        List<Attempt> underWay = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            underWay.add(at(service, Addresses.number(0)));
        }
        underWay.forEach(attempt -> attempt.failed(Failure.BROKEN));

        assertThat(health(service)).containsEntry(Addresses.number(0), Health.EJECTED);
        assertThat(service.state().circuit()).isEqualTo(Circuit.CLOSED);
        assertThat(spread(service, 4)).containsOnlyKeys(Addresses.number(1));
    }

    @Test
    void socketsThatBreakOffCountAgainstTheirAddressAlone() {
        BreakerRule rule = new BreakerRule(1, 1, Duration.ofSeconds(5), Duration.ofSeconds(5), 1);
        Service service = new Service(options(2, 1, 0, 9, Balance.ROUND_ROBIN, null, rule), now::get);
        List<Attempt> sockets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Attempt socket = service.chooseForSocket(Set.of(Addresses.number(1)));
            socket.answering(101);
            sockets.add(socket);
        }
        sockets.forEach(socket -> socket.failed(Failure.BROKEN));

        assertThat(health(service)).containsEntry(Addresses.number(0), Health.EJECTED);
        assertThat(service.state().circuit()).isEqualTo(Circuit.CLOSED);
    }

    @Test
    void addressesThatFailTheirChecksAreNeverAsked() {
        Service service = new Service(options(2, 10, 0, 1, Balance.ROUND_ROBIN, CHECKED, NO_CIRCUIT), now::get);
        Place first = service.places().get(0);
        Place second = service.places().get(1);
        first.checkup(Checkup.NONE.failed(CHECKED));
        assertThat(spread(service, 6)).containsOnlyKeys(second.address());

        // Ejected, but the only one that passes its checks.
        fail(service, second.address(), 5);
        assertThat(spread(service, 4)).containsOnlyKeys(second.address());

        second.checkup(Checkup.NONE.failed(CHECKED));
        FaultException refused = refused(service);
        assertThat(refused.fault()).isEqualTo(Fault.UPSTREAM_UNREACHABLE);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(service.state().reachable()).isFalse();
        assertThat(service.state().refusals().unreachable()).isEqualTo(1);

        first.checkup(first.checkup().passed(CHECKED));
        assertThat(spread(service, 4)).containsOnlyKeys(first.address());
    }

    @Test
    void retriesAreBounded() {
        Service service = service(2, 10, 0);
        for (int i = 0; i < 50; i++) {
            (i % 2 == 0 ? service.choose(Set.of()) : service.chooseForSocket(Set.of())).answered(200);
            service.choose(Set.of(Addresses.number(0))).answered(200); // a retry is no request
        }
        long granted = IntStream.range(0, 30).filter(i -> service.mayRetry()).count();

        assertThat(granted).isEqualTo(10);
        assertThat(service.state().refusals().retries()).isEqualTo(20);
    }

    @Test
    void newSettingsKeepWhatIsKnown() {
        Service service = service(2, 10, 0);
        Attempt old = at(service, Addresses.number(1));
        fail(service, Addresses.number(0), 5);
        service.change(options(4, 3, 1, 1, Balance.LEAST_REQUESTS, null, NO_CIRCUIT));

        assertThat(service.options().maxConnections()).isEqualTo(3);
        assertThat(health(service)).hasSize(4).containsEntry(Addresses.number(0), Health.EJECTED);
        assertThat(service.state().addresses().get(1).busy()).isEqualTo(1);
        assertThat(spread(service, 2)).containsOnlyKeys(Addresses.number(2), Addresses.number(3));

        service.change(options(1, 10, 0, 1, Balance.ROUND_ROBIN, null, NO_CIRCUIT));
        old.failed(Failure.TIMEOUT); // at an address that is gone
        assertThat(health(service)).containsOnlyKeys(Addresses.number(0));
        assertThat(service.choose(Set.of()).address()).isEqualTo(Addresses.number(0));
    }

    /** Attempts come and end in any order and way while time passes and settings change: what was counted is given back. */
    @Property
    void countsReturnToZero(@ForAll @Size(max = 200) List<@IntRange(min = 0, max = 99) Integer> events) {
        AtomicLong time = new AtomicLong();
        BreakerRule circuit = new BreakerRule(4, 50, Duration.ofSeconds(1), Duration.ofSeconds(4), 2);
        Service service = new Service(options(3, 2, 2, 3, Balance.LEAST_REQUESTS, null, circuit), time::get);
        List<Attempt> underWay = new ArrayList<>();
        int addresses = 3;
        for (int event : events) {
            int kind = event % 10;
            try {
                if (kind < 4) {
                    underWay.add(service.choose(kind == 3 ? Set.of(Addresses.number(0)) : Set.of()));
                } else if (kind == 4) {
                    underWay.add(service.chooseForSocket(Set.of()));
                } else if (kind < 9 && !underWay.isEmpty()) {
                    Attempt attempt = underWay.get(event % underWay.size());
                    end(attempt, event / 10);
                } else {
                    time.addAndGet(event * SECOND / 10);
                    addresses = 1 + event % 4;
                    service.change(options(addresses, 2, 2, 3, Balance.ROUND_ROBIN, null, circuit));
                }
            } catch (FaultException refused) {
                assertThat(refused.fault()).isEqualTo(Fault.UNAVAILABLE);
                assertThat(refused.retryAfter()).isPositive();
            }
            long out = health(service).values().stream()
                    .filter(Health.EJECTED::equals)
                    .count();
            assertThat(out).isLessThanOrEqualTo(4);
            assertThat(service.state().busy()).isBetween(0, 4 * 2 + 2);
        }
        underWay.forEach(Attempt::cancelled);
        assertThat(service.state().busy()).isZero();
        assertThat(service.state().addresses()).allMatch(address -> address.busy() == 0 && address.sockets() == 0);
    }

    /** The same with real threads: the bound is exact, the budget too, and nothing is lost. */
    @Test
    @Timeout(300)
    void threadsDoNotLoseCounts() throws InterruptedException, ExecutionException {
        Service service = service(4, 3, 5);
        AtomicInteger busy = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger retries = new AtomicInteger();
        AtomicInteger requests = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                all.add(threads.submit(() -> {
                    List<Attempt> mine = new ArrayList<>();
                    for (int i = 0; i < 20_000; i++) {
                        int random = ThreadLocalRandom.current().nextInt(100);
                        if (random < 50) {
                            requests.incrementAndGet();
                            try {
                                mine.add(service.choose(Set.of()));
                                most.accumulateAndGet(busy.incrementAndGet(), Math::max);
                            } catch (FaultException full) {
                                assertThat(full.fault()).isEqualTo(Fault.UNAVAILABLE);
                            }
                        } else if (!mine.isEmpty()) {
                            busy.decrementAndGet();
                            end(mine.remove(0), random);
                        }
                        if (random > 90 && service.mayRetry()) {
                            retries.incrementAndGet();
                        }
                    }
                    busy.addAndGet(-mine.size());
                    mine.forEach(attempt -> attempt.answered(200));
                }));
            }
            for (Future<?> done : all) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(most.get()).isGreaterThan(1).isLessThanOrEqualTo(4 * 3 + 5);
        assertThat(retries.get()).isPositive().isLessThanOrEqualTo(requests.get() / 5);
        assertThat(service.state().busy()).isZero();
        assertThat(service.state().addresses()).allMatch(address -> address.busy() == 0);
    }

    private static void end(Attempt attempt, int how) {
        switch (how % 7) {
            case 0 -> attempt.cancelled();
            case 1 -> attempt.failed(Failure.UNREACHABLE);
            case 2 -> attempt.failed(Failure.TIMEOUT);
            case 3 -> attempt.answered(503);
            case 4 -> {
                attempt.answering(200);
                attempt.failed(Failure.BROKEN);
            }
            case 5 -> {
                attempt.answering(200);
                attempt.cancelled();
            }
            default -> attempt.answered(200);
        }
    }

    private Service service(int addresses, int connections, int waiting) {
        return new Service(
                options(addresses, connections, waiting, 1, Balance.ROUND_ROBIN, null, NO_CIRCUIT), now::get);
    }

    private static UpstreamOptions options(
            int addresses,
            int connections,
            int waiting,
            int sockets,
            Balance balance,
            @org.jspecify.annotations.Nullable CheckRule check,
            BreakerRule circuit) {
        return new UpstreamOptions(
                "chat",
                Addresses.some(addresses),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                connections,
                waiting,
                sockets,
                balance,
                check,
                EjectionRule.DEFAULT,
                RetryRule.DEFAULT,
                circuit);
    }

    /** An attempt at that address, which is not ejected. */
    private static Attempt at(Service service, Address address) {
        return service.choose(service.options().addresses().stream()
                .filter(other -> !other.equals(address))
                .collect(Collectors.toSet()));
    }

    private static void fail(Service service, Address address, int times) {
        for (int i = 0; i < times; i++) {
            Attempt attempt = at(service, address);
            assertThat(attempt.address()).isEqualTo(address);
            attempt.failed(Failure.UNREACHABLE);
        }
    }

    private static Map<Address, Long> spread(Service service, int requests) {
        List<Attempt> attempts = IntStream.range(0, requests)
                .mapToObj(i -> service.choose(Set.of()))
                .toList();
        attempts.forEach(Attempt::cancelled);
        return attempts.stream()
                .map(Attempt::address)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private static FaultException refused(Service service) {
        return catchThrowableOfType(FaultException.class, () -> service.choose(Set.of()));
    }

    private static Map<Address, Health> health(Service service) {
        return service.state().addresses().stream()
                .collect(Collectors.toMap(UpstreamState.AddressState::address, UpstreamState.AddressState::health));
    }
}
