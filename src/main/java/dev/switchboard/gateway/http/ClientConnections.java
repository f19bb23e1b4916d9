package dev.switchboard.gateway.http;

import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections each client address has to a node, so that one alone cannot have them all. An IPv6 address counts as
 * its /64. Remembers no more addresses than there are connections. Safe to share between event loops.
 */
public final class ClientConnections {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnections.class);

    /** Whoever is on this machine is a proxy, or ourselves. */
    private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1");

    private record Rule(int most, TrustedProxies exempt) {}

    private volatile Rule rule;
    private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();

    /**
     * @param most of one address; 0 for any number
     * @param exempt whose connections are not counted
     */
    public ClientConnections(int most, TrustedProxies exempt) {
        this.rule = new Rule(most, exempt);
    }

    /** Neither proxies nor connections of this machine are counted. */
    public static ClientConnections of(int most, List<String> proxies) {
        return new ClientConnections(most, exempt(proxies));
    }

    private static TrustedProxies exempt(List<String> proxies) {
        List<String> exempt = new ArrayList<>(proxies);
        exempt.addAll(LOOPBACK);
        return new TrustedProxies(exempt);
    }

    /** From now on with these settings, for new connections. */
    public void change(int most, List<String> proxies) {
        rule = new Rule(most, exempt(proxies));
    }

    /** Counts a new connection until it is closed; false when there are too many from its address. */
    public boolean admit(NetSocket socket) {
        String site = site(
                socket.remoteAddress() == null ? null : socket.remoteAddress().hostAddress());
        if (site == null) {
            return true;
        }
        if (!enter(site)) {
            return false;
        }
        ((NetSocketInternal) socket)
                .channelHandlerContext()
                .channel()
                .closeFuture()
                .addListener(closed -> leave(site));
        return true;
    }

    /** What an address counts as; null when it does not. */
    @Nullable
    String site(@Nullable String address) {
        Rule now = rule;
        return now.most() == 0 || address == null || now.exempt().trusts(address) ? null : TrustedProxies.site(address);
    }

    boolean enter(String site) {
        int most = rule.most();
        int now = open.merge(site, 1, Integer::sum);
        if (most == 0 || now <= most) {
            return true;
        }
        leave(site);
        if (Long.bitCount(refused.incrementAndGet()) == 1) {
            // The first, second, fourth, eighth, …: a flood does not fill the log.
            LOG.warn("{} has {} connections: more are closed ({} so far)", site, most, refused);
        }
        return false;
    }

    void leave(String site) {
        open.computeIfPresent(site, (s, count) -> count == 1 ? null : count - 1);
    }

    /** Addresses that have connections which are counted. */
    int sites() {
        return open.size();
    }

    /** Connections that were closed at once since the start. From any thread. */
    public long refused() {
        return refused.get();
    }
}
