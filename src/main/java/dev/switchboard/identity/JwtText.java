package dev.switchboard.identity;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;

/** How a token may be written. */
final class JwtText {
    /** Longer tokens are refused unread. */
    static final int MAX_LENGTH = 8 * 1024;

    private JwtText() {}

    /** The parser skips white space and foreign characters, and Base64 leaves bits unused: one token has one spelling. */
    static boolean isCanonical(SignedJWT jwt, String token) {
        String signingInput = new String(jwt.getSigningInput(), StandardCharsets.UTF_8);
        return token.equals(
                signingInput + "." + Base64URL.encode(jwt.getSignature().decode()));
    }
}
