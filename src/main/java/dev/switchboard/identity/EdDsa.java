package dev.switchboard.identity;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;

/** Ed25519 (RFC 8037) by the JDK: the JOSE library would need another library for it. */
final class EdDsa {
    private static final int KEY_BYTES = 32;

    private EdDsa() {}

    /**
     * The key of a JWK.
     *
     * @throws GeneralSecurityException when it is none
     */
    static PublicKey key(OctetKeyPair jwk) throws GeneralSecurityException {
        byte[] littleEndian = jwk.getX().decode();
        if (!Curve.Ed25519.equals(jwk.getCurve()) || littleEndian.length != KEY_BYTES) {
            throw new GeneralSecurityException("no key of Ed25519");
        }
        byte[] bigEndian = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            bigEndian[i] = littleEndian[KEY_BYTES - 1 - i];
        }
        // RFC 8032 §5.1.2: the highest bit says which of the two points with this y it is.
        boolean odd = bigEndian[0] < 0;
        bigEndian[0] &= 0x7F;
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new EdECPublicKeySpec(
                        NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, bigEndian))));
    }

    static boolean verify(PublicKey key, byte[] message, byte[] signature) throws GeneralSecurityException {
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initVerify(key);
        ed25519.update(message);
        return ed25519.verify(signature);
    }
}
