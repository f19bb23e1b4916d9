package dev.switchboard.gateway.limit;

import dev.switchboard.config.Authorities;
import dev.switchboard.config.Secret;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is.
 *
 * @param url {@code redis://} or, with TLS, {@code rediss://}; it may hold a password
 * @param authorities whose certificates are believed; null for those that the JVM believes
 */
public record RedisAddress(Secret url, @Nullable Authorities authorities) {
    private static final int DEFAULT_PORT = 6379;
    private static final String TLS = "rediss";

    /**
     * Reads {@code host:port} or an address with {@code redis://} or {@code rediss://}.
     *
     * @throws IllegalArgumentException when it is neither
     */
    static RedisAddress of(Secret text, @Nullable Authorities authorities) {
        String value = text.value().strip();
        URI uri = URI.create(value.contains("://") ? value : "redis://" + value);
        boolean known = "redis".equals(uri.getScheme()) || TLS.equals(uri.getScheme());
        if (!known || uri.getHost() == null) {
            throw new IllegalArgumentException("no address of Redis");
        }
        return new RedisAddress(new Secret(uri.toString()), authorities);
    }

    private URI uri() {
        return URI.create(url.value());
    }

    /** One connection of its own, that is never repaired behind its user's back. */
    RedisOptions options(int connectTimeoutMillis, int maxWaiting) {
        NetClientOptions net = new NetClientOptions()
                .setConnectTimeout(connectTimeoutMillis)
                .setTcpNoDelay(true)
                .setReconnectAttempts(0);
        if (TLS.equals(uri().getScheme())) {
            net.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
            if (authorities != null) {
                net.setTrustOptions(authorities.trust());
            }
        }
        return new RedisOptions()
                .setNetClientOptions(net)
                .setConnectionString(url.value())
                .setMaxPoolSize(1)
                .setPoolCleanerInterval(-1)
                .setMaxWaitingHandlers(maxWaiting);
    }

    /** For logs: without what is secret. */
    @Override
    public String toString() {
        URI uri = uri();
        return uri.getHost() + ":" + (uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }
}
