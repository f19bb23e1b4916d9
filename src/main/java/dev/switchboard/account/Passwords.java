package dev.switchboard.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Password hashes: Argon2id (RFC 9106) with the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane), in the PHC
 * string format, so that the parameters can be raised later. Slow by intent: never call it on an event loop.
 */
final class Passwords {
    /** What a hash costs, and what goes with it into the function. */
    record Cost(int memoryKib, int passes, int lanes) {
        @Override
        public String toString() {
            return "m=" + memoryKib + ",t=" + passes + ",p=" + lanes;
        }
    }

    /** The slow function. */
    interface Derivation {
        byte[] derive(byte[] password, byte[] salt, Cost cost, int length);
    }

    /** OWASP Password Storage Cheat Sheet. */
    static final Cost COST = new Cost(19 * 1024, 2, 1);

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final Pattern PHC = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

    private final SecureRandom random = new SecureRandom();
    private final Derivation derivation;

    /** What the password of an unknown user is compared with, so that it takes as long as a wrong one. */
    private final String nobody = phc(bytes(SALT_BYTES), bytes(HASH_BYTES));

    Passwords() {
        this(Passwords::argon2);
    }

    Passwords(Derivation derivation) {
        this.derivation = derivation;
    }

    /** A new hash with a salt of its own. */
    String hash(String password) {
        byte[] salt = bytes(SALT_BYTES);
        return phc(salt, derivation.derive(typed(password), salt, COST, HASH_BYTES));
    }

    /**
     * Whether the password is the one.
     *
     * @param hash null for a user that does not exist: false, after the same work
     */
    boolean matches(String password, @Nullable String hash) {
        Matcher phc = PHC.matcher(hash == null ? nobody : hash);
        if (!phc.matches()) {
            throw new IllegalStateException("a password hash of an unknown form");
        }
        Cost cost = new Cost(
                Integer.parseInt(phc.group(1)), Integer.parseInt(phc.group(2)), Integer.parseInt(phc.group(3)));
        byte[] salt = Base64.getDecoder().decode(phc.group(4));
        byte[] expected = Base64.getDecoder().decode(phc.group(5));
        byte[] actual = derivation.derive(typed(password), salt, cost, expected.length);
        return MessageDigest.isEqual(actual, expected) && hash != null;
    }

    private static String phc(byte[] salt, byte[] hash) {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$" + COST + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** One keyboard sends "é" as one character, another as two: the person typed the same (NIST SP 800-63B §5.1.1.2). */
    private static byte[] typed(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFKC).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] argon2(byte[] password, byte[] salt, Cost cost, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(cost.memoryKib())
                .withIterations(cost.passes())
                .withParallelism(cost.lanes())
                .withSalt(salt)
                .build());
        byte[] hash = new byte[length];
        generator.generateBytes(password, hash);
        return hash;
    }
}
