package dev.switchboard.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a set (RFC 7517) that tokens may be signed with: RSA of 2048 to 8192 bits for RS256, P-256 for ES256,
 * Ed25519 for EdDSA. A key is good for one algorithm, its own. Whatever else is in the set is left out, above all
 * symmetric and private keys: what everybody can read proves nothing.
 */
final class JwkKeys {
    private static final int MAX_KEYS = 50;
    private static final int MIN_RSA_BITS = 2_048;
    private static final int MAX_RSA_BITS = 8_192;

    /** Keys that are tried for a token that names none. */
    private static final int MAX_TRIES = 4;

    private interface Check {
        boolean isSigned(SignedJWT jwt) throws JOSEException, GeneralSecurityException;
    }

    private static final class Key {
        private final @Nullable String id;
        private final JWSAlgorithm algorithm;
        private final Check check;

        Key(@Nullable String id, JWSAlgorithm algorithm, Check check) {
            this.id = id;
            this.algorithm = algorithm;
            this.check = check;
        }
    }

    /** Before any were fetched. */
    static final JwkKeys NONE = new JwkKeys("", List.of());

    private final String text;
    private final List<Key> keys;

    private JwkKeys(String text, List<Key> keys) {
        this.text = text;
        this.keys = keys;
    }

    /**
     * Reads a set.
     *
     * @throws ParseException when it is none
     */
    static JwkKeys parse(String text) throws ParseException {
        @Nullable List<Object> entries = JSONObjectUtils.getJSONArray(JSONObjectUtils.parse(text), "keys");
        List<Key> keys = new ArrayList<>();
        if (entries != null) {
            for (Object entry : entries.subList(0, Math.min(MAX_KEYS, entries.size()))) {
                Key key = key(entry);
                if (key != null) {
                    keys.add(key);
                }
            }
        }
        return new JwkKeys(text, List.copyOf(keys));
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Key key(Object entry) {
        try {
            return entry instanceof Map ? key(JWK.parse((Map<String, Object>) entry)) : null;
        } catch (ParseException | JOSEException | GeneralSecurityException | RuntimeException e) {
            // One key that cannot be read does not make the others bad.
            return null;
        }
    }

    private static @Nullable Key key(JWK jwk) throws JOSEException, GeneralSecurityException {
        boolean forSignatures = (jwk.getKeyUse() == null || KeyUse.SIGNATURE.equals(jwk.getKeyUse()))
                && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
        if (jwk.isPrivate() || !forSignatures) {
            return null;
        }
        if (jwk instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS && rsa.size() <= MAX_RSA_BITS) {
            JWSVerifier verifier = new RSASSAVerifier(rsa);
            return key(jwk, JWSAlgorithm.RS256, jwt -> jwt.verify(verifier));
        }
        if (jwk instanceof ECKey ec && Curve.P_256.equals(ec.getCurve())) {
            JWSVerifier verifier = new ECDSAVerifier(ec);
            return key(jwk, JWSAlgorithm.ES256, jwt -> jwt.verify(verifier));
        }
        if (jwk instanceof OctetKeyPair pair && Curve.Ed25519.equals(pair.getCurve())) {
            PublicKey ed25519 = EdDsa.key(pair);
            return key(
                    jwk,
                    JWSAlgorithm.EdDSA,
                    jwt -> EdDsa.verify(
                            ed25519, jwt.getSigningInput(), jwt.getSignature().decode()));
        }
        return null;
    }

    private static @Nullable Key key(JWK jwk, JWSAlgorithm algorithm, Check check) {
        boolean fits = jwk.getAlgorithm() == null
                || algorithm.getName().equals(jwk.getAlgorithm().getName());
        return fits ? new Key(jwk.getKeyID(), algorithm, check) : null;
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Whether the set is the same text. */
    boolean same(JwkKeys other) {
        return text.equals(other.text);
    }

    /** Whether there is a key that the token could be signed with. */
    boolean know(@Nullable String keyId, JWSAlgorithm algorithm) {
        return keys.stream().anyMatch(key -> fits(key, keyId, algorithm));
    }

    private static boolean fits(Key key, @Nullable String keyId, JWSAlgorithm algorithm) {
        return key.algorithm.equals(algorithm) && (keyId == null || keyId.equals(key.id));
    }

    /** Whether one of the keys signed the token. */
    boolean signed(SignedJWT jwt) throws JOSEException, GeneralSecurityException {
        int tries = 0;
        for (Key key : keys) {
            if (fits(key, jwt.getHeader().getKeyID(), jwt.getHeader().getAlgorithm())) {
                if (key.check.isSigned(jwt)) {
                    return true;
                }
                if (++tries == MAX_TRIES) {
                    return false;
                }
            }
        }
        return false;
    }
}
