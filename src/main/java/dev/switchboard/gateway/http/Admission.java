package dev.switchboard.gateway.http;

import dev.switchboard.gateway.limit.RateLimiter;
import dev.switchboard.gateway.limit.Verdict;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Fault;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Who may pass: whoever bears what the row asks for, and has not asked too often. Users count by themselves; at public rows,
 * and with a bad token, it is the place that counts which somebody calls from: tokens could be tried without end otherwise.
 */
final class Admission {
    /** What is done with those who are let in. */
    interface Next {
        /** @param identity null for nobody known, which only public rows let in */
        void go(@Nullable Identity identity);
    }

    /** @param refusal why the token is not good enough; null when it is */
    private record Decision(@Nullable Identity identity, @Nullable Throwable refusal, Verdict verdict) {}

    private final Vertx vertx;
    private final Authentication authentication;
    private final RateLimiter limiter;
    private final HttpMeters meters;

    Admission(Vertx vertx, Authentication authentication, RateLimiter limiter, HttpMeters meters) {
        this.vertx = vertx;
        this.authentication = authentication;
        this.limiter = limiter;
        this.meters = meters;
    }

    /** Goes on with those who may pass; the others get their answer. While it waits, the request is paused. */
    void admit(RoutingContext rc, Access access, String tier, Next next) {
        Future<Decision> decision = decide(rc, access, tier);
        if (decision.isComplete()) {
            act(rc, access, decision, next);
            return;
        }
        HttpServerRequest request = rc.request();
        if (mayHaveBody(request)) {
            request.pause();
        }
        Context context = vertx.getOrCreateContext();
        decision.onComplete(done -> context.runOnContext(v -> {
            if (rc.response().closed()) {
                return;
            }
            try {
                act(rc, access, decision, next);
            } catch (RuntimeException e) {
                rc.fail(e);
            }
        }));
    }

    /** A request without a body has ended as soon as it has come; to pause it would hold up those behind it. */
    private static boolean mayHaveBody(HttpServerRequest request) {
        return !request.isEnded() && (request.version() == HttpVersion.HTTP_2 || JsonBody.isAnnounced(request));
    }

    private Future<Decision> decide(RoutingContext rc, Access access, String tier) {
        String site = TrustedProxies.site(Exchange.of(rc).client());
        boolean open = access instanceof Access.Public;
        return authentication.identify(rc.request()).transform(known -> {
            Identity identity = known.succeeded() ? known.result() : null;
            Throwable refusal = known.succeeded() || open ? null : known.cause();
            String key = limiter.keyOf(tier, identity == null || open ? null : identity.subject(), site);
            return take(tier, key).map(verdict -> new Decision(identity, refusal, verdict));
        });
    }

    private Future<Verdict> take(String tier, String key) {
        return tier.equals(Route.UNLIMITED)
                ? Future.succeededFuture(Verdict.unlimited(tier))
                : limiter.take(tier, key).onSuccess(meters::limited);
    }

    private static void act(RoutingContext rc, Access access, Future<Decision> decided, Next next) {
        if (decided.failed()) {
            rc.fail(decided.cause());
            return;
        }
        Decision decision = decided.result();
        RateLimitHeaders.write(decision.verdict(), rc.response());
        if (!decision.verdict().granted()) {
            throw Fault.TOO_MANY_REQUESTS.because("Too many requests; come back later.");
        }
        Identity identity = decision.identity();
        if (decision.refusal() != null) {
            rc.fail(decision.refusal());
        } else if (access instanceof Access.Role role
                && (identity == null || !identity.roles().contains(role.name()))) {
            throw Fault.FORBIDDEN.because("Only those with the role " + role.name() + " may do this.");
        } else {
            next.go(identity);
        }
    }
}
