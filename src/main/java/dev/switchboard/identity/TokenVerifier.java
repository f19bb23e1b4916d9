package dev.switchboard.identity;

/** Checks access tokens. Safe to share between contexts; never blocks. */
public interface TokenVerifier {
    /**
     * Verifies the signature, {@code exp}, {@code iss} and {@code aud} of a JWT (RFC 7519, RFC 8725) and that its session
     * is not revoked.
     *
     * @throws dev.switchboard.protocol.FaultException {@code unauthorized}, {@code token_expired} or
     *     {@code session_revoked}
     */
    Identity verify(String token);
}
