package dev.switchboard.account;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Refresh tokens: 256 bits in base64url, of which only the SHA-256 is stored. The first of a session is random. Each later
 * one is HMAC-SHA256(token before it, nonce) with a new random nonce, so it can be made again by a client that shows the
 * token before together with the database that kept the nonce, and by neither of them alone.
 */
final class RefreshTokens {
    private static final int BYTES = 32;
    private static final String HMAC = "HmacSHA256";

    private final SecureRandom random = new SecureRandom();

    /** A token and the nonce that made it. */
    record Next(String token, Buffer nonce) {}

    String first() {
        return text(bytes());
    }

    /** A successor that nobody has seen yet. */
    Next after(String token) {
        Buffer nonce = Buffer.buffer(bytes());
        return new Next(after(token, nonce), nonce);
    }

    /** The successor that was made with this nonce. */
    static String after(String token, Buffer nonce) {
        try {
            Mac hmac = Mac.getInstance(HMAC);
            hmac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), HMAC));
            return text(hmac.doFinal(nonce.getBytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is stored of a token. */
    static Buffer hash(String token) {
        try {
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
