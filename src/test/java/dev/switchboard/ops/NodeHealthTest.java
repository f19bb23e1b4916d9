package dev.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NodeHealthTest {
    private static HealthChecks.Report report(NodeHealth health) throws Exception {
        return health.report().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    }

    private static Future<Map<String, Object>> up(Map<String, Object> figures) {
        return Future.succeededFuture(figures);
    }

    @Test
    void whatIsUpShowsItsFigures() throws Exception {
        var report = report(new NodeHealth.Builder()
                .check("cluster", true, () -> up(Map.of("members", 3)))
                .build());

        assertThat(report.status()).isEqualTo("ok");
        assertThat(report.isDown()).isFalse();
        assertThat(report.info().get("cluster")).isEqualTo(Map.of("status", "up", "members", 3));
        assertThat(report.info().get("memory")).containsEntry("status", "up");
        assertThat(String.valueOf(report.info().get("memory").get("heapUsed"))).matches("\\d+MB");
    }

    @Test
    void whatTheNodeCanDoWithoutDegradesIt() throws Exception {
        var report = report(new NodeHealth.Builder()
                .check("database", true, () -> up(Map.of()))
                .check("redis", false, () -> Future.failedFuture("secret:6379 refused"))
                .build());

        assertThat(report.status()).isEqualTo("degraded");
        assertThat(report.info().get("redis")).isEqualTo(Map.of("status", "down"));
    }

    @Test
    void whatItCannotDoWithoutTakesItDown() throws Exception {
        Promise<Map<String, Object>> never = Promise.promise();
        var report = report(new NodeHealth.Builder()
                .check("redis", false, () -> Future.failedFuture("gone"))
                .check("database", true, never::future)
                .check("cluster", true, () -> {
                    throw new IllegalStateException("gone");
                })
                .build());

        assertThat(report.status()).isEqualTo("down");
        assertThat(report.isDown()).isTrue();
        assertThat(report.info().get("database")).isEqualTo(Map.of("status", "down"));
        assertThat(report.info().get("cluster")).isEqualTo(Map.of("status", "down"));
    }

    @Test
    void manyQuestionsAreOneCheck() throws Exception {
        var runs = new AtomicInteger();
        var health = new NodeHealth.Builder()
                .check("database", true, () -> {
                    runs.incrementAndGet();
                    return up(Map.of());
                })
                .build();
        long begun = System.nanoTime();
        int questions = 0;
        while (System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(100)) {
            report(health);
            questions++;
        }

        assertThat(questions).isGreaterThan(10);
        assertThat(runs).hasValue(1);
    }

    @Test
    void aNodeIsReadyWhenItSaysSo() {
        var health = new NodeHealth.Builder().build();

        assertThat(health.ready()).isFalse();
        health.ready(true);
        assertThat(health.ready()).isTrue();
    }
}
