package dev.switchboard.gateway.bridge;

import dev.switchboard.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
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
    private final List<SecretKeySpec> good;

    public ResumeTokens(Secret secret) {
        this(secret, List.of());
    }

    /** @param accepted secrets that sign nothing, but whose tokens are good */
    public ResumeTokens(Secret secret, List<Secret> accepted) {
        key = key(secret);
        good = Stream.concat(Stream.of(key), accepted.stream().map(ResumeTokens::key))
                .toList();
    }

    private static SecretKeySpec key(Secret secret) {
        return new SecretKeySpec(secret.bytes(), ALGORITHM);
    }

    String of(String socketId) {
        return of(socketId, key);
    }

    private static String of(String socketId, SecretKeySpec key) {
        return socketId + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(proof(socketId, key));
    }

    /** The socket that a token was made for; null when it is none of ours. */
    @Nullable
    String socketId(String token) {
        int dot = token.lastIndexOf('.');
        if (dot < 0) {
            return null;
        }
        String socketId = token.substring(0, dot);
        byte[] shown = token.getBytes(StandardCharsets.UTF_8);
        return good.stream()
                        .anyMatch(known ->
                                MessageDigest.isEqual(of(socketId, known).getBytes(StandardCharsets.UTF_8), shown))
                ? socketId
                : null;
    }

    private static byte[] proof(String socketId, SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal((PURPOSE + socketId).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
