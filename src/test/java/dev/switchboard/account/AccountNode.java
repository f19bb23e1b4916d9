package dev.switchboard.account;

import dev.switchboard.bus.Bus;
import dev.switchboard.bus.Ownership;
import dev.switchboard.config.Secret;
import dev.switchboard.identity.AccessTokens;
import dev.switchboard.identity.ForeignOptions;
import dev.switchboard.identity.Identity;
import dev.switchboard.identity.Revocations;
import dev.switchboard.identity.TokenOptions;
import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.AccountOperations.Login;
import dev.switchboard.protocol.AccountOperations.Refresh;
import dev.switchboard.protocol.AccountOperations.Register;
import dev.switchboard.protocol.AccountOperations.SignedIn;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.protocol.Operation;
import dev.switchboard.protocol.Part;
import dev.switchboard.storage.Database;
import dev.switchboard.support.Postgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One node with the real account part, reached through the bus, on a database that others may share. Only its passwords
 * are hashed fast: what is tested with it must not depend on how busy the machine is.
 */
final class AccountNode implements AutoCloseable {
    static final String ADMIN_EMAIL = "root@example.org";
    static final String PASSWORD = "correct horse";

    private static final Duration ACCESS_TTL = Duration.ofMinutes(15);

    final Vertx vertx = Vertx.vertx();
    final Revoked revoked = new Revoked();
    final TokenOptions options = new TokenOptions(
            new Secret("a secret that is only good for tests, really"),
            List.of(),
            "switchboard",
            "switchboard",
            ACCESS_TTL,
            Duration.ofDays(30),
            Duration.ofSeconds(60),
            Set.of(ADMIN_EMAIL),
            new ForeignOptions(null, false, Duration.ofSeconds(60), "sub", "roles"));
    final AccessTokens tokens = new AccessTokens(options, revoked, Clock.systemUTC());
    final Database database;
    final Bus bus;

    AccountNode(Postgres postgres) throws Exception {
        database = postgres.open(vertx);
        bus = new Bus(vertx, new Alone());
        for (int i = 0; i < Part.SHARDS; i++) {
            await(vertx.deployVerticle(
                    new AccountVerticle(i, bus, database, tokens, revoked, options, new Passwords(AccountNode::fast))));
        }
    }

    static byte[] fast(byte[] password, byte[] salt, Passwords.Cost cost, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt);
            return Arrays.copyOf(digest.digest(password), length);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The sessions that this node refuses, of which nothing outlives it. */
    static final class Revoked implements Revocations {
        final Set<UUID> sessions = ConcurrentHashMap.newKeySet();

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

    private static final class Alone implements Ownership {
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

        @Override
        public String nodeId() {
            return "alone";
        }

        @Override
        public Owner ownerOf(String key) {
            return new Owner(nodeId(), Math.floorMod(key.hashCode(), Part.SHARDS));
        }

        @Override
        public int partitionOf(String key) {
            return 0;
        }

        @Override
        public Set<Integer> partitions() {
            return Set.of(0);
        }

        @Override
        public Set<String> nodes() {
            return Set.of(nodeId());
        }

        @Override
        public Runnable onChange(Runnable listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        @Override
        public Runnable onNodeLost(Consumer<String> listener) {
            return () -> {};
        }
    }

    static Caller anonymous() {
        return Caller.anonymous("test");
    }

    /** As the door does it: whoever bears the token, if it is good. */
    Caller caller(SignedIn signedIn) {
        return identity(signedIn).caller(null, "test");
    }

    Identity identity(SignedIn signedIn) {
        Future<Identity> verified = tokens.verify(signedIn.accessToken());
        if (verified.cause() instanceof FaultException fault) {
            throw fault;
        }
        return verified.result();
    }

    <Q extends Record, R extends Record> R call(Operation<Q, R> operation, Caller caller, Q request) throws Exception {
        return await(bus.call(operation, caller, request));
    }

    static Register account(String username) {
        return new Register(username, username + "@example.org", PASSWORD, null, null, null);
    }

    SignedIn register(String username) throws Exception {
        return call(AccountOperations.REGISTER, anonymous(), account(username));
    }

    SignedIn login(String username, String password) throws Exception {
        return call(AccountOperations.LOGIN, anonymous(), new Login(username, null, password, null));
    }

    SignedIn refresh(String refreshToken) throws Exception {
        return call(AccountOperations.REFRESH, anonymous(), new Refresh(refreshToken));
    }

    static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    public void close() {
        try {
            await(database.close());
            await(vertx.close());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
