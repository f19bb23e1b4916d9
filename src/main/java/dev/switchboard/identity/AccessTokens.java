package dev.switchboard.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.switchboard.config.Secret;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks access tokens: JWTs (RFC 7519) signed with HS256, checked as RFC 8725 advises. The algorithm is ours,
 * never the token's. The first secret signs; all of them verify, so that secrets can be changed. A token without {@code exp}, {@code sub} or {@code sid}, or with a critical header, is refused.
 * {@code clockSkew} is allowed for at the beginning of a token ({@code iat}, {@code nbf}), not at its end: {@code exp} is
 * exact. Safe to share between threads; at most {@value #MAX_CACHED} good tokens are remembered; with the next, all are forgotten.
 */
public final class AccessTokens implements TokenVerifier {
    private static final int MIN_SECRET_BYTES = 32;
    private static final int MAX_CACHED = 10_000;

    private final TokenOptions options;
    private final Revocations revocations;
    private final Clock clock;
    private final MACSigner signer;
    private final List<JWSVerifier> verifiers = new ArrayList<>();
    private final Map<String, Identity> verified = new ConcurrentHashMap<>();

    /** @throws IllegalArgumentException when there is no secret, or a shorter one than HS256 needs (RFC 7518 §3.2) */
    public AccessTokens(TokenOptions options, Revocations revocations, Clock clock) {
        Secret secret = options.jwtSecret();
        byte[] key = secret == null ? new byte[0] : secret.bytes();
        if (key.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("the secret needs at least " + MIN_SECRET_BYTES + " bytes");
        }
        this.options = options;
        this.revocations = revocations;
        this.clock = clock;
        try {
            this.signer = new MACSigner(key);
            verifiers.add(new MACVerifier(key));
            for (Secret accepted : options.acceptedSecrets()) {
                verifiers.add(new MACVerifier(accepted.bytes()));
            }
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A token for a session of this user, good for {@code accessTokenTtl} from now. */
    public String issue(User user, UUID sessionId) {
        Instant now = clock.instant();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject(user.id().toString())
                .claim("username", user.username())
                .claim("name", user.displayName())
                .claim("email", user.email())
                .claim("roles", user.roles())
                .claim("sid", sessionId.toString())
                .issuer(options.issuer())
                .audience(options.audience())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(options.accessTokenTtl())));
        if (user.phoneNumber() != null) {
            claims.claim("phoneNumber", user.phoneNumber());
        }
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    @Override
    public Future<Identity> verify(String token) {
        try {
            return Future.succeededFuture(verified(token));
        } catch (FaultException e) {
            return Future.failedFuture(e);
        }
    }

    private Identity verified(String token) {
        if (token.length() > JwtText.MAX_LENGTH) {
            throw refused();
        }
        Identity known = verified.get(token);
        Identity identity = known != null ? known : check(token);
        if (!clock.instant().isBefore(identity.expiresAt())) {
            verified.remove(token);
            throw Fault.TOKEN_EXPIRED.because("The token has expired.");
        }
        UUID session = identity.sessionId();
        if (session != null && revocations.isRevoked(session)) {
            throw Fault.SESSION_REVOKED.because("The session was ended.");
        }
        if (known == null) {
            if (verified.size() >= MAX_CACHED) {
                // Rare, and only costs a signature check each: simpler than keeping an order of use.
                verified.clear();
            }
            verified.put(token, identity);
        }
        return identity;
    }

    private Identity check(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWSHeader header = jwt.getHeader();
            boolean signed = header.getAlgorithm().equals(JWSAlgorithm.HS256)
                    && header.getCriticalParams() == null
                    && JwtText.isCanonical(jwt, token)
                    && isSigned(jwt);
            if (!signed) {
                throw refused();
            }
            return identity(jwt.getJWTClaimsSet());
        } catch (ParseException | JOSEException | RuntimeException e) {
            // Whatever the parser makes of a stranger's text, it is the stranger's mistake.
            throw refused();
        }
    }

    private boolean isSigned(SignedJWT jwt) throws JOSEException {
        for (JWSVerifier verifier : verifiers) {
            if (jwt.verify(verifier)) {
                return true;
            }
        }
        return false;
    }

    private Identity identity(JWTClaimsSet claims) throws ParseException {
        Date expiry = claims.getExpirationTime();
        String subject = claims.getSubject();
        String session = claims.getStringClaim("sid");
        if (expiry == null
                || subject == null
                || session == null
                || !options.issuer().equals(claims.getIssuer())
                || !claims.getAudience().contains(options.audience())
                || isAhead(claims.getIssueTime())
                || isAhead(claims.getNotBeforeTime())) {
            throw refused();
        }
        String name = claims.getStringClaim("name");
        String shown = name != null ? name : subject;
        String username = claims.getStringClaim("username");
        @Nullable List<String> roles = claims.getStringListClaim("roles");
        return new Identity(
                subject,
                UUID.fromString(subject),
                username != null ? username : shown,
                shown,
                claims.getStringClaim("email"),
                claims.getStringClaim("phoneNumber"),
                roles == null ? Set.of() : Set.copyOf(roles),
                UUID.fromString(session),
                expiry.toInstant());
    }

    private boolean isAhead(@Nullable Date date) {
        return date != null && date.toInstant().isAfter(clock.instant().plus(options.clockSkew()));
    }

    private static FaultException refused() {
        return Fault.UNAUTHORIZED.because("The token is not valid.");
    }
}
