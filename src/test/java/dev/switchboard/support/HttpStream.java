package dev.switchboard.support;

import dev.switchboard.support.Api.Account;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Requests at an even rate over kept connections, to an {@link EchoService} under {@code /echo/}; none is tried a second
 * time. One in ten asks the platform itself, one in five is a POST.
 */
public final class HttpStream implements AutoCloseable {
    private static final int TICK_MS = 20;
    private static final int CONNECTIONS = 64;
    private static final long TIMEOUT_MS = 30_000;

    /** Shorter than the balancer's, so that no request meets a connection that is being closed for its age. */
    private static final int KEEP_ALIVE_S = 20;

    private static final int LARGEST_BODY = 10_000;

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
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAliveTimeout(KEEP_ALIVE_S),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        int each = perSecond * TICK_MS / 1_000;
        timer = vertx.setPeriodic(TICK_MS, t -> {
            for (int i = 0; i < each; i++) {
                ask(asked.getAndIncrement());
            }
        });
    }

    private void ask(long number) {
        boolean own = number % 10 == 0;
        boolean post = number % 5 == 1;
        String path = own ? "/api/v1/users/me" : "/echo/" + number;
        int length = post ? ThreadLocalRandom.current().nextInt(LARGEST_BODY) : 0;
        String expected = own ? account.id() : EchoService.answer(path, length);
        HttpMethod method = post ? HttpMethod.POST : HttpMethod.GET;
        client.request(new RequestOptions()
                        .setMethod(method)
                        .setHost(door.getHost())
                        .setPort(door.getPort())
                        .setURI(path)
                        .putHeader("Authorization", "Bearer " + account.accessToken()))
                .compose(request -> post ? request.send(Buffer.buffer("x".repeat(length))) : request.send())
                .compose(response -> response.body().map(body -> response.statusCode() + " " + body))
                .timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .onComplete(done -> {
                    if (done.failed()
                            || !done.result().startsWith("200 ")
                            || !done.result().contains(expected)) {
                        failures.add(method + " " + path + ": " + (done.failed() ? done.cause() : done.result()));
                    }
                    answered.incrementAndGet();
                });
    }

    /** What went wrong, one line for each request, its method first. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    public long answered() {
        return answered.get();
    }

    /** Asks no more, and waits for what was asked. */
    @Override
    public void close() {
        vertx.cancelTimer(timer);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        try {
            while (answered.get() < asked.get() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
