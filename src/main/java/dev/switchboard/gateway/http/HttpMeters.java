package dev.switchboard.gateway.http;

import dev.switchboard.gateway.limit.Verdict;
import dev.switchboard.gateway.route.Match;
import dev.switchboard.ops.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What the HTTP door counts: answers and how long they took by row, method and class of status, and what the limits said.
 * Labels are patterns of the route table and names in the settings, never what a client sent. Safe to share between event
 * loops.
 */
public final class HttpMeters {
    private static final String ROUTE = HttpMeters.class.getName();

    /** Of what is in no row. */
    private static final String UNROUTED = "none";

    /** Of what is no HTTP, so that it never came to a row. */
    private static final String INVALID = "invalid";

    private static final List<HttpMethod> METHODS = List.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS);

    /** The first digit of a status, as a label. */
    private static final List<String> CLASSES = List.of("other", "1xx", "2xx", "3xx", "4xx", "5xx");

    private final Meters meters;
    private final ConcurrentMap<String, RouteMeters> routes = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, TierMeters> tiers = new ConcurrentHashMap<>();

    private record TierMeters(Counter granted, Counter refused) {}

    public HttpMeters(Meters meters) {
        this.meters = meters;
    }

    /** The meters of one row, made when they are first needed. */
    private final class RouteMeters {
        private final String route;
        private final AtomicReferenceArray<MethodMeters> byMethod = new AtomicReferenceArray<>(METHODS.size() + 1);

        RouteMeters(String route) {
            this.route = route;
        }

        void answered(HttpMethod method, int status, long nanos) {
            int known = METHODS.indexOf(method);
            int index = known < 0 ? METHODS.size() : known;
            MethodMeters of = byMethod.get(index);
            if (of == null) {
                of = new MethodMeters(route, known < 0 ? "other" : method.name());
                byMethod.set(index, of);
            }
            of.answered(status, nanos);
        }
    }

    private final class MethodMeters {
        private final String route;
        private final String method;
        private final Timer duration;
        private final AtomicReferenceArray<Counter> byClass = new AtomicReferenceArray<>(CLASSES.size());

        MethodMeters(String route, String method) {
            this.route = route;
            this.method = method;
            this.duration = meters.duration(
                    "switchboard_http_request_duration_seconds",
                    "From the head of a request to the head of its answer.",
                    "route",
                    route,
                    "method",
                    method);
        }

        void answered(int status, long nanos) {
            int hundreds = status / 100;
            int index = hundreds < CLASSES.size() ? hundreds : 0;
            Counter counter = byClass.get(index);
            if (counter == null) {
                counter = meters.counter(
                        "switchboard_http_requests_total",
                        "Requests that were answered.",
                        "route",
                        route,
                        "method",
                        method,
                        "status",
                        CLASSES.get(index));
                byClass.set(index, counter);
            }
            counter.increment();
            duration.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Says what a request counts as that no row is for. */
    static void label(RoutingContext rc, String route) {
        rc.put(ROUTE, route);
    }

    private static String route(RoutingContext rc) {
        String label = rc.get(ROUTE);
        if (label != null) {
            return label;
        }
        Routed routed = Routed.find(rc);
        Match match = routed == null ? null : routed.match();
        return match == null ? UNROUTED : match.route().path().text();
    }

    /** The head of an answer is about to be written. */
    void answered(RoutingContext rc, long since) {
        count(route(rc), rc.request().method(), rc.response().getStatusCode(), System.nanoTime() - since);
    }

    /** Something was refused that is no proper request. */
    void refused(HttpMethod method, int status) {
        count(INVALID, method, status, 0);
    }

    private void count(String route, HttpMethod method, int status, long nanos) {
        RouteMeters of = routes.get(route);
        if (of == null) {
            of = routes.computeIfAbsent(route, RouteMeters::new);
        }
        of.answered(method, status, nanos);
    }

    /** A limit was asked. */
    void limited(Verdict verdict) {
        TierMeters of = tiers.get(verdict.tier());
        if (of == null) {
            of = tiers.computeIfAbsent(
                    verdict.tier(), tier -> new TierMeters(decisions(tier, "granted"), decisions(tier, "refused")));
        }
        (verdict.granted() ? of.granted() : of.refused()).increment();
    }

    private Counter decisions(String tier, String verdict) {
        return meters.counter(
                "switchboard_limit_decisions_total",
                "Requests that a limit let pass, or not.",
                "tier",
                tier,
                "verdict",
                verdict);
    }
}
