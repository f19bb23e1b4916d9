package dev.switchboard.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.switchboard.config.Authorities;
import dev.switchboard.gateway.Certificates;
import dev.switchboard.gateway.upstream.UpstreamState.Health;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checks, against servers that die, hang, complain and come back. */
@Timeout(180)
class UpstreamsTest {
    private static final String HOST = "127.0.0.1";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private static Vertx vertx;

    private @Nullable Upstreams upstreams;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        if (upstreams != null) {
            upstreams.close().await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anAddressThatDiesIsLeftOutAndComesBack() throws Exception {
        try (Backend one = new Backend();
                Backend two = new Backend()) {
            Upstream upstream = start(check("/health", Duration.ofSeconds(2)), one.address(), two.address());
            awaitHealth(one.address(), Health.WELL);
            awaitHealth(two.address(), Health.WELL);

            one.die();
            awaitHealth(one.address(), Health.FAILING);
            for (int i = 0; i < 5; i++) {
                Attempt attempt = upstream.choose(Set.of());
                assertThat(attempt.address()).isEqualTo(two.address());
                attempt.cancelled();
            }

            two.die();
            awaitHealth(two.address(), Health.FAILING);
            assertThatThrownBy(() -> upstream.choose(Set.of()))
                    .isInstanceOfSatisfying(FaultException.class, refused -> {
                        assertThat(refused.fault()).isEqualTo(Fault.UPSTREAM_UNREACHABLE);
                        assertThat(refused.retryAfter()).isEqualTo(INTERVAL);
                    });

            one.live();
            awaitHealth(one.address(), Health.WELL);
            assertThat(upstream.choose(Set.of()).address()).isEqualTo(one.address());
        }
    }

    @Test
    void aServerThatSaysItIsIllIs() throws Exception {
        try (Backend one = new Backend()) {
            start(check("/health?deep=1", Duration.ofSeconds(2)), one.address());
            awaitHealth(one.address(), Health.WELL);
            one.status = 503;
            awaitHealth(one.address(), Health.FAILING);
            one.status = 302;
            awaitCheck(one);
            assertThat(health(one.address())).isEqualTo(Health.FAILING);
            one.status = 204;
            awaitHealth(one.address(), Health.WELL);
            assertThat(one.asked).containsOnlyKeys("/health?deep=1");
        }
    }

    @Test
    void aServerThatHangsFailsAndIsAskedOneCheckAtATime() throws Exception {
        try (Backend one = new Backend()) {
            start(check("/health", Duration.ofMillis(200)), one.address());
            awaitHealth(one.address(), Health.WELL);
            one.hang = true;
            awaitHealth(one.address(), Health.FAILING);
            one.hang = false;
            awaitHealth(one.address(), Health.WELL);

            // Each begins an interval, less its tenth, after the end of the one before: nothing goes on twice.
            long start = System.nanoTime();
            int before = one.total();
            await().atMost(LONG).until(() -> one.total() >= before + 10);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThanOrEqualTo(INTERVAL.multipliedBy(9 * 9).dividedBy(10));
        }
    }

    @Test
    void aServiceOfHttp2IsAskedByIt() throws Exception {
        try (Backend one = new Backend()) {
            CheckRule check = check("/", Duration.ofSeconds(2));
            UpstreamOptions plain = options("chat", check, one.address());
            upstreams = new Upstreams(vertx, List.of(options("chat", check, true, null, one.address())));
            awaitHealth(one.address(), Health.WELL);
            assertThat(one.version).isEqualTo(HttpVersion.HTTP_2);
            upstreams().replace(List.of(plain));
            await().atMost(LONG).until(() -> one.version == HttpVersion.HTTP_1_1);
        }
    }

    @Test
    void checksBelieveWhomTheSettingsName(@TempDir Path folder) throws Exception {
        Certificates made = Certificates.make(folder);
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(made.certificate())
                                .setKeyPath(made.key())))
                .requestHandler(request -> request.response().end())
                .listen(0, HOST)
                .await(20, TimeUnit.SECONDS);
        Address address = new Address("localhost", server.actualPort(), true);
        CheckRule check = check("/", Duration.ofSeconds(2));
        upstreams = new Upstreams(vertx, List.of(options("chat", check, address)));
        awaitHealth(address, Health.FAILING);

        upstreams()
                .replace(
                        List.of(options("chat", check, false, Authorities.read(Path.of(made.certificate())), address)));
        awaitHealth(address, Health.WELL);
    }

    @Test
    void aPortThatTakesConnectionsAndSaysNothingFails() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Address address = new Address(HOST, mute.getLocalPort(), false);
            start(check("/", Duration.ofMillis(200)), address);

            awaitHealth(address, Health.FAILING);
        }
    }

    @Test
    void aServiceThatAsksForNoChecksGetsNone() throws Exception {
        try (Backend one = new Backend();
                Backend checked = new Backend()) {
            upstreams = new Upstreams(
                    vertx,
                    List.of(
                            options("plain", null, one.address()),
                            options("checked", check("/", Duration.ofSeconds(2)), checked.address())));
            awaitCheck(checked);
            awaitCheck(checked);

            assertThat(one.asked).isEmpty();
            assertThat(health(one.address())).isEqualTo(Health.UNKNOWN);
        }
    }

    @Test
    void newSettingsAreCheckedAtOnceAndOldOnesNoMore() throws Exception {
        try (Backend one = new Backend();
                Backend two = new Backend()) {
            Upstream upstream = start(check("/old", Duration.ofSeconds(2)), one.address());
            awaitHealth(one.address(), Health.WELL);

            Upstreams all = upstreams();
            all.replace(List.of(options("chat", check("/new", Duration.ofSeconds(2)), one.address(), two.address())));
            assertThat(all.find("chat")).isSameAs(upstream);
            assertThat(upstream.options().addresses()).hasSize(2);
            // What was known stays known.
            assertThat(health(one.address())).isEqualTo(Health.WELL);
            await().atMost(LONG).until(() -> one.asked.containsKey("/new") && two.asked.containsKey("/new"));
            int old = Objects.requireNonNull(one.asked.get("/old"));
            awaitCheck(one);
            awaitCheck(one);
            assertThat(one.asked).containsEntry("/old", old);

            // Without checks nobody knows that an address fails, so it does not.
            two.die();
            awaitHealth(two.address(), Health.FAILING);
            all.replace(List.of(options("chat", null, one.address(), two.address())));
            awaitHealth(two.address(), Health.UNKNOWN);

            all.replace(List.of());
            assertThat(all.states()).isEmpty();
            // Whoever was let in before the change still gets there.
            assertThat(all.find("chat")).isSameAs(upstream);
            all.replace(List.of());
            assertThat(all.find("chat")).isNull();
            upstream.choose(Set.of()).cancelled();
        }
    }

    @Test
    void nothingIsAskedAfterTheEnd() throws Exception {
        try (Backend one = new Backend()) {
            start(check("/", Duration.ofSeconds(2)), one.address());
            awaitHealth(one.address(), Health.WELL);
            upstreams().close().await(20, TimeUnit.SECONDS);
            upstreams().replace(List.of(options("chat", check("/again", Duration.ofSeconds(2)), one.address())));
            AtomicInteger before = new AtomicInteger(-1);
            await().during(INTERVAL.multipliedBy(4)).until(() -> before.getAndSet(one.total()) == one.total());
            assertThat(one.asked).doesNotContainKey("/again");
        }
    }

    private Upstreams upstreams() {
        return Objects.requireNonNull(upstreams);
    }

    private Upstream start(CheckRule check, Address... addresses) {
        upstreams = new Upstreams(vertx, List.of(options("chat", check, addresses)));
        return Objects.requireNonNull(upstreams.find("chat"));
    }

    private static CheckRule check(String path, Duration timeout) {
        return new CheckRule(path, INTERVAL, timeout, 2, 3);
    }

    private static UpstreamOptions options(String name, @Nullable CheckRule check, Address... addresses) {
        return options(name, check, false, null, addresses);
    }

    private static UpstreamOptions options(
            String name, @Nullable CheckRule check, boolean http2, @Nullable Authorities tls, Address... addresses) {
        UpstreamOptions plain = new UpstreamOptions(name, List.of(addresses));
        return new UpstreamOptions(
                name,
                plain.addresses(),
                plain.connectTimeout(),
                plain.idleTimeout(),
                plain.keepAlive(),
                plain.maxConnections(),
                plain.maxWaiting(),
                plain.maxSockets(),
                plain.balance(),
                check,
                plain.ejection(),
                plain.retries(),
                plain.circuit(),
                http2,
                tls);
    }

    private Health health(Address address) {
        return upstreams().states().stream()
                .flatMap(state -> state.addresses().stream())
                .filter(state -> state.address().equals(address))
                .map(UpstreamState.AddressState::health)
                .findFirst()
                .orElseThrow();
    }

    private void awaitHealth(Address address, Health health) {
        await().atMost(LONG).untilAsserted(() -> assertThat(health(address)).isEqualTo(health));
    }

    /** Until the server was asked once more. */
    private static void awaitCheck(Backend backend) {
        int before = backend.total();
        await().atMost(LONG).until(() -> backend.total() > before);
    }

    /** A small server whose port stays its own while it is dead. */
    private static final class Backend implements AutoCloseable {
        private final Map<String, Integer> asked = new ConcurrentHashMap<>();
        private int port;
        private volatile int status = 200;
        private volatile boolean hang;
        private volatile @Nullable HttpVersion version;
        private @Nullable HttpServer server;
        /** Takes the port without listening. */
        private Socket grave = new Socket();

        Backend() throws IOException, TimeoutException {
            live();
        }

        Address address() {
            return new Address(HOST, port, false);
        }

        int total() {
            return asked.values().stream().mapToInt(times -> times).sum();
        }

        void live() throws IOException, TimeoutException {
            grave.close();
            HttpServer living = vertx.createHttpServer()
                    .requestHandler(this::answer)
                    .listen(port, HOST)
                    .await(20, TimeUnit.SECONDS);
            port = living.actualPort();
            server = living;
        }

        void die() throws TimeoutException {
            stop();
            // The server says that it is closed a moment before the port is free.
            await().atMost(LONG).ignoreExceptionsInstanceOf(BindException.class).until(this::bury);
        }

        private boolean bury() throws IOException {
            grave.close();
            grave = new Socket();
            grave.setReuseAddress(true);
            grave.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        }

        private void stop() throws TimeoutException {
            HttpServer living = server;
            server = null;
            if (living != null) {
                living.close().await(20, TimeUnit.SECONDS);
            }
        }

        private void answer(HttpServerRequest request) {
            version = request.version();
            asked.merge(request.uri(), 1, Integer::sum);
            if (!hang) {
                request.response().setStatusCode(status).end("some text");
            }
        }

        @Override
        public void close() throws IOException, TimeoutException {
            stop();
            grave.close();
        }
    }
}
