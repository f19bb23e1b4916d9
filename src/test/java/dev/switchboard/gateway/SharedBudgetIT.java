package dev.switchboard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.switchboard.support.Api;
import dev.switchboard.support.RedisProcess;
import dev.switchboard.support.SlowPipe;
import dev.switchboard.support.TestNodes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Two gateways, whole nodes of one cluster, that share the budget of their callers by a real Redis. */
class SharedBudgetIT {
    private static final int RATE = 100;
    private static final int BURST = 200;
    private static final int REQUESTS = 1_000;
    private static final int WARM = 100;
    private static final int FEW = 5;

    /** Much more than a request may wait for Redis, and than a busy machine takes for one. */
    private static final long SLOW_MS = 5_000;

    private static final String CONF =
            """
            limits:
              tiers:
                warm: { limit: 1000000, window: 1s }
                many: { limit: %d, window: 1s, burst: %d }
                few: { limit: 1, window: 1d, burst: %d }
            upstreams:
              service: { addresses: "http://127.0.0.1:%d" }
            routes:
              - { path: /warm, auth: public, tier: warm, upstream: service }
              - { path: /many, auth: public, tier: many, upstream: service }
              - { path: /few, auth: public, tier: few, upstream: service }
            """;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.switchboard.gateway.limit.RedisState");
    private HttpServer service;
    private RedisProcess redis;
    private SlowPipe pipe;
    private TestNodes nodes;
    private List<URI> gateways;

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(Executors.newFixedThreadPool(4));
        service.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        service.start();
        redis = new RedisProcess("");
        pipe = new SlowPipe(redis.port);
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
    }

    private void startGateways(Path folder, String budget) throws IOException {
        Path conf = Files.writeString(
                folder.resolve("gateway.yaml"),
                CONF.formatted(RATE, BURST, FEW, service.getAddress().getPort()));
        nodes = TestNodes.start(1);
        Map<String, String> settings = Map.of(
                "NODE_ROLE",
                "gateway",
                "DATABASE_URL",
                "",
                "REDIS_ADDR",
                "127.0.0.1:" + pipe.port(),
                "REDIS_TIMEOUT",
                budget);
        gateways = List.of(
                URI.create("http://127.0.0.1:" + nodes.add(conf, settings).port()),
                URI.create("http://127.0.0.1:" + nodes.add(conf, settings).port()));
    }

    @AfterEach
    void stop() throws Exception {
        logger.detachAppender(log);
        logger.setLevel(null);
        if (nodes != null) {
            nodes.close();
        }
        pipe.close();
        redis.close();
        service.stop(0);
    }

    private HttpResponse<Void> ask(int gateway, String path) throws Exception {
        return http.send(request(gateway, path), HttpResponse.BodyHandlers.discarding());
    }

    private HttpRequest request(int gateway, String path) {
        return HttpRequest.newBuilder(gateways.get(gateway).resolve(path))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    /** What a gateway tells of Redis. */
    private JsonNode health(int gateway) throws Exception {
        HttpResponse<String> answer = http.send(request(gateway, "/health"), HttpResponse.BodyHandlers.ofString());
        return Api.JSON.readTree(answer.body()).get("info").get("redis");
    }

    private long decidedByNodes() throws Exception {
        return health(0).get("decidedByNode").asLong()
                + health(1).get("decidedByNode").asLong();
    }

    private long logged(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel().equals(level))
                .count();
    }

    @Test
    void aThousandAtOnceOverBothGetWhatOneBudgetHolds(@TempDir Path folder) throws Exception {
        startGateways(folder, "5s");
        // Every event loop has its connection to Redis then.
        await().until(() -> {
            atOnce(WARM, "/warm");
            return health(0).get("status").asText().equals("up")
                    && health(1).get("status").asText().equals("up");
        });
        long before = decidedByNodes();
        try (Monitor monitor = new Monitor(redis.port)) {
            List<Integer> statuses = atOnce(REQUESTS, "/many");
            await().until(() -> monitor.taken.size() >= REQUESTS);

            long allowed = statuses.stream().filter(status -> status == 204).count();
            assertThat(statuses).allMatch(status -> status == 204 || status == 429);
            assertThat(decidedByNodes()).isEqualTo(before);
            assertThat(monitor.taken).hasSize(REQUESTS);
            assertThat((double) allowed)
                    .as("what one bucket allows at these times of the clock of Redis")
                    .isBetween(oneBucket(monitor.taken) - 1.0, oneBucket(monitor.taken) + 1.0);
        }
    }

    /** So many requests at once, every other one to the other gateway. */
    private List<Integer> atOnce(int count, String path) throws Exception {
        List<CompletableFuture<HttpResponse<Void>>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(http.sendAsync(request(i % 2, path), HttpResponse.BodyHandlers.discarding()));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        return all.stream().map(answer -> answer.join().statusCode()).toList();
    }

    /** How many of those who come at these seconds find a token in a bucket that is full at first. */
    private static int oneBucket(List<Double> times) {
        double tokens = BURST;
        double last = times.get(0);
        int allowed = 0;
        for (double time : times) {
            tokens = Math.min(BURST, tokens + RATE * (time - last));
            last = time;
            if (tokens >= 1) {
                tokens--;
                allowed++;
            }
        }
        return allowed;
    }

    @Test
    void aSlowRedisHoldsNobodyUpAndEachGatewayCountsForItselfUntilItIsBack(@TempDir Path folder) throws Exception {
        startGateways(folder, "200ms");
        await().untilAsserted(() -> {
            ask(0, "/few");
            ask(1, "/few");
            assertThat(ask(0, "/few").statusCode()).isEqualTo(429);
            assertThat(ask(1, "/few").statusCode()).isEqualTo(429);
            assertThat(health(0).get("status").asText()).isEqualTo("up");
            assertThat(health(1).get("status").asText()).isEqualTo("up");
        });
        long before = decidedByNodes();
        long warnings = logged(Level.WARN);
        long returns = logged(Level.INFO);

        pipe.delay(SLOW_MS);
        List<Long> times = new ArrayList<>();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long began = System.nanoTime();
            statuses.add(ask(i % 2, "/few").statusCode());
            times.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        }

        assertThat(times).as("nobody waits for Redis").allMatch(millis -> millis < SLOW_MS / 2);
        assertThat(statuses.stream().filter(status -> status == 204))
                .as("what the buckets of two nodes hold")
                .hasSize(2 * FEW);
        // The health report is a second old at the most.
        await().untilAsserted(() -> assertThat(decidedByNodes() - before).isGreaterThanOrEqualTo(40));
        assertThat(logged(Level.WARN) - warnings).as("once by each gateway").isEqualTo(2);
        assertThat(health(0).get("status").asText()).isEqualTo("down");

        pipe.delay(0);
        await().untilAsserted(() -> {
            assertThat(logged(Level.INFO) - returns).as("once by each gateway").isEqualTo(2);
            assertThat(health(0).get("status").asText()).isEqualTo("up");
            assertThat(health(1).get("status").asText()).isEqualTo("up");
        });
        long decided = decidedByNodes();
        assertThat(ask(0, "/few").statusCode()).isEqualTo(429);
        assertThat(ask(1, "/few").statusCode()).isEqualTo(429);
        await("Redis decides again").during(Duration.ofMillis(1_500)).until(() -> decidedByNodes() == decided);
    }

    /** When Redis took each token, by its own clock. */
    private static final class Monitor implements AutoCloseable {
        final List<Double> taken = new CopyOnWriteArrayList<>();
        private final Socket socket;

        Monitor(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(lines.readLine()).isEqualTo("+OK");
            new Thread(() -> read(lines), "monitor").start();
        }

        private void read(BufferedReader lines) {
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.toLowerCase(Locale.ROOT).contains("\"evalsha\"") && line.contains(":many:")) {
                        taken.add(Double.parseDouble(line.substring(1, line.indexOf(' '))));
                    }
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
