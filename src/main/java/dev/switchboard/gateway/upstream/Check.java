package dev.switchboard.gateway.upstream;

import dev.switchboard.config.Authorities;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks one address again and again whether it is well. Of one event loop. */
final class Check {
    private static final Logger LOG = LoggerFactory.getLogger(Check.class);

    private static final String NAME = "switchboard-check";

    /** The share of the interval by which it varies, either way, so that nodes that started together drift apart. */
    private static final double JITTER = 0.1;

    /** The first check comes within this time, however long the interval is. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** A check goes on when settings change, unless these do. */
    record Terms(String service, CheckRule rule, boolean http2, @Nullable Authorities tls) {}

    private final Vertx vertx;
    private final HttpClient client;
    private final Place place;
    private final Terms terms;
    private final CheckRule rule;
    private final RequestOptions question;

    private long timer;
    private boolean stopped;

    /** Which time it is asking, so that what belongs to an earlier time is known as late. */
    private long turn;

    private @Nullable HttpClientRequest underWay;

    Check(Vertx vertx, Place place, Terms terms) {
        this.vertx = vertx;
        this.terms = terms;
        this.rule = terms.rule();
        this.client = vertx.createHttpClient(connecting(terms), new PoolOptions().setCleanerPeriod(0));
        this.place = place;
        Address address = place.address();
        this.question = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(address.host())
                .setPort(address.port())
                .setSsl(address.tls())
                .setURI(rule.path())
                .setConnectTimeout(rule.timeout().toMillis())
                .putHeader(HttpHeaders.USER_AGENT, NAME);
    }

    /**
     * A new connection for each check: an address that serves old connections but takes no new ones is not well. A
     * connection that does not come about is given up with its check, or they would pile up.
     */
    private static HttpClientOptions connecting(Terms terms) {
        HttpClientOptions http = new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout((int) terms.rule().timeout().toMillis())
                .setHttp2ClearTextUpgrade(false)
                .setProtocolVersion(terms.http2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
                .setUseAlpn(terms.http2());
        Authorities tls = terms.tls();
        return tls == null ? http : http.setTrustOptions(tls.trust());
    }

    Terms terms() {
        return terms;
    }

    void start() {
        Duration within = rule.interval().compareTo(SOON) < 0 ? rule.interval() : SOON;
        next(ThreadLocalRandom.current().nextDouble() * within.toMillis());
    }

    void stop() {
        stopped = true;
        vertx.cancelTimer(timer);
        leave();
        client.close();
    }

    private void next(double millis) {
        timer = vertx.setTimer(Math.max(1, Math.round(millis)), t -> ask());
    }

    private void ask() {
        long mine = turn;
        timer = vertx.setTimer(
                rule.timeout().toMillis(),
                t -> over(mine, "no answer in " + rule.timeout().toMillis() + " ms"));
        client.request(question)
                .compose(request -> {
                    if (mine != turn || stopped) {
                        request.reset();
                        throw new IllegalStateException("too late");
                    }
                    underWay = request;
                    return request.send();
                })
                .compose(response -> response.end().map(response.statusCode()))
                .onComplete(
                        status -> over(mine, status >= 200 && status < 300 ? null : "status " + status),
                        failure -> over(mine, String.valueOf(failure.getMessage())));
    }

    /** @param problem null when the check passed */
    private void over(long of, @Nullable String problem) {
        if (of != turn || stopped) {
            return;
        }
        vertx.cancelTimer(timer);
        leave();
        Checkup before = place.checkup();
        Checkup after = problem == null ? before.passed(rule) : before.failed(rule);
        place.checkup(after);
        if (before.verdict() != after.verdict()) {
            tell(after.verdict(), problem);
        }
        double random = 2 * ThreadLocalRandom.current().nextDouble() - 1;
        next(rule.interval().toMillis() * (1 + JITTER * random));
    }

    /** What comes of the question now is of no interest. */
    private void leave() {
        turn++;
        HttpClientRequest request = underWay;
        underWay = null;
        if (request != null) {
            request.reset();
        }
    }

    private void tell(Checkup.Verdict verdict, @Nullable String problem) {
        if (verdict == Checkup.Verdict.FAILING) {
            LOG.warn("{}: {} fails its checks: {}", terms.service(), place.address(), problem);
        } else {
            LOG.info("{}: {} passes its checks", terms.service(), place.address());
        }
    }
}
