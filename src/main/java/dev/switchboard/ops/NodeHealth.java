package dev.switchboard.ops;

import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The health of a node, made of checks by name. Anybody may ask as often as they like: a report is kept for a second, so
 * the checks run no more often than that.
 */
public final class NodeHealth implements HealthChecks {
    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(2);
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** With less of the heap left than this part, the node is in trouble. */
    private static final double HEAP_RESERVE = 0.05;

    private static final String UP = "up";
    private static final String DOWN = "down";

    private record Check(String name, boolean essential, Supplier<Future<Map<String, Object>>> run) {}

    private record Kept(long until, Future<Report> report) {}

    private final List<Check> checks;
    private final AtomicReference<@Nullable Kept> kept = new AtomicReference<>();
    private volatile boolean ready;

    private NodeHealth(List<Check> checks) {
        this.checks = checks;
    }

    /** Collects the checks. */
    public static final class Builder {
        private final List<Check> checks = new ArrayList<>();

        /**
         * Adds a check.
         *
         * @param essential whether the node is down when this fails, or only degraded
         * @param run gives the figures to show; fails, or does not answer within 2 s, when the thing is down. Runs on any
         *     thread and must not block.
         */
        public Builder check(String name, boolean essential, Supplier<Future<Map<String, Object>>> run) {
            checks.add(new Check(name, essential, run));
            return this;
        }

        public NodeHealth build() {
            return new NodeHealth(List.copyOf(checks));
        }
    }

    /** Says whether the node wants new work; at first it does not. */
    public void ready(boolean wantsWork) {
        ready = wantsWork;
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public Future<Report> report() {
        long now = System.nanoTime();
        Kept last = kept.get();
        if (last != null && now - last.until() < 0) {
            return last.report();
        }
        Future<Report> report = run();
        kept.set(new Kept(now + KEPT_NANOS, report));
        return report;
    }

    private Future<Report> run() {
        List<Future<Map<String, Object>>> running = new ArrayList<>();
        for (Check check : checks) {
            Future<Map<String, Object>> figures;
            try {
                figures = check.run().get();
            } catch (RuntimeException e) {
                figures = Future.failedFuture(e);
            }
            running.add(figures.timeout(CHECK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        }
        return Future.join(running).transform(done -> Future.succeededFuture(gather(running)));
    }

    private Report gather(List<Future<Map<String, Object>>> done) {
        Map<String, Map<String, Object>> info = new LinkedHashMap<>();
        Status status = Status.OK;
        for (int i = 0; i < checks.size(); i++) {
            Check check = checks.get(i);
            Future<Map<String, Object>> result = done.get(i);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("status", result.succeeded() ? UP : DOWN);
            if (result.succeeded()) {
                figures.putAll(result.result());
            } else {
                status = worse(status, check.essential() ? Status.DOWN : Status.DEGRADED);
            }
            info.put(check.name(), figures);
        }
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        boolean enough = heap.getMax() <= 0 || heap.getUsed() < heap.getMax() * (1 - HEAP_RESERVE);
        info.put("memory", Map.of("status", enough ? UP : DOWN, "heapUsed", (heap.getUsed() >> 20) + "MB"));
        return Report.of(enough ? status : worse(status, Status.DEGRADED), info);
    }

    private static Status worse(Status a, Status b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
