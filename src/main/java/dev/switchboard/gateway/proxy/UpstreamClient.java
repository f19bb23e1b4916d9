package dev.switchboard.gateway.proxy;

import dev.switchboard.config.Authorities;
import dev.switchboard.gateway.upstream.Address;
import dev.switchboard.gateway.upstream.UpstreamOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The connections of one event loop to the addresses of one service, for requests; sockets have their own. */
final class UpstreamClient {
    /** Of an answer. Services set larger headers than browsers send: many cookies, long policies. */
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    /** Requests at a time over one connection by HTTP/2, if the service lets so many. */
    private static final int STREAMS = 100;

    /** The window that HTTP/2 gives a stream (RFC 9113 §6.9.2); an answer that nobody reads must not hold up the others. */
    private static final int STREAM_WINDOW = 65_535;

    /**
     * {@code Upstream.choose} lets in no more than may wait, on the whole node. A bound of this queue too, of one event loop
     * and address, would refuse some of those while other loops have connections to spare.
     */
    private static final int BOUNDED_ELSEWHERE = -1;

    private final UpstreamOptions options;
    private final HttpClientAgent client;

    /**
     * @param loops event loops among which the connections of the node are shared out
     */
    UpstreamClient(Vertx vertx, UpstreamOptions options, int loops) {
        this.options = options;
        int connections = Math.max(1, (options.maxConnections() + loops - 1) / loops);
        int keepAlive = (int) Math.max(1, options.keepAlive().toSeconds());
        HttpClientOptions http = new HttpClientOptions()
                .setConnectTimeout((int) options.connectTimeout().toMillis())
                .setKeepAliveTimeout(keepAlive)
                .setHttp2KeepAliveTimeout(keepAlive)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setDecompressionSupported(false)
                .setHttp2ClearTextUpgrade(false);
        if (options.http2()) {
            http.setProtocolVersion(HttpVersion.HTTP_2)
                    .setUseAlpn(true)
                    .setHttp2MultiplexingLimit(STREAMS)
                    .setHttp2ConnectionWindowSize(STREAMS * STREAM_WINDOW)
                    .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1));
        }
        Authorities tls = options.tls();
        if (tls != null) {
            http.setTrustOptions(tls.trust());
        }
        client = vertx.httpClientBuilder()
                .with(http)
                .with(new PoolOptions()
                        .setHttp1MaxSize(connections)
                        .setHttp2MaxSize(connections)
                        .setMaxWaitQueueSize(BOUNDED_ELSEWHERE))
                // Whoever waits for an answer is told; Vert.x would log it as an error of ours.
                .withConnectHandler(connection -> connection.exceptionHandler(e -> {}))
                .build();
    }

    UpstreamOptions options() {
        return options;
    }

    /** A request to {@code address}, with nothing sent yet. Fails when there is no connection. */
    Future<HttpClientRequest> request(Address address, HttpMethod method, String target, Duration patience) {
        RequestOptions request = new RequestOptions()
                .setMethod(method)
                .setHost(address.host())
                .setPort(address.port())
                .setSsl(address.tls())
                .setURI(target)
                .setConnectTimeout(Math.max(1, patience.toMillis()));
        try {
            return client.request(request);
        } catch (IllegalStateException closed) {
            return Future.failedFuture(closed);
        }
    }

    /** Lets requests under way finish, for at most {@code within}. */
    void retire(Duration within) {
        client.shutdown(within.toMillis(), TimeUnit.MILLISECONDS);
    }
}
