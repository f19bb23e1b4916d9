package dev.switchboard.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP requests over some connections, either as many as the server answers or at a rate that does not care how it does
 * ("open loop"): those come at random, as those of independent people do, and their time runs from the moment at which they
 * were due, also while all connections are taken.
 */
final class HttpLoad implements HttpConnection.Listener, AutoCloseable {
    private static final int CONNECT_SECONDS = 10;

    /** The same requests at the same times for everybody. */
    private static final long SEED = 42;

    private final Loop loop;
    private final List<ByteBuf> requests;
    private final List<HttpConnection> connections = new ArrayList<>();
    private final ArrayDeque<HttpConnection> free = new ArrayDeque<>();
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private final Random random = new Random(SEED);
    private int next;
    private boolean closed;
    private boolean pressing;
    private double nanosEach;
    private double due;
    private @Nullable String trouble;
    private long answers;
    private final Latencies times = new Latencies();

    /** Connects. */
    HttpLoad(Loop loop, InetSocketAddress server, int count, List<String> requests) {
        this.loop = loop;
        this.requests = requests.stream()
                .map(text -> Unpooled.unreleasableBuffer(
                        Unpooled.directBuffer(text.length()).writeBytes(text.getBytes(StandardCharsets.US_ASCII))))
                .toList();
        loop.run(() -> {
            for (int i = 0; i < count; i++) {
                connect(server);
            }
        });
        if (!Waiting.until(CONNECT_SECONDS, () -> loop.call(() -> free.size() == count || trouble != null))) {
            throw new IllegalStateException("not all connected within " + CONNECT_SECONDS + " s");
        }
        check();
    }

    private void connect(InetSocketAddress server) {
        HttpConnection connection = new HttpConnection(this);
        connections.add(connection);
        loop.clients(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(connection);
                    }
                })
                .connect(server)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        failed(String.valueOf(done.cause()));
                    }
                });
    }

    /** As many as the server answers, one after the other on each connection. */
    void press(double seconds) {
        loop.run(() -> {
            pressing = true;
            // None is free when this goes on from a press before.
            for (HttpConnection each = free.poll(); each != null; each = free.poll()) {
                send(each, System.nanoTime());
            }
        });
        Waiting.until(seconds, () -> trouble() != null);
        check();
    }

    /** One request. */
    void once() {
        loop.run(() -> send(free.remove(), System.nanoTime()));
    }

    /** No more requests; waits for the answers that are owed. */
    void stop() {
        loop.run(() -> {
            pressing = false;
            nanosEach = 0;
        });
        Waiting.until(CONNECT_SECONDS, () -> loop.call(() -> free.size() == connections.size() && waiting.isEmpty()));
        check();
    }

    /** So many a second on average. */
    void offer(double perSecond, double seconds) {
        loop.run(() -> {
            if (nanosEach == 0) {
                nanosEach = TimeUnit.SECONDS.toNanos(1) / perSecond;
                due = System.nanoTime();
                sendDue();
            }
        });
        Waiting.until(seconds, () -> trouble() != null);
        check();
    }

    private void sendDue() {
        if (nanosEach == 0) {
            return;
        }
        while (due <= System.nanoTime()) {
            HttpConnection connection = free.poll();
            if (connection == null) {
                waiting.add((long) due);
            } else {
                send(connection, (long) due);
            }
            due -= Math.log(1 - random.nextDouble()) * nanosEach;
        }
        loop.executor().schedule(this::sendDue, (long) due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void send(HttpConnection connection, long dueNanos) {
        connection.send(requests.get(next), dueNanos);
        next = (next + 1) % requests.size();
    }

    @Override
    public void connected(HttpConnection connection) {
        free.add(connection);
    }

    @Override
    public void answered(HttpConnection connection, long dueNanos) {
        long now = System.nanoTime();
        answers++;
        times.add(now - dueNanos);
        if (pressing) {
            send(connection, now);
            return;
        }
        Long first = waiting.poll();
        if (first == null) {
            free.add(connection);
        } else {
            send(connection, first);
        }
    }

    @Override
    public void failed(String why) {
        if (!closed && trouble == null) {
            trouble = why;
        }
    }

    private @Nullable String trouble() {
        return loop.call(() -> trouble);
    }

    private void check() {
        String why = trouble();
        if (why != null) {
            throw new IllegalStateException(why);
        }
    }

    /** Answers so far. */
    long answers() {
        return loop.call(() -> answers);
    }

    void clearTimes() {
        loop.run(times::clear);
    }

    double millis(double share) {
        return loop.call(() -> times.millis(share));
    }

    @Override
    public void close() {
        loop.run(() -> {
            closed = true;
            connections.forEach(HttpConnection::cut);
        });
    }
}
