package dev.switchboard.gateway.bridge;

import dev.switchboard.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows later, on whichever node, to prove that an earlier socket was its own: calls outlive sockets. The
 * socket id with its HMAC under a secret that all nodes share, so that nothing is kept for each socket.
 */
public final class ResumeTokens {
    private static final String ALGORITHM = "HmacSHA256";

    /** What else is signed with the same secret must not pass for one of these. */
    private static final String PURPOSE = "resume:";

    private final SecretKeySpec key;

    public ResumeTokens(Secret secret) {
        key = new SecretKeySpec(secret.bytes(), ALGORITHM);
    }

    String of(String socketId) {
        return socketId + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(proof(socketId));
    }

    /** The socket that a token was made for; null when it is none of ours. */
    @Nullable
    String socketId(String token) {
        int dot = token.lastIndexOf('.');
        if (dot < 0) {
            return null;
        }
        String socketId = token.substring(0, dot);
        return MessageDigest.isEqual(
                        of(socketId).getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8))
                ? socketId
                : null;
    }

    private byte[] proof(String socketId) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal((PURPOSE + socketId).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
