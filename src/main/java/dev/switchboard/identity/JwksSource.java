package dev.switchboard.identity;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an issuer, fetched in the background: one fetch at a time, again after {@code refresh}, sooner after a
 * failure. A fetch that fails, or brings no key that can be used, changes nothing: the last good keys stay. Safe to share.
 */
final class JwksSource {
    private static final Logger LOG = LoggerFactory.getLogger(JwksSource.class);
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int MAX_BYTES = 512 * 1024;

    /** How often keys may be asked for because of a token. */
    static final Duration ON_DEMAND = Duration.ofSeconds(10);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Context context;
    private final ForeignOptions.Jwks options;
    private final Duration onDemand;
    private final Duration timeout;
    private final HttpClientAgent http;
    private final AtomicReference<@Nullable Promise<Void>> underWay = new AtomicReference<>();
    private volatile JwkKeys keys = JwkKeys.NONE;
    private volatile long began;
    private volatile boolean failing;
    private volatile boolean closed;

    /** Begins to fetch. */
    JwksSource(Vertx vertx, ForeignOptions.Jwks options) {
        this(vertx, options, ON_DEMAND, TIMEOUT);
    }

    JwksSource(Vertx vertx, ForeignOptions.Jwks options, Duration onDemand, Duration timeout) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.options = options;
        this.onDemand = onDemand;
        this.timeout = timeout;
        this.http = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MS).setDecompressionSupported(false));
        fetch();
    }

    /** The last good keys. */
    JwkKeys keys() {
        return keys;
    }

    /**
     * Completes when keys that were asked for just now, or a short time ago, are there, or cannot be had. On any thread;
     * never fails.
     */
    Future<Void> ask() {
        Promise<Void> now = underWay.get();
        if (now != null) {
            return now.future();
        }
        return closed || System.nanoTime() - began < onDemand.toNanos() ? Future.succeededFuture() : fetch();
    }

    private Future<Void> fetch() {
        Promise<Void> mine = Promise.promise();
        Promise<Void> other = underWay.compareAndExchange(null, mine);
        if (other != null) {
            return other.future();
        }
        began = System.nanoTime();
        context.runOnContext(v -> Future.succeededFuture().compose(x -> get()).onComplete(answer -> {
            if (answer.succeeded()) {
                take(answer.result());
            } else {
                failed(String.valueOf(answer.cause()));
            }
            underWay.set(null);
            mine.complete();
            later();
        }));
        return mine.future();
    }

    private void later() {
        Duration pause = failing && options.refresh().compareTo(onDemand) > 0 ? onDemand : options.refresh();
        if (!closed) {
            vertx.setTimer(pause.toMillis(), t -> {
                // Somebody else may have asked meanwhile, and then goes on asking.
                if (!closed && underWay.get() == null && System.nanoTime() - began >= pause.toNanos() / 2) {
                    fetch();
                }
            });
        }
    }

    private Future<String> get() {
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(options.url().toString())
                .setFollowRedirects(false)
                .putHeader("Accept", "application/json");
        return http.request(request).compose(open -> open.send()
                .compose(JwksSource::body)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(failure -> open.reset()));
    }

    private static Future<String> body(HttpClientResponse response) {
        // Whatever comes after a failure was told of already, and concerns nobody.
        response.exceptionHandler(late -> {});
        if (response.statusCode() != 200) {
            return Future.failedFuture("status " + response.statusCode());
        }
        Promise<String> text = Promise.promise();
        Buffer body = Buffer.buffer();
        response.handler(chunk -> {
                    if (body.length() + chunk.length() <= MAX_BYTES) {
                        body.appendBuffer(chunk);
                    } else {
                        text.tryFail("more than " + MAX_BYTES + " bytes");
                    }
                })
                .exceptionHandler(text::tryFail)
                .endHandler(v -> text.tryComplete(body.toString(StandardCharsets.UTF_8)));
        return text.future();
    }

    private void take(String text) {
        try {
            JwkKeys fresh = JwkKeys.parse(text);
            if (fresh.isEmpty()) {
                failed("no key in it can be used");
                return;
            }
            if (!fresh.same(keys)) {
                keys = fresh;
            }
            if (failing) {
                LOG.info("Keys of tokens at {} can be fetched again", options.url());
            }
            failing = false;
        } catch (ParseException | RuntimeException e) {
            failed("it is no key set");
        }
    }

    private void failed(String reason) {
        if (!failing && !closed) {
            LOG.warn("Keys of tokens at {} cannot be fetched ({}): those known so far stay", options.url(), reason);
        }
        failing = true;
    }

    Future<Void> close() {
        closed = true;
        return http.close();
    }
}
