package dev.switchboard.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.switchboard.support.HaProxy;
import dev.switchboard.support.ProcessNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways behind a balancer are restarted one after the other, while 500 requests a second and 500 sockets pass. */
class RollingRestartIT {
    private static final int SOCKETS = 500;
    private static final int PER_TICK = 10;
    private static final int TICK_MS = 20;
    private static final int NODE_DRAINING = 1012;
    private static final int TERMINATED = 143;
    private static final int LONGEST_WORK_MS = 40;
    private static final int LONGEST_PAUSE_MS = 500;
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private static final String ROUTES =
            """
            builtInRoutes: false
            upstreams: { work: { addresses: 'http://127.0.0.1:%d' } }
            routes: [{ path: /**, auth: public, tier: none, upstream: work }]
            """;

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Integer> codes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger sockets = new AtomicInteger();
    private final List<ProcessNode> nodes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private HaProxy balancer;
    private HttpClient requests;
    private WebSocketClient opener;
    private volatile boolean over;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(HaProxy.isInstalled(), "Skipped: there is no HAProxy here (Debian's package haproxy)");
        int service = vertx.createHttpServer()
                .requestHandler(this::work)
                .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
                .listen(0, "127.0.0.1")
                .await(5, TimeUnit.SECONDS)
                .actualPort();
        Path conf = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(conf.resolve("routes.yaml"), ROUTES.formatted(service));
        for (int i = 0; i < 2; i++) {
            ports.add(freePort());
            nodes.add(node(i));
        }
        nodes.forEach(ProcessNode::awaitReady);
        balancer = HaProxy.start(folder, freePort(), freePort(), ports);
        await().atMost(WITHIN).until(() -> balancer.nodesUp() == 2);
        requests = vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(64));
        opener = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(2 * SOCKETS));
    }

    @AfterEach
    void stop() throws Exception {
        over = true;
        nodes.forEach(ProcessNode::close);
        if (balancer != null) {
            balancer.close();
        }
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private ProcessNode node(int i) {
        return ProcessNode.start(
                folder, Map.of("NODE_ROLE", "gateway", "SHUTDOWN_TIMEOUT", "8s", "DRAIN_DELAY", "2s"), ports.get(i));
    }

    /** Takes a while for each request, so that some are always under way. */
    private void work(HttpServerRequest request) {
        request.body()
                .onSuccess(body ->
                        vertx.setTimer(1 + ThreadLocalRandom.current().nextInt(LONGEST_WORK_MS), t -> request.response()
                                .end(body)));
    }

    private void ask() {
        boolean post = ThreadLocalRandom.current().nextInt(4) == 0;
        Buffer body =
                Buffer.buffer(post ? "x".repeat(ThreadLocalRandom.current().nextInt(10_000)) : "");
        underWay.incrementAndGet();
        requests.request(post ? HttpMethod.POST : HttpMethod.GET, balancer.port, "127.0.0.1", "/work")
                .compose(request -> (post ? request.send(body) : request.send())
                        .compose(answer -> answer.body().map(got -> problem(answer, body, got))))
                .onComplete(done -> {
                    underWay.decrementAndGet();
                    answered.incrementAndGet();
                    String problem = done.succeeded() ? done.result() : String.valueOf(done.cause());
                    if (!problem.isEmpty()) {
                        failures.add((post ? "POST " : "GET ") + problem);
                    }
                });
    }

    private static String problem(HttpClientResponse answer, Buffer sent, Buffer got) {
        return answer.statusCode() != 200
                ? answer.statusCode() + " " + got
                : got.equals(sent) ? "" : "not what was sent";
    }

    /** Opens a socket, and another one whenever it is closed. */
    private void open() {
        if (over) {
            return;
        }
        opener.connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(balancer.port)
                        .setURI("/ws"))
                .onFailure(failure -> failures.add("socket: " + failure))
                .onSuccess(socket -> {
                    sockets.incrementAndGet();
                    socket.closeHandler(v -> {
                        if (!over) {
                            sockets.decrementAndGet();
                            codes.add(socket.closeStatusCode() == null ? -1 : (int) socket.closeStatusCode());
                            vertx.setTimer(1 + ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MS), t -> open());
                        }
                    });
                });
    }

    @Test
    void nobodyNoticesARollingRestart() {
        long load = vertx.setPeriodic(TICK_MS, t -> {
            for (int i = 0; i < PER_TICK; i++) {
                ask();
            }
        });
        for (int i = 0; i < SOCKETS; i++) {
            vertx.setTimer(1 + i, t -> open());
        }
        await().atMost(WITHIN).until(() -> sockets.get() == SOCKETS);
        long begin = System.nanoTime();
        int before = answered.get();
        for (int i = 0; i < nodes.size(); i++) {
            assertThat(nodes.get(i).stop()).isEqualTo(TERMINATED);
            nodes.set(i, node(i).awaitReady());
            await().atMost(WITHIN).until(() -> balancer.nodesUp() == 2);
            await().atMost(WITHIN).until(() -> sockets.get() == SOCKETS);
        }
        vertx.cancelTimer(load);
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        await().atMost(WITHIN).untilAtomic(underWay, org.hamcrest.Matchers.is(0));

        assertThat(failures).isEmpty();
        assertThat(answered.get() - before).isGreaterThan((int) (seconds * 400));
        assertThat(codes).hasSizeGreaterThanOrEqualTo(SOCKETS).containsOnly(NODE_DRAINING);
    }
}
