package dev.switchboard.signaling;

import dev.switchboard.config.Secret;
import dev.switchboard.protocol.IceOperations.IceServer;
import dev.switchboard.protocol.IceOperations.IceServers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Credentials for TURN servers that share a secret with us: the name is an end of time and a user, the password its
 * HMAC-SHA1 (draft-uberti-behave-turn-rest-00; coturn's {@code use-auth-secret} knows no other hash).
 */
final class IceCredentials {
    private static final String ALGORITHM = "HmacSHA1";

    private final Supplier<IceOptions> now;

    /** @param now asked each time: it may change */
    IceCredentials(Supplier<IceOptions> now) {
        this.now = now;
    }

    /** Servers and fresh credentials for a user. */
    IceServers of(UUID user, Instant at) {
        IceOptions options = now.get();
        List<IceServer> servers = new ArrayList<>(2);
        if (!options.stun().isEmpty()) {
            servers.add(new IceServer(options.stun(), null, null));
        }
        Secret secret = options.secret();
        if (!options.turn().isEmpty() && secret != null) {
            String username = at.plus(options.ttl()).getEpochSecond() + ":" + user;
            servers.add(new IceServer(options.turn(), username, credential(secret, username)));
        }
        return new IceServers(List.copyOf(servers), options.ttl().toSeconds());
    }

    private static String credential(Secret secret, String username) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.bytes(), ALGORITHM));
            return Base64.getEncoder().encodeToString(mac.doFinal(username.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
