package dev.switchboard.support;

import dev.switchboard.support.Witness.Took;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** WebSockets through the gateway to an {@link EchoService}, each opened again whenever it is closed. */
public final class Tunnels implements AutoCloseable {
    private static final int LONGEST_PAUSE_MS = 300;
    private static final int AGAIN_MS = 100;

    private final Vertx vertx;
    private final URI door;
    private final WebSocketClient opener;
    private final List<Integer> codes = new CopyOnWriteArrayList<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final List<Took> reconnects = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean over;

    public Tunnels(Vertx vertx, URI door, int count) {
        this.vertx = vertx;
        this.door = door;
        this.opener = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(2 * count));
        for (int i = 0; i < count; i++) {
            vertx.setTimer(1 + i, t -> open(0));
        }
    }

    private void open(long lostAt) {
        if (over) {
            return;
        }
        opener.connect(new WebSocketConnectOptions()
                        .setHost(door.getHost())
                        .setPort(door.getPort())
                        .setURI("/echo/socket"))
                .onFailure(failure -> {
                    troubles.add(failure.toString());
                    vertx.setTimer(AGAIN_MS, t -> open(lostAt));
                })
                .onSuccess(socket -> {
                    if (lostAt != 0) {
                        long now = System.nanoTime();
                        reconnects.add(new Took(now, now - lostAt));
                    }
                    open.incrementAndGet();
                    socket.closeHandler(v -> lost(socket));
                });
    }

    private void lost(WebSocket socket) {
        if (!over) {
            open.decrementAndGet();
            codes.add(socket.closeStatusCode() == null ? -1 : (int) socket.closeStatusCode());
            long now = System.nanoTime();
            vertx.setTimer(1 + ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MS), t -> open(now));
        }
    }

    /** How many are open. */
    public int open() {
        return open.get();
    }

    /** With what they were closed; -1 for without a word. */
    public List<Integer> codes() {
        return List.copyOf(codes);
    }

    /** Why one could not be opened, each time. */
    public List<String> troubles() {
        return List.copyOf(troubles);
    }

    /** How long it took until each was open again. */
    public List<Took> reconnects() {
        return List.copyOf(reconnects);
    }

    @Override
    public void close() {
        over = true;
    }
}
