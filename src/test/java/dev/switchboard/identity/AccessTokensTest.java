package dev.switchboard.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.switchboard.config.Secret;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokensTest {
    private static final String SECRET = "a secret of at least thirty-two bytes, and some more for HS512 too";
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration TTL = Duration.ofMinutes(15);
    private static final Duration SKEW = Duration.ofSeconds(60);

    private final Moving clock = new Moving();
    private final Ended revocations = new Ended();
    private final AccessTokens tokens = new AccessTokens(options(SECRET), revocations, clock);
    private final UUID session = Ids.next();
    private final User ann = new User(
            Ids.next(), "ann", "Ann Müller", "ann@example.org", "+49 30 1", List.of("user", "admin"), null, START);

    private static TokenOptions options(String secret, String... accepted) {
        return new TokenOptions(
                new Secret(secret),
                Stream.of(accepted).map(Secret::new).toList(),
                "switchboard",
                "clients",
                TTL,
                Duration.ofDays(30),
                SKEW,
                Set.of(),
                new ForeignOptions(null, false, SKEW, "sub", "roles"));
    }

    private static final class Moving extends Clock {
        private Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Ended implements Revocations {
        private final Set<UUID> sessions = new HashSet<>();

        @Override
        public boolean isRevoked(UUID sessionId) {
            return sessions.contains(sessionId);
        }

        @Override
        public Future<Void> revoke(UUID sessionId) {
            sessions.add(sessionId);
            return Future.succeededFuture();
        }

        @Override
        public Runnable onRevoked(Consumer<UUID> listener) {
            return () -> {};
        }
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject(ann.id().toString())
                .claim("username", "ann")
                .claim("name", "Ann")
                .claim("roles", List.of("user"))
                .claim("sid", session.toString())
                .issuer("switchboard")
                .audience("clients")
                .issueTime(Date.from(START))
                .expirationTime(Date.from(START.plus(TTL)));
    }

    /** What is verified at once. */
    private Identity verified(String token) {
        Future<Identity> verified = tokens.verify(token);
        assertThat(verified.isComplete()).isTrue();
        if (verified.cause() instanceof FaultException fault) {
            throw fault;
        }
        return verified.result();
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, String secret) throws JOSEException {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
        return jwt.serialize();
    }

    private static String signed(JWTClaimsSet claims) throws JOSEException {
        return signed(new JWSHeader(JWSAlgorithm.HS256), claims, SECRET);
    }

    private void assertRefused(String token) {
        assertFault(token, Fault.UNAUTHORIZED);
    }

    private void assertFault(String token, Fault fault) {
        assertThatThrownBy(() -> verified(token))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault()).isEqualTo(fault));
    }

    @Test
    void whatIsIssuedIsVerified() throws Exception {
        String token = tokens.issue(ann, session);

        assertThat(verified(token))
                .isEqualTo(new Identity(
                        ann.id().toString(),
                        ann.id(),
                        "ann",
                        "Ann Müller",
                        "ann@example.org",
                        "+49 30 1",
                        Set.of("user", "admin"),
                        session,
                        START.plus(TTL)));
        JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();
        assertThat(claims.getClaims().keySet())
                .containsExactlyInAnyOrder(
                        "sub", "username", "name", "email", "phoneNumber", "roles", "sid", "iss", "aud", "iat", "exp");
        assertThat(claims.getStringClaim("phoneNumber")).isEqualTo("+49 30 1");
        assertThat(claims.getIssueTime()).isEqualTo(Date.from(START));
    }

    @Test
    void aTokenMadeElsewhereWithTheSameSecretIsVerified() throws Exception {
        assertThat(verified(signed(claims().build())).userId()).isEqualTo(ann.id());
    }

    @Test
    void aTokenEndsAtTheSecondItSays() {
        String token = tokens.issue(ann, session);
        verified(token);

        clock.now = START.plus(TTL).minusMillis(1);
        assertThat(verified(token).expiresAt()).isEqualTo(START.plus(TTL));
        clock.now = START.plus(TTL);
        assertFault(token, Fault.TOKEN_EXPIRED);
        assertFault(token, Fault.TOKEN_EXPIRED);
    }

    @Test
    void aTokenOfAnEndedSessionIsRefusedThoughItWasVerifiedBefore() {
        String token = tokens.issue(ann, session);
        verified(token);
        revocations.revoke(session);

        assertFault(token, Fault.SESSION_REVOKED);
        assertThat(verified(tokens.issue(ann, Ids.next())).userId()).isEqualTo(ann.id());
    }

    @Test
    void anUnsignedTokenIsRefused() throws Exception {
        assertRefused(new PlainJWT(claims().build()).serialize());
        String[] parts = signed(claims().build()).split("\\.", -1);
        assertRefused(encoded("{\"alg\":\"none\"}") + "." + parts[1] + ".");
        assertRefused(encoded("{\"alg\":\"none\"}") + "." + parts[1] + "." + parts[2]);
        assertRefused(encoded("{\"alg\":\"HS256\"}") + "." + parts[1] + ".");
        assertRefused(parts[0] + "." + parts[1]);
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anotherAlgorithmIsRefusedThoughItsSignatureIsRight() throws Exception {
        assertRefused(signed(new JWSHeader(JWSAlgorithm.HS384), claims().build(), SECRET));
        assertRefused(signed(new JWSHeader(JWSAlgorithm.HS512), claims().build(), SECRET));
    }

    @Test
    void anotherSecretIsRefused() throws Exception {
        assertRefused(signed(new JWSHeader(JWSAlgorithm.HS256), claims().build(), SECRET + "x"));
    }

    @Test
    void aCriticalHeaderIsRefused() throws Exception {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .criticalParams(Set.of("tenant"))
                .customParam("tenant", "x")
                .build();
        String[] parts = signed(new JWSHeader(JWSAlgorithm.HS256), claims().build(), SECRET)
                .split("\\.", -1);
        String signingInput = header.toBase64URL() + "." + parts[1];
        String signature = new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8))
                .sign(new JWSHeader(JWSAlgorithm.HS256), signingInput.getBytes(StandardCharsets.US_ASCII))
                .toString();
        assertRefused(signingInput + "." + signature);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp", "sub", "sid", "iss", "aud"})
    void aTokenWithoutAClaimThatItNeedsIsRefused(String claim) throws Exception {
        assertRefused(signed(claims().claim(claim, null).build()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub", "sid"})
    void anIdThatIsNoIdIsRefused(String claim) throws Exception {
        assertRefused(signed(claims().claim(claim, "17").build()));
    }

    @Test
    void aClaimOfAnotherTypeIsRefused() throws Exception {
        assertRefused(signed(claims().claim("roles", "admin").build()));
        assertRefused(signed(
                claims().claim("roles", java.util.Arrays.asList("user", null)).build()));
        assertRefused(signed(claims().claim("username", 7).build()));
        assertRefused(signed(claims().claim("sid", List.of(session.toString())).build()));
    }

    @Test
    void aForeignTokenIsRefused() throws Exception {
        assertRefused(signed(claims().issuer("elsewhere").build()));
        assertRefused(signed(claims().audience("others").build()));
        assertThat(verified(signed(
                                claims().audience(List.of("others", "clients")).build()))
                        .userId())
                .isEqualTo(ann.id());
    }

    @Test
    void onlyTheBeginningOfATokenAllowsForClocksThatDiffer() throws Exception {
        Date within = Date.from(START.plus(SKEW));
        Date beyond = Date.from(START.plus(SKEW).plusSeconds(1));
        assertThat(verified(
                        signed(claims().notBeforeTime(within).issueTime(within).build())))
                .isNotNull();
        assertRefused(signed(claims().notBeforeTime(beyond).build()));
        assertRefused(signed(claims().issueTime(beyond).build()));
        assertFault(signed(claims().expirationTime(Date.from(START)).build()), Fault.TOKEN_EXPIRED);
    }

    @Test
    void aLongTokenIsRefusedThoughItsSignatureIsRight() throws Exception {
        String fits = signed(claims().claim("x", "x".repeat(5_000)).build());
        assertThat(fits).hasSizeLessThan(8 * 1024);
        assertThat(verified(fits)).isNotNull();
        String tooLong = signed(claims().claim("x", "x".repeat(6_000)).build());
        assertThat(tooLong).hasSizeGreaterThan(8 * 1024);
        assertRefused(tooLong);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b.c", "a.b.c.d", "not a token", "\0", "e30.e30.e30"})
    void whatIsNoTokenIsRefused(String text) {
        assertRefused(text);
    }

    @Test
    void aHeaderThatNestsDeepIsRefused() {
        assertRefused(encoded("{\"alg\":" + "[".repeat(5_000)) + ".e30.e30");
        assertRefused(encoded("{\"alg\":\"HS256\",\"x\":1e99999999}") + ".e30.e30");
    }

    @Test
    void everyFlippedBitIsNoticed() {
        String token = tokens.issue(ann, session);
        byte[] bytes = token.getBytes(StandardCharsets.US_ASCII);
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertRefused(new String(flipped, StandardCharsets.ISO_8859_1));
        }
        assertThat(verified(token)).isNotNull();
    }

    @Test
    void aSecretIsChangedWithoutAnybodyBeingSignedOut() {
        String next = "n".repeat(32);
        var before = new AccessTokens(options(SECRET, next), revocations, clock);
        var after = new AccessTokens(options(next, SECRET), revocations, clock);
        var last = new AccessTokens(options(next), revocations, clock);

        String old = before.issue(ann, session);
        String fresh = after.issue(ann, session);

        assertThat(after.verify(old).succeeded()).isTrue();
        assertThat(before.verify(fresh).succeeded()).isTrue();
        assertThat(last.verify(fresh).succeeded()).isTrue();
        assertThat(last.verify(old).failed()).isTrue();
        assertRefused(fresh);
    }

    @Test
    void aTokenHasOneSpelling() {
        String token = tokens.issue(ann, session);
        for (String more : List.of("=", " ", "\n", "A", ".", "!")) {
            assertRefused(token + more);
            assertRefused(more + token);
            assertRefused(token.substring(0, token.length() - 5) + more + token.substring(token.length() - 5));
        }
    }

    @Property
    void noTextIsTakenForAToken(@ForAll String text, @ForAll @IntRange(max = 2) int part) {
        assertRefused(text);
        String[] parts = tokens.issue(ann, session).split("\\.", -1);
        String before = parts[part];
        parts[part] = text;
        if (!text.equals(before)) {
            assertRefused(String.join(".", parts));
        }
    }

    @Test
    void aShortSecretIsRefusedAtOnce() {
        String secret = "x".repeat(31);
        assertThatThrownBy(() -> new AccessTokens(options(secret), revocations, clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining(secret);
        assertThatThrownBy(() -> new AccessTokens(options(""), revocations, clock))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new AccessTokens(options(secret + "y"), revocations, clock)).isNotNull();
    }

    @Test
    void moreTokensThanAreRememberedAreStillVerified() {
        String first = tokens.issue(ann, session);
        for (int i = 0; i < 10_500; i++) {
            verified(tokens.issue(ann, Ids.next()));
        }
        assertThat(verified(first).sessionId()).isEqualTo(session);
    }
}
