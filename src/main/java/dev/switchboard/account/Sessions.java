package dev.switchboard.account;

import dev.switchboard.account.SessionStore.Exchange;
import dev.switchboard.identity.AccessTokens;
import dev.switchboard.identity.Revocations;
import dev.switchboard.identity.TokenOptions;
import dev.switchboard.protocol.AccountOperations.Session;
import dev.switchboard.protocol.AccountOperations.SignedIn;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions and their refresh tokens. A refresh token is good once. Whoever shows a spent one ends the session: either the
 * token was stolen, or its thief was faster (RFC 9700 §4.14.2).
 *
 * <p>One exception: until the successor is used, and at most {@link #REPEATABLE} long, a spent token gives the same
 * successor again. That is what a client does whose answer was lost, the bus when the owner of a request dies, and two
 * tabs that share a token. A thief gains nothing by it: there is one successor, not one for each, so the second of the two
 * to use it ends the session.
 */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    /** Longer than a request can take with all its tries, see {@link dev.switchboard.bus.Bus}. */
    static final Duration REPEATABLE = Duration.ofSeconds(20);

    /** Tokens of a session that ended may live on for so much longer than their lifetime, as clocks differ. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final SessionStore store;
    private final AccessTokens accessTokens;
    private final Revocations revocations;
    private final TokenOptions options;
    private final RefreshTokens refreshTokens = new RefreshTokens();

    Sessions(SessionStore store, AccessTokens accessTokens, Revocations revocations, TokenOptions options) {
        this.store = store;
        this.accessTokens = accessTokens;
        this.revocations = revocations;
        this.options = options;
    }

    /**
     * A new session for whoever showed the password with this hash; null when the account was disabled or its password
     * changed meanwhile.
     */
    Future<@Nullable SignedIn> open(User user, String passwordHash, @Nullable String userAgent) {
        UUID session = Ids.next();
        String token = refreshTokens.first();
        return store.open(
                        session,
                        user.id(),
                        passwordHash,
                        userAgent,
                        RefreshTokens.hash(token),
                        options.refreshTokenTtl())
                .map(opened -> opened ? signedIn(user, session, token) : null);
    }

    /** A session that goes on, and the refresh token that it goes on with. */
    record Renewed(UUID sessionId, UUID userId, String refreshToken) {}

    /**
     * Spends a refresh token.
     *
     * @return fails with {@code unauthorized} when it is unknown or expired; with {@code session_revoked} when its session
     *     was ended, or is ended now because the token was spent before
     */
    Future<Renewed> renew(String refreshToken) {
        RefreshTokens.Next next = refreshTokens.after(refreshToken);
        return store.exchange(
                        RefreshTokens.hash(refreshToken),
                        next.nonce(),
                        RefreshTokens.hash(next.token()),
                        options.refreshTokenTtl(),
                        REPEATABLE)
                .compose(exchange -> switch (exchange.outcome()) {
                    case SPENT -> Future.succeededFuture(renewed(exchange, next.token()));
                    case REPEATED ->
                        Future.succeededFuture(renewed(
                                exchange, RefreshTokens.after(refreshToken, Objects.requireNonNull(exchange.nonce()))));
                    case REUSED -> endStolen(Objects.requireNonNull(exchange.sessionId()));
                    case ENDED -> Future.failedFuture(Fault.SESSION_REVOKED.because("The session was ended."));
                    case UNKNOWN -> Future.failedFuture(Fault.UNAUTHORIZED.because("The refresh token is not valid."));
                });
    }

    private static Renewed renewed(Exchange exchange, String token) {
        return new Renewed(
                Objects.requireNonNull(exchange.sessionId()), Objects.requireNonNull(exchange.userId()), token);
    }

    private Future<Renewed> endStolen(UUID session) {
        LOG.warn("A spent refresh token was shown again; its session {} is ended", session);
        return end(session)
                .compose(done -> Future.failedFuture(Fault.SESSION_REVOKED.because(
                        "The refresh token was used before. The session was ended; sign in again.")));
    }

    /** The answer for a session that goes on. */
    SignedIn signedIn(User user, Renewed renewed) {
        return signedIn(user, renewed.sessionId(), renewed.refreshToken());
    }

    private SignedIn signedIn(User user, UUID session, String refreshToken) {
        return new SignedIn(
                user,
                accessTokens.issue(user, session),
                refreshToken,
                "Bearer",
                options.accessTokenTtl().toSeconds());
    }

    /** Ends one session, on every node. */
    Future<Void> end(UUID session) {
        return store.end(session).compose(done -> revocations.revoke(session));
    }

    /** Ends one session of this user; fails with {@code not_found} when it is somebody else's. */
    Future<Void> end(UUID session, UUID user) {
        return store.owns(user, session)
                .compose(
                        owns -> owns ? end(session) : Future.failedFuture(Fault.NOT_FOUND.because("No such session.")));
    }

    /** Ends every session of a user but {@code except}, on every node. */
    Future<Void> endAll(UUID user, @Nullable UUID except) {
        return store.endAll(user, except, tokenLife())
                .compose(ended ->
                        Future.join(ended.stream().map(revocations::revoke).toList()))
                .mapEmpty();
    }

    /** How long a token of a session that ends now can live on. */
    Duration tokenLife() {
        return options.accessTokenTtl().plus(MARGIN);
    }

    /** The live sessions of a user, the newest first. */
    Future<List<Session>> list(UUID user, @Nullable UUID current) {
        return store.list(user, current);
    }
}
