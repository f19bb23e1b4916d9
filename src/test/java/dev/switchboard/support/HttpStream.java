package dev.switchboard.support;

import dev.switchboard.support.Api.Account;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Requests at an even rate over kept connections; none is tried a second time. One in ten asks the platform itself. */
public final class HttpStream {
    private static final int TICK_MS = 10;
    private static final int CONNECTIONS = 32;
    private static final long TIMEOUT_MS = 10_000;

    private final Vertx vertx;
    private final URI door;
    private final Account account;
    private final HttpClient client;
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final long timer;

    public HttpStream(Vertx vertx, URI door, Account account, int perSecond) {
        this.vertx = vertx;
        this.door = door;
        this.account = account;
        this.client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        int each = perSecond * TICK_MS / 1_000;
        timer = vertx.setPeriodic(TICK_MS, t -> {
            for (int i = 0; i < each; i++) {
                ask(asked.getAndIncrement());
            }
        });
    }

    private void ask(long number) {
        String path = number % 10 == 0 ? "/api/v1/users/me" : "/echo/" + number;
        String expected = number % 10 == 0 ? account.id() : "echo " + path;
        client.request(new RequestOptions()
                        .setMethod(HttpMethod.GET)
                        .setHost(door.getHost())
                        .setPort(door.getPort())
                        .setURI(path)
                        .putHeader("Authorization", "Bearer " + account.accessToken()))
                .compose(request -> request.send())
                .compose(response -> response.body().map(body -> response.statusCode() + " " + body))
                .timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .onComplete(done -> {
                    if (done.failed()
                            || !done.result().startsWith("200 ")
                            || !done.result().contains(expected)) {
                        failures.add(path + ": " + (done.failed() ? done.cause() : done.result()));
                    }
                    answered.incrementAndGet();
                });
    }

    /** What went wrong, one line for each request. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    public long answered() {
        return answered.get();
    }

    /** Asks no more, and waits for what was asked. */
    public void stop() throws InterruptedException {
        vertx.cancelTimer(timer);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (answered.get() < asked.get() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
