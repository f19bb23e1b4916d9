package dev.switchboard.gateway.proxy;

import dev.switchboard.gateway.bridge.CloseCode;
import dev.switchboard.gateway.bridge.Deadlines;
import dev.switchboard.gateway.upstream.Attempt;
import dev.switchboard.identity.Identity;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket that passes through: after the handshake two connections are joined, and bytes go from one to the other as
 * they come. The tunnel knows where frames end only to end the socket in order when its time is over.
 */
final class Tunnel extends LiveSocket {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);

    /** For both ends to take the Close frame and answer it. */
    private static final long CLOSE_TIMEOUT_MS = 2_000;

    /** For one end to take what the other sent before it went. */
    private static final long LINGER_MS = 10_000;

    /** Tokens that are good for longer are as good as those that are good for this long. */
    private static final long LONGEST_MS = TimeUnit.DAYS.toMillis(3650);

    private final SocketLoop loop;
    private final OpenSocket about;
    private final Attempt attempt;
    private final TunnelEnd client;
    private final TunnelEnd service;
    private final long idleMillis;
    private final long expiresAt;
    private long leaveAt;
    private long heardAt;

    /** When it is cut off; never, as long as it is open. */
    private long cutAt = Deadlines.NEVER;

    private boolean over;

    private Tunnel(SocketLoop loop, OpenSocket about, Attempt attempt, Channel client, Channel service, long leaveAt) {
        this.loop = loop;
        this.about = about;
        this.attempt = attempt;
        this.client = new TunnelEnd(this, client, false);
        this.service = new TunnelEnd(this, service, true);
        this.client.joinTo(this.service);
        this.service.joinTo(this.client);
        this.idleMillis = loop.options().idleTimeout().toMillis();
        this.heardAt = loop.now();
        this.expiresAt = expiry(about.identity());
        this.leaveAt = leaveAt;
    }

    private long expiry(@Nullable Identity identity) {
        if (identity == null) {
            return Deadlines.NEVER;
        }
        long left = Instant.now().until(identity.expiresAt(), ChronoUnit.MILLIS);
        return heardAt
                + Math.min(left, LONGEST_MS)
                + loop.options().expiryGrace().toMillis();
    }

    /**
     * Joins two connections. On the event loop of both; the switch of protocols is written to the client already.
     *
     * @param attempt of which the socket is the answer; it is over when the socket is
     * @param service with a decoder that may hold the first frames
     * @param leaveAt when the node is about to stop, or never
     */
    static void open(
            SocketLoop loop, OpenSocket about, Attempt attempt, Channel client, UpgradedService service, long leaveAt) {
        var tunnel = new Tunnel(loop, about, attempt, client, service.channel(), leaveAt);
        loop.schedule(tunnel, tunnel.next());
        Takeover.of(client, tunnel.client);
        service.handTo(tunnel.service);
        client.flush();
        client.config().setAutoRead(true);
        service.channel().config().setAutoRead(true);
        if (!client.isActive() || !service.channel().isActive()) {
            tunnel.cut();
        } else if (loop.isRevoked(about)) {
            tunnel.end(CloseCode.SESSION_REVOKED);
        }
    }

    @Override
    OpenSocket about() {
        return about;
    }

    void heard() {
        heardAt = loop.now();
    }

    void failed(Throwable cause) {
        LOG.debug("Socket of {} failed", about.route().name(), cause);
    }

    @Override
    public long due(long now) {
        if (now >= cutAt) {
            cut();
            return Deadlines.NEVER;
        }
        if (cutAt == Deadlines.NEVER) {
            if (now >= leaveAt) {
                end(CloseCode.NODE_DRAINING);
            } else if (now >= expiresAt) {
                end(CloseCode.SESSION_EXPIRED);
            } else if (now - heardAt >= idleMillis) {
                end(CloseCode.PING_TIMEOUT);
            }
        }
        return next();
    }

    private long next() {
        return cutAt != Deadlines.NEVER ? cutAt : Math.min(Math.min(leaveAt, expiresAt), heardAt + idleMillis);
    }

    @Override
    void leaveAt(long millis) {
        leaveAt = Math.min(leaveAt, millis);
        reschedule();
    }

    void leaveWithin(long millis) {
        loop.leaveWithin(this, millis);
    }

    @Override
    void end(CloseCode why) {
        if (cutAt != Deadlines.NEVER) {
            return;
        }
        cutAt = loop.now() + CLOSE_TIMEOUT_MS;
        reschedule();
        client.end(why);
        service.end(why);
    }

    /** Ends it at once, without a word. */
    void cut() {
        client.close();
        service.close();
    }

    /** One of the ends is gone. */
    void ended() {
        if (client.gone() && service.gone()) {
            if (!over) {
                over = true;
                loop.remove(this);
                attempt.answered(HttpResponseStatus.SWITCHING_PROTOCOLS.code());
            }
        } else if (cutAt == Deadlines.NEVER) {
            cutAt = loop.now() + LINGER_MS;
            reschedule();
        }
    }

    private void reschedule() {
        if (!over) {
            loop.schedule(this, next());
        }
    }
}
