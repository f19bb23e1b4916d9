package dev.switchboard.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.switchboard.config.Secret;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Checks tokens that somebody else issued, as RFC 8725 advises: RS256, ES256 and EdDSA with the public keys of a JWKS
 * address, HS256 with a secret that the issuer and we share; a key is never used for another algorithm. {@code exp} is
 * required. Such a token belongs to no session of ours, so it is good until it expires. Safe to share; the last
 * {@value #MAX_CACHED} good tokens are remembered until then, or until the keys change.
 */
final class ForeignTokens implements TokenVerifier {
    private static final int MAX_CACHED = 10_000;

    /** Tokens that may wait for keys at a time; more are refused at once. */
    private static final int MAX_WAITING = 1_000;

    private static final Set<JWSAlgorithm> BY_PUBLIC_KEY =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA);

    /** RFC 7519 §5.1, RFC 9068 §2.1: whatever else is signed by the same issuer is no access token. */
    private static final Set<JOSEObjectType> TYPES = Set.of(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"));

    /** @param keys the ones that it was checked with; null for a secret */
    private record Known(Identity identity, @Nullable JwkKeys keys) {}

    private final Vertx vertx;
    private final ForeignOptions options;
    private final ForeignClaims claims;
    private final String ourIssuer;
    private final Clock clock;
    private final @Nullable JwksSource source;
    private final List<JWSVerifier> secrets = new ArrayList<>();
    private final Map<String, Known> verified = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param source null without a JWKS address */
    ForeignTokens(Vertx vertx, TokenOptions tokens, @Nullable JwksSource source, Clock clock) {
        this.vertx = vertx;
        this.options = tokens.foreign();
        this.claims = new ForeignClaims(options);
        this.ourIssuer = tokens.issuer();
        this.clock = clock;
        this.source = source;
        if (options.sharedSecret()) {
            try {
                Secret first = tokens.jwtSecret();
                if (first != null) {
                    secrets.add(new MACVerifier(first.bytes()));
                }
                for (Secret accepted : tokens.acceptedSecrets()) {
                    secrets.add(new MACVerifier(accepted.bytes()));
                }
            } catch (JOSEException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    /** Whether this token was found good before. */
    boolean remembers(String token) {
        return verified.containsKey(token);
    }

    @Override
    public Future<Identity> verify(String token) {
        try {
            Known known = verified.get(token);
            if (known != null && (known.keys() == null || known.keys() == keys())) {
                return Future.succeededFuture(timely(token, known.identity()));
            }
            SignedJWT jwt = parsed(token);
            JWSHeader header = jwt.getHeader();
            if (header.getAlgorithm().equals(JWSAlgorithm.HS256)) {
                return Future.succeededFuture(bySecret(token, jwt));
            }
            if (source == null || !BY_PUBLIC_KEY.contains(header.getAlgorithm())) {
                throw refused();
            }
            if (keys().know(header.getKeyID(), header.getAlgorithm())) {
                return Future.succeededFuture(byPublicKey(token, jwt, keys()));
            }
            return afterAsking(token, jwt, source);
        } catch (FaultException e) {
            return Future.failedFuture(e);
        }
    }

    private JwkKeys keys() {
        return source == null ? JwkKeys.NONE : source.keys();
    }

    private Future<Identity> afterAsking(String token, SignedJWT jwt, JwksSource from) {
        Future<Void> asked = from.ask();
        if (asked.isComplete()) {
            return Future.failedFuture(unknownKey());
        }
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return Future.failedFuture(Fault.UNAVAILABLE.because("The keys of tokens are being fetched."));
        }
        Context caller = vertx.getOrCreateContext();
        Promise<Identity> checked = Promise.promise();
        asked.onComplete(done -> caller.runOnContext(v -> {
            waiting.decrementAndGet();
            JwkKeys fresh = keys();
            try {
                if (!fresh.know(jwt.getHeader().getKeyID(), jwt.getHeader().getAlgorithm())) {
                    throw unknownKey();
                }
                checked.complete(byPublicKey(token, jwt, fresh));
            } catch (FaultException e) {
                checked.fail(e);
            }
        }));
        return checked.future();
    }

    /** Without any keys nobody can be told that their token is bad. */
    private FaultException unknownKey() {
        return keys().isEmpty() ? Fault.UNAVAILABLE.because("The keys of tokens cannot be fetched.") : refused();
    }

    private static SignedJWT parsed(String token) {
        if (token.length() > JwtText.MAX_LENGTH) {
            throw refused();
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWSHeader header = jwt.getHeader();
            boolean proper = header.getCriticalParams() == null
                    && header.isBase64URLEncodePayload()
                    && (header.getType() == null || TYPES.contains(header.getType()))
                    && JwtText.isCanonical(jwt, token);
            if (proper) {
                return jwt;
            }
            throw refused();
        } catch (ParseException | RuntimeException e) {
            // Whatever the parser makes of a stranger's text, it is the stranger's mistake.
            throw refused();
        }
    }

    private Identity bySecret(String token, SignedJWT jwt) {
        try {
            for (JWSVerifier secret : secrets) {
                if (jwt.verify(secret)) {
                    JWTClaimsSet said = jwt.getJWTClaimsSet();
                    // Our own have sessions, and a verifier of their own that knows which were ended.
                    if (ourIssuer.equals(said.getIssuer())) {
                        throw refused();
                    }
                    return remember(token, new Known(identity(said), null));
                }
            }
        } catch (ParseException | JOSEException e) {
            throw refused();
        }
        throw refused();
    }

    private Identity byPublicKey(String token, SignedJWT jwt, JwkKeys keys) {
        try {
            JWTClaimsSet said = keys.signed(jwt) ? jwt.getJWTClaimsSet() : null;
            ForeignOptions.Jwks issuer = options.jwks();
            if (said == null
                    || issuer == null
                    || !issuer.issuer().equals(said.getIssuer())
                    || (issuer.audience() != null && !said.getAudience().contains(issuer.audience()))) {
                throw refused();
            }
            return remember(token, new Known(identity(said), keys));
        } catch (ParseException | JOSEException | GeneralSecurityException e) {
            throw refused();
        }
    }

    private Identity identity(JWTClaimsSet said) {
        Instant latest = clock.instant().plus(options.clockSkew());
        Identity identity = claims.identity(said);
        if (identity == null || isAfter(said.getIssueTime(), latest) || isAfter(said.getNotBeforeTime(), latest)) {
            throw refused();
        }
        return identity;
    }

    private static boolean isAfter(@Nullable Date date, Instant latest) {
        return date != null && date.toInstant().isAfter(latest);
    }

    private Identity remember(String token, Known known) {
        Identity identity = timely(token, known.identity());
        if (verified.size() >= MAX_CACHED) {
            // Rare, and only costs a signature check each: simpler than keeping an order of use.
            verified.clear();
        }
        verified.put(token, known);
        return identity;
    }

    private Identity timely(String token, Identity identity) {
        if (!clock.instant().isBefore(identity.expiresAt().plus(options.clockSkew()))) {
            verified.remove(token);
            throw Fault.TOKEN_EXPIRED.because("The token has expired.");
        }
        return identity;
    }

    private static FaultException refused() {
        return Fault.UNAUTHORIZED.because("The token is not valid.");
    }
}
