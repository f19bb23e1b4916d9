package dev.switchboard.gateway.bridge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a client shows later to prove that an earlier socket was its own. Reserved for calls, whose legs outlive their
 * sockets; nothing accepts one yet. Made from the socket id by a secret, so that nothing is kept per socket.
 */
final class ResumeTokens {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    ResumeTokens() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    String of(String socketId) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] proof = mac.doFinal(socketId.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(proof);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
