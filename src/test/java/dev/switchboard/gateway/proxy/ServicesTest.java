package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.gateway.bridge.OriginPolicy;
import dev.switchboard.gateway.http.Admitted;
import dev.switchboard.gateway.http.Exchange;
import dev.switchboard.gateway.route.Access;
import dev.switchboard.gateway.route.CorsRule;
import dev.switchboard.gateway.route.PathPattern;
import dev.switchboard.gateway.route.Route;
import dev.switchboard.gateway.route.Target;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import dev.switchboard.gateway.upstream.Upstreams;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes, real upstreams, and what goes which way. */
class ServicesTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final SocketGateway.FakeRevocations revocations = new SocketGateway.FakeRevocations();
    private ServerSocket service;
    private int port;
    private Upstreams upstreams;
    private volatile Route route = route(null);

    private static Route route(@Nullable CorsRule cors) {
        return new Route(
                "routes[0]",
                Set.of(),
                PathPattern.of("/app/**"),
                new Access.User(),
                Route.UNLIMITED,
                LONG,
                1 << 20,
                new Target.Service("chat", null),
                cors);
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @BeforeEach
    void start() throws Exception {
        service = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        service.setSoTimeout(30_000);
        var address = new Address("127.0.0.1", service.getLocalPort(), false);
        upstreams = new Upstreams(
                vertx, List.of(new UpstreamOptions("chat", List.of(address), LONG, LONG, LONG, 10, 10, 1)));
        var shared = new Services.Shared(
                upstreams,
                new Forwarder.Settings(1, LONG),
                new SocketOptions(Duration.ofMinutes(5), Duration.ofSeconds(25)),
                revocations,
                new OriginPolicy(List.of(SocketGateway.PAGE)));
        Router router = Router.router(vertx);
        Services services = result(
                Future.future(made -> vertx.runOnContext(v -> made.complete(new Services(vertx, () -> shared)))));
        router.route()
                .handler(rc -> services.forward(
                        rc,
                        new Admitted(
                                route, "/rewritten", SocketGateway.user(), new Exchange("r-1", "203.0.113.9", false))))
                .failureHandler(ServicesTest::fail);
        HttpServer server =
                result(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
        port = server.actualPort();
    }

    private static void fail(RoutingContext rc) {
        FaultException fault = (FaultException) rc.failure();
        rc.response().setStatusCode(fault.fault().status()).end(fault.fault().code());
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        result(vertx.close());
    }

    private SocketWire accepted() throws IOException {
        return new SocketWire(service.accept(), false);
    }

    @Test
    void requestsAndSocketsGoToTheService() throws Exception {
        try (SocketWire client = SocketWire.connect(port)) {
            client.send("GET /app/x?a=1 HTTP/1.1", "Host: a");
            try (SocketWire asked = accepted()) {
                SocketWire.Head head = asked.head();
                assertThat(head.line()).isEqualTo("GET /rewritten?a=1 HTTP/1.1");
                assertThat(head.all("X-User-Id")).isEqualTo(List.of(SocketGateway.USER.toString()));
                asked.send("HTTP/1.1 200 OK", "Content-Length: 0");
                assertThat(client.head().status()).isEqualTo(200);
            }
            client.upgrade("/app/x?a=1");
            try (SocketWire asked = accepted()) {
                SocketWire.Head head = asked.head();
                assertThat(head.line()).isEqualTo("GET /rewritten?a=1 HTTP/1.1");
                assertThat(head.all("X-User-Id")).isEqualTo(List.of(SocketGateway.USER.toString()));
                assertThat(head.all("X-Forwarded-For")).isEqualTo(List.of("203.0.113.9"));
                asked.accept();
                assertThat(client.head().status()).isEqualTo(101);
            }
        }
    }

    @Test
    void aSocketTakesItsPlaceUntilItEnds() throws Exception {
        try (SocketWire second = SocketWire.connect(port)) {
            try (SocketWire first = SocketWire.connect(port).upgrade("/app");
                    SocketWire asked = accepted()) {
                asked.head();
                asked.accept();
                assertThat(first.head().status()).isEqualTo(101);
                SocketWire.Head refused = second.upgrade("/app").head();
                assertThat(refused.status()).isEqualTo(503);
                assertThat(second.body(refused)).isEqualTo("unavailable");
                // Requests have room of their own.
                second.send("GET /app HTTP/1.1", "Host: a");
                try (SocketWire request = accepted()) {
                    request.head();
                    request.send("HTTP/1.1 204 No Content");
                    assertThat(second.head().status()).isEqualTo(204);
                }
            }
            // The first is gone as soon as the gateway has noticed.
            await().until(() -> upstreams.states().get(0).addresses().get(0).sockets() == 0);
            second.upgrade("/app");
            try (SocketWire asked = accepted()) {
                asked.head();
                asked.accept();
                assertThat(second.head().status()).isEqualTo(101);
            }
        }
    }

    @Test
    void aRouteHasItsOwnPages() throws Exception {
        String other = "https://other.example.org";
        route = route(CorsRule.of(List.of(other)));
        try (SocketWire client = SocketWire.connect(port)) {
            SocketWire.Head refused =
                    client.upgrade("/app", "Origin: " + SocketGateway.PAGE).head();
            assertThat(refused.status()).isEqualTo(403);
            client.body(refused);
            route = route(new CorsRule(Set.of(other), false, List.of(), List.of(), LONG));
            refused = client.upgrade("/app", "Origin: " + other).head();
            assertThat(refused.status()).as("no cookies from there").isEqualTo(403);
            client.body(refused);
            client.upgrade("/app", "Origin: " + other, "Authorization: Bearer x");
            try (SocketWire asked = accepted()) {
                asked.head();
                asked.accept();
                assertThat(client.head().status()).isEqualTo(101);
            }
        }
    }
}
