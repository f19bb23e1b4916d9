package dev.switchboard.identity;

import io.vertx.core.Future;

/** Checks access tokens. Safe to share between contexts; never blocks. */
public interface TokenVerifier {
    /**
     * Verifies the signature, {@code exp}, {@code iss} and {@code aud} of a JWT (RFC 7519, RFC 8725) and that its session
     * is not revoked.
     *
     * @return complete at once, unless a key has to be fetched first: then on the context of the caller. Fails with
     *     {@code unauthorized}, {@code token_expired} or {@code session_revoked}
     */
    Future<Identity> verify(String token);
}
