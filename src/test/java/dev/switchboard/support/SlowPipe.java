package dev.switchboard.support;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;

/** A network that is slow: passes what comes on its port to another one, and the answers late. */
public final class SlowPipe implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final NetServer server;
    private volatile long delayMillis;

    /** Nothing is late yet. */
    public SlowPipe(int target) {
        server = get(vertx.createNetServer()
                .connectHandler(client -> {
                    client.pause();
                    vertx.createNetClient()
                            .connect(target, "127.0.0.1")
                            .onSuccess(to -> join(client, to))
                            .onFailure(failure -> client.close());
                })
                .listen(0, "127.0.0.1"));
    }

    private void join(NetSocket client, NetSocket to) {
        client.handler(to::write).closeHandler(v -> to.close());
        to.handler(new Late(client)).closeHandler(v -> client.close());
        client.resume();
    }

    /** Keeps the order, also when the delay becomes shorter. */
    private final class Late implements Handler<Buffer> {
        private final NetSocket to;
        private long last = System.nanoTime();

        Late(NetSocket to) {
            this.to = to;
        }

        @Override
        public void handle(Buffer piece) {
            long now = System.nanoTime();
            last = Math.max(last, now + TimeUnit.MILLISECONDS.toNanos(delayMillis));
            if (last == now) {
                to.write(piece);
            } else {
                vertx.setTimer(1 + TimeUnit.NANOSECONDS.toMillis(last - now), t -> to.write(piece));
            }
        }
    }

    public int port() {
        return server.actualPort();
    }

    /** From now on answers come so much later. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    private static <T> T get(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    @Override
    public void close() {
        get(vertx.close());
    }
}
