package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.Attempt;
import dev.switchboard.gateway.upstream.Upstream;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.protocol.Fault;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Asks the addresses in their order, and remembers how each attempt ended. */
final class FakeUpstream implements Upstream {
    /** {@code answered 200}, {@code BROKEN}, {@code cancelled}, …; each attempt once. */
    final Queue<String> ends = new ConcurrentLinkedQueue<>();

    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger retries = new AtomicInteger(100);
    private volatile UpstreamOptions options;

    /** How all attempts ended: it may be known a moment after the client's answer. */
    void ended(String... how) {
        Awaitility.await().untilAsserted(() -> assertThat(ends).containsExactly(how));
    }

    FakeUpstream(UpstreamOptions options) {
        this.options = options;
    }

    /** From now on the service is there. */
    void move(Address address) {
        options = new UpstreamOptions(options.name(), List.of(address));
    }

    @Override
    public String name() {
        return options.name();
    }

    @Override
    public UpstreamOptions options() {
        return options;
    }

    @Override
    public Attempt choose(Set<Address> tried) {
        List<Address> fresh =
                options.addresses().stream().filter(a -> !tried.contains(a)).toList();
        Address address = (fresh.isEmpty() ? options.addresses() : fresh).get(0);
        int most = options.maxConnections() * options.addresses().size() + options.maxWaiting();
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            throw Fault.UNAVAILABLE.because("Too many wait.");
        }
        return new Attempt() {
            private boolean over;

            @Override
            public Address address() {
                return address;
            }

            @Override
            public void answered(int status) {
                end("answered " + status);
            }

            @Override
            public void failed(Failure why) {
                end(why.name());
            }

            @Override
            public void cancelled() {
                end("cancelled");
            }

            private void end(String how) {
                if (!over) {
                    over = true;
                    ends.add(how);
                    open.decrementAndGet();
                }
            }
        };
    }

    @Override
    public boolean mayRetry() {
        return retries.getAndDecrement() > 0;
    }
}
