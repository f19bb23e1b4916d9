package dev.switchboard.gateway.proxy;

import dev.switchboard.config.Authorities;
import dev.switchboard.gateway.route.PassOn;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.identity.Identity;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The forwarder behind a door that lets everybody in, on one event loop, in front of services of the test. */
final class ProxyServer implements AutoCloseable {
    static final UUID ANNA = UUID.fromString("018f0000-0000-7000-8000-00000000000a");
    static final int MAX_BODY = 4 << 20;

    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    final FakeUpstream upstream;
    final int port;

    /** What a test may want otherwise. */
    record Setup(
            Duration connect,
            Duration idle,
            Duration stall,
            Duration timeout,
            int connections,
            int waiting,
            long maxBody,
            boolean http2,
            PassOn passOn,
            int loops) {
        static final Setup USUAL = new Setup(
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                4,
                10,
                MAX_BODY,
                false,
                PassOn.NOTHING,
                1);

        Setup connect(Duration time) {
            return new Setup(time, idle, stall, timeout, connections, waiting, maxBody, http2, passOn, loops);
        }

        Setup connections(int most, int mayWait) {
            return new Setup(connect, idle, stall, timeout, most, mayWait, maxBody, http2, passOn, loops);
        }

        /** As if so many event loops shared the connections; the test has one of them. */
        Setup loops(int many) {
            return new Setup(connect, idle, stall, timeout, connections, waiting, maxBody, http2, passOn, many);
        }

        Setup timeout(Duration time) {
            return new Setup(connect, idle, stall, time, connections, waiting, maxBody, http2, passOn, loops);
        }

        Setup idle(Duration time) {
            return new Setup(connect, time, stall, timeout, connections, waiting, maxBody, http2, passOn, loops);
        }

        Setup stall(Duration time) {
            return new Setup(connect, idle, time, timeout, connections, waiting, maxBody, http2, passOn, loops);
        }

        Setup maxBody(long bytes) {
            return new Setup(connect, idle, stall, timeout, connections, waiting, bytes, http2, passOn, loops);
        }

        Setup passOn(PassOn what) {
            return new Setup(connect, idle, stall, timeout, connections, waiting, maxBody, http2, what, loops);
        }

        Setup http2(boolean yes) {
            return new Setup(connect, idle, stall, timeout, connections, waiting, maxBody, yes, passOn, loops);
        }
    }

    ProxyServer(Setup setup, int... servicePorts) throws Exception {
        this(
                setup,
                new HttpServerOptions().setCompressionSupported(true),
                IntStream.of(servicePorts)
                        .mapToObj(p -> new Address("127.0.0.1", p, false))
                        .toList(),
                null);
    }

    ProxyServer(Setup setup, HttpServerOptions options, List<Address> addresses, @Nullable Authorities tls)
            throws Exception {
        var usual = new UpstreamOptions(
                "service",
                addresses,
                setup.connect(),
                setup.idle(),
                Duration.ofSeconds(30),
                setup.connections(),
                setup.waiting(),
                10);
        upstream = new FakeUpstream(new UpstreamOptions(
                usual.name(),
                usual.addresses(),
                usual.connectTimeout(),
                usual.idleTimeout(),
                usual.keepAlive(),
                usual.maxConnections(),
                usual.maxWaiting(),
                usual.maxSockets(),
                usual.balance(),
                usual.check(),
                usual.ejection(),
                usual.retries(),
                usual.circuit(),
                setup.http2(),
                tls));
        Forwarder forwarder = new Forwarder(vertx, () -> new Forwarder.Settings(setup.loops(), setup.stall()));
        Router router = Router.router(vertx);
        router.route()
                .handler(rc -> {
                    rc.response().putHeader("x-request-id", "r-1").putHeader("x-frame-options", "DENY");
                    forwarder.forward(rc, passage(rc.request(), setup));
                })
                .failureHandler(ProxyServer::fail);
        port = await(vertx.createHttpServer(options.setHost("127.0.0.1").setPort(0))
                        .requestHandler(router)
                        .listen())
                .actualPort();
    }

    private Passage passage(HttpServerRequest request, Setup setup) {
        return new Passage(
                upstream,
                request.path(),
                setup.timeout(),
                setup.maxBody(),
                new Inbound(
                        "r-1",
                        "192.0.2.9",
                        request.isSSL(),
                        request.authority() == null ? null : request.authority().toString(),
                        identity(request.getHeader("authorization"))),
                setup.passOn());
    }

    private static @Nullable Identity identity(@Nullable String token) {
        return token == null
                ? null
                : new Identity(
                        ANNA.toString(),
                        ANNA,
                        "anna",
                        "Anna",
                        "anna@example.org",
                        null,
                        Set.of("user"),
                        ANNA,
                        Instant.EPOCH);
    }

    private static void fail(RoutingContext rc) {
        Fault fault = rc.failure() instanceof FaultException e ? e.fault() : Fault.INTERNAL;
        if (fault == Fault.INTERNAL) {
            rc.failure().printStackTrace();
        }
        rc.response().setStatusCode(fault.status()).end(fault.code());
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A client of the gateway. */
    RawService.Peer connect() throws IOException {
        return new RawService.Peer(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Everything that comes until the connection ends: the request should ask for that. */
    String exchange(String request) throws IOException {
        try (var peer = connect().socket) {
            var client = new RawService.Peer(peer);
            client.write(request);
            return new String(peer.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() {
        try {
            await(vertx.close());
        } catch (Exception e) {
            throw new IllegalStateException("the gateway does not stop", e);
        }
    }
}
