package dev.switchboard.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one server and what they counted. Lives on the {@link Loop}'s thread; {@link #connect}, {@link #close}
 * and {@link #count} may be called from the main thread, which waits.
 */
final class Fleet implements AutoCloseable {
    private static final int CONNECTING_AT_ONCE = 50;
    private static final int CHECKED_CLIENTS = 5;
    private static final int KEEP_ALIVE_SLICES = 20;

    private final Loop loop;
    private final Protocol protocol;
    private final InetSocketAddress server;
    private final List<Client> clients = new ArrayList<>();
    private int wanted;
    private int ready;
    private int slice;
    private @Nullable ScheduledFuture<?> keepAlives;
    private @Nullable String trouble;

    long deliveries;
    long bytes;
    long sent;
    long acknowledged;
    long refused;
    final Latencies deliveryTimes = new Latencies();
    final Latencies acknowledgementTimes = new Latencies();

    /** What was counted so far. */
    record Count(long nanos, long deliveries, long bytes, long sent, long acknowledged, long refused) {}

    Fleet(Loop loop, Protocol protocol, InetSocketAddress server) {
        this.loop = loop;
        this.protocol = protocol;
        this.server = server;
    }

    Protocol protocol() {
        return protocol;
    }

    /**
     * Connects so many clients and waits until all are registered.
     *
     * @throws IllegalStateException when one is refused, or not all are ready within {@code seconds}
     */
    void connect(int count, int seconds) {
        loop.run(() -> {
            wanted = count;
            for (int i = 0; i < Math.min(CONNECTING_AT_ONCE, count); i++) {
                connectNext();
            }
            long period = TimeUnit.SECONDS.toMillis(protocol.keepAliveSeconds()) / KEEP_ALIVE_SLICES;
            if (!protocol.keepAlive().isEmpty()) {
                keepAlives =
                        loop.executor().scheduleAtFixedRate(this::keepAlive, period, period, TimeUnit.MILLISECONDS);
            }
        });
        if (!Waiting.until(seconds, () -> loop.call(() -> ready == count || trouble != null))) {
            throw new IllegalStateException(
                    "only " + loop.call(() -> ready) + " of " + count + " clients were ready within " + seconds + " s");
        }
        if (trouble() != null) {
            throw new IllegalStateException("a client could not connect: " + trouble());
        }
    }

    private void connectNext() {
        if (clients.size() == wanted) {
            return;
        }
        Client client = new Client(this, clients.size(), Stamp.mark());
        clients.add(client);
        Bootstrap bootstrap = loop.clients(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(client);
            }
        });
        ChannelFuture connecting = bootstrap.connect(server);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                ended(client, String.valueOf(done.cause()));
            }
        });
    }

    private void keepAlive() {
        for (int i = slice; i < clients.size(); i += KEEP_ALIVE_SLICES) {
            clients.get(i).send(protocol.keepAlive());
        }
        slice = (slice + 1) % KEEP_ALIVE_SLICES;
    }

    void isReady(Client client) {
        ready++;
        connectNext();
    }

    void ended(Client client, String reason) {
        if (wanted > 0 && trouble == null) {
            trouble = "client " + client.number() + ": " + reason;
        }
    }

    void refused(String answer) {
        refused++;
        if (refused == 1) {
            trouble = "refused: " + answer;
        }
    }

    /** Why the run cannot go on: a client that was cut off, or a message that was refused. Null while all is well. */
    @Nullable
    String trouble() {
        return loop.call(() -> trouble);
    }

    int size() {
        return wanted;
    }

    /** Sends one message by one of the clients in turn. On the loop's thread. */
    void publish(long nanos) {
        Client client = clients.get((int) (sent % wanted));
        client.send(protocol.message(client, nanos, (int) sent));
        sent++;
    }

    /** Counts from zero, with a few clients looking at every message. */
    void restart() {
        loop.run(() -> {
            deliveries = 0;
            bytes = 0;
            sent = 0;
            acknowledged = 0;
            refused = 0;
            clearTimes();
            clients.forEach(client -> client.restart(client.number() < CHECKED_CLIENTS));
        });
    }

    void clearTimes() {
        deliveryTimes.clear();
        acknowledgementTimes.clear();
    }

    Count count() {
        return loop.call(() -> new Count(System.nanoTime(), deliveries, bytes, sent, acknowledged, refused));
    }

    /** Whether every client in a room of all got every message that was sent. */
    boolean allDelivered() {
        return loop.call(() -> clients.stream().allMatch(client -> client.delivered() == sent));
    }

    /** What was wrong with the messages of the clients that look at each, or null. */
    @Nullable
    String fault() {
        return loop.call(() -> clients.stream()
                .map(Client::fault)
                .filter(fault -> fault != null)
                .findFirst()
                .orElse(null));
    }

    @Override
    public void close() {
        loop.run(() -> {
            wanted = 0;
            if (keepAlives != null) {
                keepAlives.cancel(false);
            }
            clients.forEach(Client::cut);
        });
    }
}
