package dev.switchboard.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigException;
import dev.switchboard.config.Secret;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.FaultException;
import dev.switchboard.support.Postgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DatabaseIT {
    private static final Path UNUSED = Path.of("unused");

    private static Vertx vertx;
    private static Postgres postgres;
    private static Database database;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        postgres = Postgres.create();
        database = postgres.open(vertx);
    }

    @AfterAll
    static void close() {
        await(database.close());
        await(vertx.close());
        postgres.close();
    }

    @Test
    void generalExistsFromTheStart() {
        var rows = await(database.query("SELECT id, kind FROM room WHERE slug = $1", Tuple.of("general")));

        assertThat(rows.size()).isEqualTo(1);
        assertThat(rows.iterator().next().getString("kind")).isEqualTo("channel");
    }

    @Test
    void usernamesDifferingInCaseAreOne() {
        String insert = "INSERT INTO user_account (id, username, display_name) VALUES ($1, $2, $2)";
        await(database.query(insert, Tuple.of(UUID.randomUUID(), "Ann")));

        assertThatThrownBy(() -> await(database.query(insert, Tuple.of(UUID.randomUUID(), "aNN"))))
                .hasCauseInstanceOf(PgException.class)
                .hasMessageContaining("user_account_username_key");
    }

    @Test
    void failedTransactionLeavesNothing() {
        String insert = "INSERT INTO room (id, kind) VALUES ($1, 'group')";
        UUID id = UUID.randomUUID();

        assertThatThrownBy(() -> await(database.transaction(connection -> connection
                        .preparedQuery(insert)
                        .execute(Tuple.of(id))
                        .compose(done -> Future.failedFuture(new IllegalStateException("no"))))))
                .hasRootCauseMessage("no");
        assertThat(await(database.query("SELECT 1 FROM room WHERE id = $1", Tuple.of(id)))
                        .size())
                .isZero();
    }

    @Test
    void batchRunsForEachOfItsArguments() {
        var rows = await(database.batch("SELECT $1::int AS n", List.of(Tuple.of(1), Tuple.of(2))));

        assertThat(rows.iterator().next().getInteger("n")).isEqualTo(1);
        assertThat(rows.next().iterator().next().getInteger("n")).isEqualTo(2);
    }

    @Test
    void statementOverItsTimeIsStoppedAndReportedAsTimeout() {
        DatabaseOptions patient = postgres.options();
        DatabaseOptions hurried = new DatabaseOptions(
                patient.url(), 1, patient.connectTimeout(), Duration.ofSeconds(1), patient.idleTimeout());
        Database limited = await(Database.open(vertx, hurried, UNUSED));

        assertThat(fault(limited.query("SELECT pg_sleep(30)"))).isEqualTo(Fault.TIMEOUT);
        await(limited.ping());
        await(limited.close());
    }

    @Test
    void aFullDiskIsUnavailableAndKnownAlthoughReadingGoesOn() {
        Database other = await(open(postgres.url()));
        assertThat(other.stores()).isTrue();
        String full = "DO $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$";
        assertThat(fault(other.query(full))).isEqualTo(Fault.UNAVAILABLE);
        await(other.ping());
        assertThat(other.stores()).isFalse();
        await(other.close());
    }

    @Test
    void lostConnectionIsUnavailableAndThenReplaced() {
        Future<?> self = database.query("SELECT pg_terminate_backend(pg_backend_pid())");

        assertThat(fault(self)).isEqualTo(Fault.UNAVAILABLE);
        // A call may still be given a connection whose end the pool has not heard of.
        Awaitility.await().until(() -> database.ping()
                .toCompletionStage()
                .toCompletableFuture()
                .handle((done, failure) -> failure == null)
                .join());
    }

    @Test
    void unreachableDatabaseSaysSoInOneLineThatNamesTheSetting() {
        assertThatThrownBy(() -> await(open("postgres://ann:hidden@127.0.0.1:1/chat")))
                .cause()
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("database.url (DATABASE_URL): ")
                .hasMessageContaining("127.0.0.1:1/chat")
                .hasMessageNotContaining("hidden")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void wrongPasswordSaysSo() {
        String wrong = postgres.url().replaceFirst(":[^:@]+@", ":wrong@");

        assertThatThrownBy(() -> await(open(wrong)))
                .cause()
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void severalNodesMayMigrateAtOnce() {
        var first = open(postgres.url());
        var second = open(postgres.url());

        await(first.compose(Database::close));
        await(second.compose(Database::close));
    }

    private static Future<Database> open(String url) {
        DatabaseOptions options = postgres.options();
        return Database.open(
                vertx,
                new DatabaseOptions(
                        new Secret(url),
                        options.poolSize(),
                        options.connectTimeout(),
                        options.statementTimeout(),
                        options.idleTimeout()),
                UNUSED);
    }

    private static Fault fault(Future<?> future) {
        try {
            await(future);
        } catch (CompletionException e) {
            return ((FaultException) e.getCause()).fault();
        }
        throw new AssertionError("it did not fail");
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
