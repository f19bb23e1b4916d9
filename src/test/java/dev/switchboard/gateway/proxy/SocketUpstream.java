package dev.switchboard.gateway.proxy;

import dev.switchboard.config.Authorities;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.Attempt;
import dev.switchboard.gateway.upstream.Upstream;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.protocol.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Addresses in their order; remembers what became of every attempt. */
final class SocketUpstream implements Upstream {
    final List<String> outcomes = new CopyOnWriteArrayList<>();
    final List<Integer> answering = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    volatile boolean retries = true;
    private final UpstreamOptions options;

    SocketUpstream(
            List<Address> addresses,
            Duration connectTimeout,
            Duration idleTimeout,
            int maxSockets,
            @Nullable Authorities tls) {
        var usual = new UpstreamOptions(
                "chat", addresses, connectTimeout, idleTimeout, Duration.ofSeconds(5), 10, 10, maxSockets);
        options = new UpstreamOptions(
                usual.name(),
                usual.addresses(),
                usual.connectTimeout(),
                usual.idleTimeout(),
                usual.keepAlive(),
                usual.maxConnections(),
                usual.maxWaiting(),
                usual.maxSockets(),
                usual.balance(),
                usual.check(),
                usual.ejection(),
                usual.retries(),
                usual.circuit(),
                usual.http2(),
                tls);
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
        open.incrementAndGet();
        return attempt(tried);
    }

    /** Attempts that are not over. */
    int open() {
        return open.get();
    }

    @Override
    public Attempt chooseForSocket(Set<Address> tried) {
        if (open.incrementAndGet() > options.maxSockets()) {
            open.decrementAndGet();
            throw Fault.UNAVAILABLE.because("There is no room for another socket.");
        }
        return attempt(tried);
    }

    private Attempt attempt(Set<Address> tried) {
        Address address = options.addresses().stream()
                .filter(a -> !tried.contains(a))
                .findFirst()
                .orElse(options.addresses().get(0));
        return new Attempt() {
            private boolean over;

            private void end(String outcome) {
                if (!over) {
                    over = true;
                    outcomes.add(outcome);
                    open.decrementAndGet();
                }
            }

            @Override
            public Address address() {
                return address;
            }

            @Override
            public void answering(int status) {
                answering.add(status);
            }

            @Override
            public void answered(int status) {
                end(Integer.toString(status));
            }

            @Override
            public void failed(Failure why) {
                end(why.name());
            }

            @Override
            public void cancelled() {
                end("cancelled");
            }
        };
    }

    @Override
    public boolean mayRetry() {
        return retries;
    }
}
