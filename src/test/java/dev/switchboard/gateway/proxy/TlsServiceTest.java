package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.Authorities;
import dev.switchboard.gateway.Certificates;
import dev.switchboard.gateway.proxy.ProxyServer.Setup;
import dev.switchboard.gateway.upstream.Address;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that speak TLS, with a certificate for {@code localhost}. */
class TlsServiceTest extends ProxyTest {
    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private Authorities trust;
    private int port;

    @BeforeEach
    void serve() throws Exception {
        Certificates made = Certificates.make(folder);
        trust = Authorities.read(Path.of(made.certificate()));
        var options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(
                        new PemKeyCertOptions().setCertPath(made.certificate()).setKeyPath(made.key()));
        port = ProxyServer.await(vertx.createHttpServer(options)
                        .requestHandler(request -> request.response().end(request.version() + " " + request.scheme()))
                        .listen())
                .actualPort();
    }

    @AfterEach
    void close() throws Exception {
        ProxyServer.await(vertx.close());
    }

    private ProxyServer gateway(boolean http2, String host, @Nullable Authorities believed) throws Exception {
        return opened(new ProxyServer(
                Setup.USUAL.http2(http2), new HttpServerOptions(), List.of(new Address(host, port, true)), believed));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theyAreSpokenToByTheProtocolThatTheSettingsSay(boolean http2) throws Exception {
        assertThat(gateway(http2, "localhost", trust).exchange(get("/")))
                .startsWith("HTTP/1.1 200 ")
                .endsWith((http2 ? "HTTP_2" : "HTTP_1_1") + " https");
    }

    @Test
    void theirCertificateMustBeKnown() throws Exception {
        assertThat(gateway(false, "localhost", null).exchange(get("/")))
                .startsWith("HTTP/1.1 503 ")
                .endsWith("upstream_unreachable");
    }

    @Test
    void theirCertificateMustBeForTheirName() throws Exception {
        assertThat(gateway(false, "127.0.0.1", trust).exchange(get("/")))
                .startsWith("HTTP/1.1 503 ")
                .endsWith("upstream_unreachable");
    }
}
