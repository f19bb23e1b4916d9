package dev.switchboard.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.switchboard.config.Secret;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of another issuer, whose keys come from a real HTTP server that does what it likes. */
class ForeignTokensTest {
    private static final String SECRET = "a secret that is shared with others";
    private static final String ISSUER = "https://id.example.org";
    private static final Duration SKEW = Duration.ofSeconds(60);

    private static RSAKey rsa;
    private static RSAKey other;
    private static RSAKey small;
    private static ECKey ec;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger fetches = new AtomicInteger();
    private final List<JwksSource> sources = new ArrayList<>();
    private volatile Consumer<HttpServerResponse> answer =
            response -> response.setStatusCode(500).end();
    private int port;

    /** How long a fetch may take. */
    private Duration patience = Duration.ofSeconds(20);

    @BeforeAll
    static void makeKeys() throws JOSEException {
        rsa = new RSAKeyGenerator(2_048).keyID("r1").generate();
        other = new RSAKeyGenerator(2_048).keyID("r2").generate();
        small = new RSAKeyGenerator(1_024, true).keyID("small").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("e1").generate();
    }

    @BeforeEach
    void serve() throws Exception {
        port = get(vertx.createHttpServer()
                        .requestHandler(request -> {
                            fetches.incrementAndGet();
                            answer.accept(request.response());
                        })
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    @AfterEach
    void stop() throws Exception {
        for (JwksSource source : sources) {
            get(source.close());
        }
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void publish(JWK... keys) {
        String set = new JWKSet(List.of(keys)).toString(true);
        answer = response -> response.end(set);
    }

    private ForeignTokens tokens() {
        return tokens(Duration.ofMinutes(5), JwksSource.ON_DEMAND, "api", false);
    }

    private ForeignTokens tokens(Duration refresh, Duration onDemand, @Nullable String audience, boolean shared) {
        var jwks = new ForeignOptions.Jwks(
                URI.create("http://127.0.0.1:" + port + "/jwks.json"), ISSUER, audience, refresh);
        TokenOptions options = options(jwks, shared);
        var source = new JwksSource(vertx, jwks, onDemand, patience);
        sources.add(source);
        return new ForeignTokens(vertx, options, source, Clock.systemUTC());
    }

    private static TokenOptions options(ForeignOptions.@Nullable Jwks jwks, boolean shared) {
        return new TokenOptions(
                new Secret(SECRET),
                List.of(),
                "switchboard",
                "switchboard",
                Duration.ofMinutes(15),
                Duration.ofDays(30),
                SKEW,
                Set.of(),
                new ForeignOptions(jwks, shared, SKEW, "sub", "realm_access.roles"));
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("idp|4711")
                .issuer(ISSUER)
                .audience(List.of("other", "api"))
                .claim("name", "Fay")
                .claim("email", "fay@example.org")
                .claim("phone_number", "+49 30 1")
                .claim("realm_access", Map.of("roles", List.of("editor", "admin")))
                .expirationTime(in(300));
    }

    private static Date in(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) throws JOSEException {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static String byRsa(RSAKey key, JWTClaimsSet claims) throws JOSEException {
        var header =
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build();
        return signed(header, claims, new RSASSASigner(key, Set.of(AllowWeakRSAKey.getInstance())));
    }

    private static String byRsa() throws JOSEException {
        return byRsa(rsa, claims().build());
    }

    private static void assertRefused(Future<Identity> verified) {
        assertFault(verified, Fault.UNAUTHORIZED);
    }

    private static void assertFault(Future<Identity> verified, Fault fault) {
        await().until(verified::isComplete);
        assertThat(verified.cause()).isInstanceOfSatisfying(FaultException.class, e -> assertThat(e.fault())
                .isEqualTo(fault));
    }

    @Test
    void aTokenSaysWhoSomebodyElsewhereIs() throws Exception {
        publish(rsa);
        Identity identity = get(tokens().verify(byRsa()));

        assertThat(identity.subject()).isEqualTo("idp|4711");
        assertThat(identity.userId()).isNull();
        assertThat(identity.sessionId()).isNull();
        assertThat(identity.name()).isEqualTo("Fay");
        assertThat(identity.email()).isEqualTo("fay@example.org");
        assertThat(identity.phoneNumber()).isEqualTo("+49 30 1");
        assertThat(identity.roles()).containsExactlyInAnyOrder("editor", "admin");
    }

    @Test
    void aSubjectThatIsAnIdMayBeAUserOfOurs() throws Exception {
        publish(rsa);
        UUID id = Ids.next();
        ForeignTokens tokens = tokens();

        assertThat(get(tokens.verify(byRsa(rsa, claims().subject(id.toString()).build())))
                        .userId())
                .isEqualTo(id);
        assertThat(get(tokens.verify(byRsa(
                                rsa,
                                claims().subject(id.toString().toUpperCase(java.util.Locale.ROOT))
                                        .build())))
                        .userId())
                .isNull();
    }

    @Test
    void allThreeAlgorithmsAreKnown() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        var ed25519 = new OctetKeyPair.Builder(
                        Curve.Ed25519,
                        Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)))
                .keyID("d1")
                .build();
        publish(rsa, ec, ed25519);
        ForeignTokens tokens = tokens();

        SignedJWT byEdDsa = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("d1").build(), claims().build());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(byEdDsa.getSigningInput());
        String edDsa = new String(byEdDsa.getSigningInput(), StandardCharsets.US_ASCII) + ".";
        String good = edDsa + Base64URL.encode(signature.sign());
        String byEc = signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("e1").build(), claims().build(), new ECDSASigner(ec));

        assertThat(get(tokens.verify(byRsa())).subject()).isEqualTo("idp|4711");
        assertThat(get(tokens.verify(byEc)).subject()).isEqualTo("idp|4711");
        assertThat(get(tokens.verify(good)).subject()).isEqualTo("idp|4711");
        assertRefused(tokens.verify(edDsa + Base64URL.encode(new byte[64])));
    }

    @Test
    void aTokenWithoutAKeyIdIsTriedWithTheKeysThatFit() throws Exception {
        publish(other, ec, rsa);
        String token = signed(new JWSHeader(JWSAlgorithm.RS256), claims().build(), new RSASSASigner(rsa));

        assertThat(get(tokens().verify(token)).subject()).isEqualTo("idp|4711");
    }

    @Test
    void aKeyIsGoodForItsOwnAlgorithmAlone() throws Exception {
        publish(rsa);
        ForeignTokens tokens = tokens(Duration.ofMinutes(5), JwksSource.ON_DEMAND, "api", true);
        get(tokens.verify(byRsa()));
        byte[] publicKey = rsa.toPublicKey().getEncoded();

        assertRefused(tokens.verify(signed(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("r1").build(),
                claims().build(),
                new MACSigner(publicKey))));
        assertRefused(tokens.verify(signed(
                new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("r1").build(),
                claims().build(),
                new RSASSASigner(rsa))));
        assertRefused(tokens.verify(new PlainJWT(claims().build()).serialize()));
        assertRefused(tokens.verify(signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("r1").build(), claims().build(), new ECDSASigner(ec))));
    }

    @Test
    void claimsMustBeThere() throws Exception {
        publish(rsa);
        ForeignTokens tokens = tokens();
        for (JWTClaimsSet bad : List.of(
                claims().expirationTime(null).build(),
                claims().subject(null).build(),
                claims().subject(" ").build(),
                claims().subject("a\r\nX-User-Roles: admin").build(),
                claims().issuer("https://evil.example.org").build(),
                claims().issuer(null).build(),
                claims().audience("another").build(),
                claims().notBeforeTime(in(120)).build(),
                claims().issueTime(in(120)).build())) {
            assertRefused(tokens.verify(byRsa(rsa, bad)));
        }
        assertFault(tokens.verify(byRsa(rsa, claims().expirationTime(in(-61)).build())), Fault.TOKEN_EXPIRED);
        assertThat(get(tokens.verify(byRsa(rsa, claims().expirationTime(in(-30)).build()))))
                .as("within what clocks may differ")
                .isNotNull();
        assertThat(get(tokens.verify(byRsa(rsa, claims().notBeforeTime(in(30)).build()))))
                .isNotNull();
    }

    @Test
    void headersThatChangeTheMeaningAreRefused() throws Exception {
        publish(rsa);
        ForeignTokens tokens = tokens();
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("r1");

        assertRefused(tokens.verify(signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID("r1")
                        .customParam("x", 1)
                        .criticalParams(Set.of("x"))
                        .build(),
                claims().build(),
                new RSASSASigner(rsa))));
        assertRefused(tokens.verify(signed(
                new JWSHeader.Builder(header.build())
                        .type(new JOSEObjectType("logout+jwt"))
                        .build(),
                claims().build(),
                new RSASSASigner(rsa))));
        assertThat(get(tokens.verify(signed(
                        new JWSHeader.Builder(header.build())
                                .type(new JOSEObjectType("at+jwt"))
                                .build(),
                        claims().build(),
                        new RSASSASigner(rsa)))))
                .isNotNull();
    }

    @Test
    void keysThatProveNothingAreLeftOut() throws Exception {
        var symmetric = new OctetSequenceKey.Builder(SECRET.getBytes(StandardCharsets.UTF_8))
                .keyID("s1")
                .build();
        var forEncryption = new RSAKey.Builder(other.toPublicJWK())
                .keyUse(com.nimbusds.jose.jwk.KeyUse.ENCRYPTION)
                .build();
        String set = "{\"keys\":[" + symmetric + "," + small.toPublicJWK() + "," + forEncryption + "," + ec
                + ",{\"kty\":\"RSA\",\"n\":\"!\",\"e\":1},17,null," + rsa.toPublicJWK() + "]}";
        answer = response -> response.end(set);
        ForeignTokens tokens = tokens();

        assertThat(get(tokens.verify(byRsa()))).isNotNull();
        assertRefused(tokens.verify(byRsa(small, claims().build())));
        assertRefused(tokens.verify(byRsa(other, claims().build())));
        assertRefused(tokens.verify(signed(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("s1").build(),
                claims().build(),
                new MACSigner(SECRET))));
        assertRefused(tokens.verify(signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("e1").build(), claims().build(), new ECDSASigner(ec))));
    }

    @Test
    void anUnknownKeyIsAskedForOnceInAWhile() throws Exception {
        publish(rsa);
        ForeignTokens tokens = tokens(Duration.ofMinutes(5), Duration.ofMinutes(5), "api", false);
        get(tokens.verify(byRsa()));
        assertThat(fetches).hasValue(1);
        publish(rsa, other);

        List<Future<Identity>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(tokens.verify(byRsa(other, claims().jwtID("" + i).build())));
        }

        all.forEach(ForeignTokensTest::assertRefused);
        assertThat(fetches).as("a short while ago").hasValue(1);
    }

    @Test
    void aNewKeyIsFoundByTheTokensThatNameIt() throws Exception {
        publish(rsa);
        ForeignTokens tokens = tokens(Duration.ofMinutes(5), Duration.ofMillis(1), "api", false);
        get(tokens.verify(byRsa()));
        publish(rsa, other);
        await().until(() -> tokens.verify(byRsa(other, claims().build())).succeeded());
        String set = new JWKSet(List.<JWK>of(rsa, other)).toString(true);
        Promise<Void> allAsked = Promise.promise();
        answer = response -> allAsked.future().onSuccess(v -> response.end(set));
        List<String> strangers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            strangers.add(byRsa(
                    new RSAKey.Builder(other).keyID("r3").build(),
                    claims().jwtID("" + i).build()));
        }
        int before = fetches.get();

        List<Future<Identity>> all = strangers.stream().map(tokens::verify).toList();
        allAsked.complete();

        await().until(() -> all.stream().allMatch(Future::isComplete));
        all.forEach(ForeignTokensTest::assertRefused);
        assertThat(fetches.get() - before).as("all wait for the same one").isEqualTo(1);
    }

    @Test
    void aKeyThatIsTakenBackIsNoLongerGood() throws Exception {
        publish(rsa, other);
        ForeignTokens tokens = tokens(Duration.ofMillis(50), Duration.ofMillis(1), "api", false);
        String token = byRsa();
        get(tokens.verify(token));
        publish(other);

        await().until(() -> {
            Future<Identity> verified = tokens.verify(token);
            return verified.failed();
        });
        assertThat(get(tokens.verify(byRsa(other, claims().build())))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "empty", "no json", "no keys", "hang", "trickle", "endless", "cut", "redirect"})
    void aSetThatFailsOpensNothingAndTakesNothingAway(String how) throws Exception {
        publish(rsa);
        patience = Duration.ofMillis(500);
        ForeignTokens tokens = tokens(Duration.ofMillis(50), Duration.ofMillis(1), "api", false);
        await().until(() -> tokens.verify(byRsa()).succeeded());

        answer = misbehaving(how);
        int before = fetches.get();
        await().until(() -> fetches.get() >= before + 2);

        assertThat(get(tokens.verify(byRsa(rsa, claims().jwtID("fresh").build()))))
                .isNotNull();
        assertRefused(tokens.verify(byRsa(other, claims().build())));
        assertRefused(tokens.verify(new PlainJWT(claims().build()).serialize()));

        publish(rsa, other);
        await().until(() -> tokens.verify(byRsa(other, claims().build())).succeeded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "empty", "no json", "hang", "endless"})
    void withoutAnyKeysNobodyIsLetInAndNobodyIsBlamed(String how) throws Exception {
        answer = misbehaving(how);
        patience = Duration.ofMillis(500);
        ForeignTokens tokens = tokens();

        assertFault(tokens.verify(byRsa()), Fault.UNAVAILABLE);
        assertFault(tokens.verify(byRsa(other, claims().build())), Fault.UNAVAILABLE);
        assertRefused(tokens.verify(new PlainJWT(claims().build()).serialize()));
    }

    private Consumer<HttpServerResponse> misbehaving(String how) {
        String good = new JWKSet(List.<JWK>of(other)).toString(true);
        return switch (how) {
            case "500" -> response -> response.setStatusCode(500).end(good);
            case "empty" -> response -> response.end("{\"keys\":[]}");
            case "no json" -> response -> response.end("<html>" + good);
            case "no keys" -> response -> response.end("[" + good + "]");
            case "hang" -> response -> {};
            case "trickle" ->
                response -> {
                    response.setChunked(true).write("{");
                    vertx.setPeriodic(20, t -> {
                        if (response.closed() || response.write(" ").failed()) {
                            vertx.cancelTimer(t);
                        }
                    });
                };
            case "endless" ->
                response -> {
                    response.setChunked(true);
                    String some = " ".repeat(64 * 1024);
                    vertx.setPeriodic(1, t -> {
                        if (response.closed()) {
                            vertx.cancelTimer(t);
                        } else {
                            response.write(some);
                        }
                    });
                };
            case "cut" ->
                response -> {
                    response.putHeader("Content-Length", "100000").write(Buffer.buffer(good));
                    vertx.setTimer(20, t -> response.reset());
                };
            case "redirect" ->
                response -> response.setStatusCode(302)
                        .putHeader("Location", "/elsewhere")
                        .end();
            default -> throw new IllegalArgumentException(how);
        };
    }

    @Test
    void whoSharesOurSecretMayIssueTokens() throws Exception {
        var header = new JWSHeader(JWSAlgorithm.HS256);
        var claims = new JWTClaimsSet.Builder()
                .subject("42")
                .claim("email", "e@example.org")
                .expirationTime(in(60));
        String token = signed(header, claims.build(), new MACSigner(SECRET));
        var shared = new ForeignTokens(vertx, options(null, true), null, Clock.systemUTC());
        var notShared = new ForeignTokens(vertx, options(null, false), null, Clock.systemUTC());

        assertThat(get(shared.verify(token)).subject()).isEqualTo("42");
        assertThat(get(shared.verify(token)).email()).isEqualTo("e@example.org");
        assertRefused(notShared.verify(token));
        assertRefused(shared.verify(signed(header, claims.expirationTime(null).build(), new MACSigner(SECRET))));
        assertRefused(
                shared.verify(signed(header, claims.expirationTime(in(60)).build(), new MACSigner("x".repeat(32)))));
    }

    @Test
    void whatIsOursStaysOurs() throws Exception {
        TokenOptions options = options(null, true);
        var ended = new ArrayList<UUID>();
        var revocations = new Revocations() {
            @Override
            public boolean isRevoked(UUID sessionId) {
                return ended.contains(sessionId);
            }

            @Override
            public Future<Void> revoke(UUID sessionId) {
                ended.add(sessionId);
                return Future.succeededFuture();
            }

            @Override
            public Runnable onRevoked(Consumer<UUID> listener) {
                return () -> {};
            }
        };
        var ours = new AccessTokens(options, revocations, Clock.systemUTC());
        AnyTokens any = AnyTokens.open(vertx, options, ours, Clock.systemUTC());
        var user = new User(Ids.next(), "ann", "Ann", null, null, List.of("user"), null, Instant.now());
        UUID session = Ids.next();
        String token = ours.issue(user, session);
        String foreign = signed(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder().subject("42").expirationTime(in(60)).build(),
                new MACSigner(SECRET));
        String pretended = signed(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .issuer("switchboard")
                        .subject("42")
                        .expirationTime(in(60))
                        .build(),
                new MACSigner(SECRET));

        assertThat(get(any.verify(token)).sessionId()).isEqualTo(session);
        assertThat(get(any.verify(foreign)).subject()).isEqualTo("42");
        assertThat(get(any.verify(foreign)).userId()).isNull();
        revocations.revoke(session);
        assertFault(any.verify(token), Fault.SESSION_REVOKED);
        assertRefused(any.verify(pretended));
        get(any.close());
    }
}
