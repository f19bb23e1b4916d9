package dev.switchboard.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs access tokens (HS256) with the secret that the server is given, as the server itself would. */
final class Tokens {
    private static final Duration GOOD_FOR = Duration.ofHours(6);
    private static final String HEADER = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));

    private final Mac mac;
    private final String secret;

    Tokens() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        secret = HexFormat.of().formatHex(key);
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the server's {@code JWT_SECRET} must be. */
    String secret() {
        return secret;
    }

    String issue(UUID userId, String name) {
        long now = Instant.now().getEpochSecond();
        String claims = "{\"sub\":\"" + userId + "\",\"sid\":\"" + UUID.randomUUID() + "\",\"username\":\"" + name
                + "\",\"name\":\"" + name + "\",\"email\":\"" + name + "@example.org\",\"roles\":[\"user\"]"
                + ",\"iss\":\"switchboard\",\"aud\":\"switchboard\",\"iat\":" + now + ",\"exp\":"
                + (now + GOOD_FOR.toSeconds()) + "}";
        String signed = HEADER + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
        return signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
