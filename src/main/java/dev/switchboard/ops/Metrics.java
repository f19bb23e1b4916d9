package dev.switchboard.ops;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The figures of one node, in the text format of Prometheus. */
public final class Metrics implements AutoCloseable {
    /** What {@link #scrape} answers. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final List<Supplier<Future<?>>> before = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Future<String>> scraping = new AtomicReference<>();
    private final Vertx vertx;

    /** @param version of the program */
    public Metrics(Vertx vertx, String version) {
        this.vertx = vertx;
        Info.builder()
                .name("switchboard_build_info")
                .help("The version that runs, and the Java that runs it.")
                .labelNames("version", "java")
                .register(registry.getPrometheusRegistry())
                .setLabelValues(version, Runtime.version().toString());
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    public Meters meters() {
        return meters;
    }

    /** Runs before each scrape, for figures that must be asked for. Whether it succeeds does not matter. */
    public void beforeScrape(Supplier<Future<?>> ask) {
        before.add(ask);
    }

    /** All figures now. Who asks while others are being answered gets the same answer. */
    public Future<String> scrape() {
        Future<String> underWay = scraping.get();
        if (underWay != null && !underWay.isComplete()) {
            return underWay;
        }
        Future<String> scrape = Future.join(before.stream().map(Supplier::get).toList())
                .transform(asked -> vertx.executeBlocking(() -> registry.scrape(CONTENT_TYPE), false));
        scraping.set(scrape);
        return scrape;
    }

    /** Lets go of what it listens to. */
    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
