package dev.switchboard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.gateway.proxy.ProxyServer.Setup;
import dev.switchboard.gateway.upstream.Address;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 on either side, and on both. */
class Http2Test extends ProxyTest {
    private static final int LARGE = 1 << 20;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        ProxyServer.await(vertx.close());
    }

    private int serve(Handler<HttpServerRequest> handler) throws Exception {
        return ProxyServer.await(vertx.createHttpServer(
                                new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                        .requestHandler(handler)
                        .listen())
                .actualPort();
    }

    private ProxyServer gateway(boolean http2Service, int port) throws Exception {
        return opened(new ProxyServer(
                Setup.USUAL.http2(http2Service),
                new HttpServerOptions().setHttp2ClearTextEnabled(true).setCompressionSupported(true),
                List.of(new Address("127.0.0.1", port, false)),
                null));
    }

    private HttpClient client(boolean http2) {
        return vertx.createHttpClient(new HttpClientOptions()
                .setHttp2ConnectionWindowSize(8 * LARGE)
                .setProtocolVersion(http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
                .setHttp2ClearTextUpgrade(false));
    }

    /** What is done with an answer must be said on its event loop: the test's own thread may come after its end. */
    private static Future<Buffer> get(HttpClient client, ProxyServer gateway, String path) {
        return client.request(HttpMethod.GET, gateway.port, "127.0.0.1", path)
                .compose(request -> request.send().compose(HttpClientResponse::body));
    }

    /** The whole answer; to be asked for before the request is sent. */
    private static Future<HttpClientResponse> whole(HttpClientRequest request) {
        return request.response().compose(answer -> answer.body().map(answer));
    }

    private HttpClientRequest request(boolean http2, ProxyServer gateway, HttpMethod method) throws Exception {
        return ProxyServer.await(client(http2).request(method, gateway.port, "127.0.0.1", "/a?b=c"));
    }

    @ParameterizedTest
    @CsvSource({
        "true,true,GET",
        "true,false,GET",
        "false,true,GET",
        "true,true,POST",
        "true,false,POST",
        "false,true,POST",
        "true,false,DELETE"
    })
    void requestsAndAnswersPass(boolean clientHttp2, boolean serviceHttp2, String method) throws Exception {
        var framing = new CompletableFuture<String>();
        int port = serve(request -> {
            framing.complete(request.getHeader("content-length") + " " + request.getHeader("transfer-encoding"));
            request.body().onSuccess(body -> request.response()
                    .putHeader("x-seen", request.version() + " " + request.uri() + " " + body.length())
                    .putHeader("x-cookie", String.valueOf(request.getHeader("cookie")))
                    .setChunked(true)
                    .end("ok"));
        });
        HttpClientRequest request = request(clientHttp2, gateway(serviceHttp2, port), HttpMethod.valueOf(method));
        request.headers().add("cookie", "a=1").add("cookie", "b=2").add("x_user_id", "1");
        Future<HttpClientResponse> answering = whole(request);
        if (method.equals("POST")) {
            request.end("hello");
        } else {
            request.end();
        }
        HttpClientResponse answer = ProxyServer.await(answering);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.getHeader("x-seen"))
                .isEqualTo((serviceHttp2 ? "HTTP_2" : "HTTP_1_1") + " /a?b=c " + (method.equals("POST") ? 5 : 0));
        assertThat(answer.getHeader("x-cookie")).isEqualTo("a=1; b=2");
        assertThat(answer.getHeader("connection")).isNull();
        assertThat(framing.join()).isEqualTo(method.equals("POST") ? "5 null" : "null null");
    }

    @Test
    void aBodyOfUnknownLengthIsChunked() throws Exception {
        var framing = new CompletableFuture<String>();
        int port = serve(request -> {
            framing.complete(request.getHeader("content-length") + " " + request.getHeader("transfer-encoding"));
            request.body().onSuccess(body -> request.response().end(body));
        });
        HttpClientRequest request =
                request(true, gateway(false, port), HttpMethod.POST).setChunked(true);
        Future<Buffer> answering = request.response().compose(HttpClientResponse::body);
        request.write("one");
        assertThat(framing.get(20, TimeUnit.SECONDS)).isEqualTo("null chunked");
        request.end("two");
        Buffer body = ProxyServer.await(answering);

        assertThat(body).hasToString("onetwo");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trailersAndTheWishForThemPass(boolean serviceHttp2) throws Exception {
        int port = serve(request -> request.response()
                .putHeader("content-type", "application/grpc")
                .setChunked(true)
                .putTrailer("grpc-status", String.valueOf(request.getHeader("te")))
                .end("ok"));
        HttpClientRequest request = request(true, gateway(serviceHttp2, port), HttpMethod.POST);
        request.putHeader("te", "trailers");
        Future<HttpClientResponse> answering = whole(request);
        request.end("x");
        HttpClientResponse answer = ProxyServer.await(answering);

        assertThat(answer.getTrailer("grpc-status")).isEqualTo(serviceHttp2 ? "trailers" : "null");
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true"})
    void aTornAnswerIsResetAndNotEnded(boolean clientHttp2, boolean serviceHttp2) throws Exception {
        int port = serve(request -> {
            request.response().setChunked(true).write("half");
            request.response().reset(2);
        });
        HttpClientRequest request = request(clientHttp2, gateway(serviceHttp2, port), HttpMethod.GET);

        Future<HttpClientResponse> answering = whole(request);
        request.end();
        assertThat(catching(answering)).isNotNull();
    }

    private static Throwable catching(Future<?> future) throws Exception {
        try {
            ProxyServer.await(future);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Test
    void oneTornStreamDoesNotTearTheOthers() throws Exception {
        Promise<Void> go = Promise.promise();
        int port = serve(request -> {
            if (request.path().equals("/torn")) {
                request.response().setChunked(true).write("half").onComplete(v -> request.connection()
                        .close());
            } else {
                request.response().setChunked(true).write("a");
                go.future().onComplete(v -> request.response().end("b"));
            }
        });
        ProxyServer gateway = gateway(false, port);
        HttpClient client = client(true);
        Future<Buffer> good = get(client, gateway, "/good");
        Future<Buffer> torn = get(client, gateway, "/torn");

        assertThat(catching(torn)).isInstanceOf(StreamResetException.class);
        go.complete();
        assertThat(ProxyServer.await(good)).hasToString("ab");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatResetsFreesTheService(boolean serviceHttp2) throws Exception {
        var asked = new AtomicInteger();
        var gone = new AtomicInteger();
        int port = serve(request -> {
            asked.incrementAndGet();
            request.response().exceptionHandler(e -> gone.incrementAndGet());
        });
        ProxyServer gateway = gateway(serviceHttp2, port);
        HttpClient client = client(true);
        int rounds = 3 * Setup.USUAL.connections();
        for (int i = 1; i <= rounds; i++) {
            HttpClientRequest request =
                    ProxyServer.await(client.request(HttpMethod.GET, gateway.port, "127.0.0.1", "/"));
            request.send();
            Awaitility.await().untilAtomic(asked, Matchers.is(i));
            request.reset();
            Awaitility.await().untilAtomic(gateway.upstream.open, Matchers.is(0));
        }
        Awaitility.await().untilAtomic(gone, Matchers.is(rounds));
        assertThat(gateway.upstream.ends).containsOnly("cancelled");
    }

    @Test
    void anEarlyAnswerEndsTheUpload() throws Exception {
        int port = serve(request -> request.response().setStatusCode(403).end("no"));
        ProxyServer gateway = gateway(true, port);
        HttpClient client = client(true);
        for (int i = 0; i < 3 * Setup.USUAL.connections(); i++) {
            HttpClientRequest request =
                    ProxyServer.await(client.request(HttpMethod.POST, gateway.port, "127.0.0.1", "/"));
            request.setChunked(true).write("begin");
            HttpClientResponse answer = ProxyServer.await(request.response());
            assertThat(answer.statusCode()).isEqualTo(403);
            Awaitility.await().untilAtomic(gateway.upstream.open, Matchers.is(0));
        }
    }

    @Test
    void aStreamThatIsNotReadHoldsUpNeitherTheServiceNorItsNeighbours() throws Exception {
        var written = new AtomicLong();
        Buffer piece = Buffer.buffer(new byte[1 << 14]);
        int port = serve(request -> {
            if (request.path().equals("/small")) {
                request.response().end("ok");
                return;
            }
            request.response().setChunked(true);
            pump(request, piece, written);
        });
        ProxyServer gateway = gateway(true, port);
        HttpClient client = client(true);
        HttpClientResponse unread =
                ProxyServer.await(client.request(HttpMethod.GET, gateway.port, "127.0.0.1", "/large")
                        .compose(r -> r.send().map(a -> {
                            a.pause();
                            return a;
                        })));
        for (int i = 0; i < 50; i++) {
            assertThat(ProxyServer.await(get(client, gateway, "/small"))).hasToString("ok");
        }
        assertThat(written.get()).isPositive().isLessThan(LARGE);
        var received = new AtomicLong();
        unread.handler(b -> received.addAndGet(b.length())).resume();
        Awaitility.await().until(() -> received.get() > 4L * LARGE);
    }

    private static void pump(HttpServerRequest request, Buffer piece, AtomicLong written) {
        var response = request.response();
        while (!response.closed() && !response.writeQueueFull()) {
            written.addAndGet(piece.length());
            response.write(piece);
        }
        response.drainHandler(v -> pump(request, piece, written));
    }

    @Test
    void headersKeepTheirCountAndGoInLowerCase() throws Exception {
        int port = serve(request -> {
            MultiMap headers = request.response().headers();
            headers.add("Set-Cookie", "a=1").add("Set-Cookie", "b=2").add("X-Internal-Id", "7");
            request.response().end("ok");
        });
        HttpClientResponse answer = ProxyServer.await(
                request(true, gateway(false, port), HttpMethod.GET).send());

        assertThat(answer.headers().getAll("set-cookie")).containsExactly("a=1", "b=2");
        assertThat(answer.headers().names()).allMatch(n -> n.equals(n.toLowerCase(java.util.Locale.ROOT)));
        assertThat(answer.headers().contains("x-internal-id")).isFalse();
    }
}
