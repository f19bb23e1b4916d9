package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.proxy.ProxyServer.Setup;
import dev.switchboard.gateway.route.PassOn;
import dev.switchboard.gateway.upstream.Address;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What routes may let through to services. */
class PassOnTest extends ProxyTest {
    private static final String COOKIES = "Cookie: session=s; refresh=r; theme=dark";

    @ParameterizedTest
    @ValueSource(strings = {"App.example.org", "app.example.org:8443", "[::1]:8080"})
    void theHostThatTheClientAskedFor(String host) throws Exception {
        RawService service = answering(OK);
        ProxyServer proxy = proxy(Setup.USUAL.passOn(new PassOn(true, Set.of())), service);
        proxy.exchange("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

        assertThat(service.heads.get(0)).containsIgnoringCase("\r\nhost: " + host + "\r\n");
    }

    @Test
    void elseTheService() throws Exception {
        RawService service = answering(OK);
        proxy(service).exchange(get("/", COOKIES));

        assertThat(service.heads.get(0))
                .containsIgnoringCase("\r\nhost: 127.0.0.1:" + service.port() + "\r\n")
                .containsIgnoringCase("\r\ncookie: theme=dark\r\n");
    }

    @Test
    void aClientWithoutAHostGetsTheServices() throws Exception {
        RawService service = answering(OK);
        proxy(Setup.USUAL.passOn(new PassOn(true, Set.of())), service).exchange("GET / HTTP/1.0\r\n\r\n");

        assertThat(service.heads.get(0)).containsIgnoringCase("\r\nhost: 127.0.0.1:" + service.port() + "\r\n");
    }

    @Test
    void cookiesThatTheRouteNames() throws Exception {
        RawService service = answering(OK);
        proxy(Setup.USUAL.passOn(new PassOn(false, Set.of("session"))), service).exchange(get("/", COOKIES));

        assertThat(service.heads.get(0)).containsIgnoringCase("\r\ncookie: session=s; theme=dark\r\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theHostByHttp2(boolean preserve) throws Exception {
        Vertx vertx = Vertx.vertx();
        opened(() -> ProxyServer.await(vertx.close()));
        var seen = new CompletableFuture<String>();
        int port = ProxyServer.await(vertx.createHttpServer(
                                new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                        .requestHandler(request -> {
                            seen.complete(String.valueOf(request.authority()));
                            request.response().end("ok");
                        })
                        .listen())
                .actualPort();
        ProxyServer proxy = opened(new ProxyServer(
                Setup.USUAL.http2(true).passOn(new PassOn(preserve, Set.of())),
                new HttpServerOptions(),
                List.of(new Address("127.0.0.1", port, false)),
                null));
        proxy.exchange(get("/"));

        assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo(preserve ? "app.example.org" : "127.0.0.1:" + port);
    }
}
